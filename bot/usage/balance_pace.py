"""Balance pace: whether the balance covers a day at the usual pace. Pure.

The usual pace is the mean of the seven days before today. Days without a job count, but not those
before the first day that has one: a bot that was set up this week has spent nothing last week. With
less than three days to go by nothing is said.
"""

import dataclasses
import datetime
from collections.abc import Mapping
from decimal import Decimal

DAYS = 7
LEAST_DAYS = 3


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """What a day usually costs, in US dollars, as the mean of some days."""

    a_day: Decimal
    days: int


def first_day(today: datetime.date) -> datetime.date:
    """Return the first of the days that the pace is computed of."""
    return today - datetime.timedelta(days=DAYS)


def usual_pace(spent: Mapping[datetime.date, Decimal], today: datetime.date) -> Pace | None:
    """Return the usual pace, None with too few days to go by."""
    window = {day: spent[day] for day in spent if first_day(today) <= day < today}
    if not window:
        return None
    days = (today - min(window)).days
    if days < LEAST_DAYS:
        return None
    return Pace(a_day=sum(window.values(), Decimal(0)) / days, days=days)


def covers_a_day(balance: Decimal | None, pace: Pace | None) -> bool:
    """Whether *balance* (US dollars) is enough for a day; also if nothing is known of either."""
    return balance is None or pace is None or pace.a_day <= 0 or balance >= pace.a_day
