"""The alarm compares the balance with the mean of the last seven days, if there are days enough."""

import datetime
from collections.abc import Mapping
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.usage.balance_pace import DAYS, LEAST_DAYS, Pace, covers_a_day, usual_pace

TODAY = datetime.date(2026, 11, 28)
AMOUNTS = st.decimals(min_value=0, max_value=10_000, places=6)


def ago(days: int) -> datetime.date:
    """Return the day so many days before today."""
    return TODAY - datetime.timedelta(days=days)


@pytest.mark.parametrize(
    ("spent", "a_day", "days"),
    [
        ({1: "7", 7: "7"}, "2", 7),
        ({3: "3"}, "1", 3),  # two days without a job count
        ({3: "3", 0: "100", 8: "100"}, "1", 3),  # neither today nor what is older
        ({1: "1", 2: "2", 3: "3", 4: "4", 5: "5", 6: "6", 7: "7"}, "4", 7),
    ],
)
def test_the_pace_is_the_mean_of_the_days_before(
    spent: Mapping[int, str], a_day: str, days: int
) -> None:
    """Today is not over and does not count; days before the first job do not either."""
    found = usual_pace({ago(day): Decimal(amount) for day, amount in spent.items()}, TODAY)
    assert found == Pace(a_day=Decimal(a_day), days=days)


@pytest.mark.parametrize("spent", [{}, {0: "5"}, {1: "5"}, {2: "5", 1: "5"}, {8: "5"}])
def test_with_few_days_there_is_no_pace(spent: Mapping[int, str]) -> None:
    """A bot of yesterday has no usual pace, and no alarm."""
    pace = usual_pace({ago(day): Decimal(amount) for day, amount in spent.items()}, TODAY)
    assert pace is None
    assert covers_a_day(Decimal(0), pace)


@pytest.mark.parametrize(
    ("balance", "covers"), [("5", True), ("4.999999", False), ("0", False), ("-1", False)]
)
def test_a_balance_below_the_pace_is_too_little(balance: str, covers: bool) -> None:
    """Exactly a day is enough."""
    assert covers_a_day(Decimal(balance), Pace(a_day=Decimal(5), days=7)) is covers


def test_what_is_not_known_is_no_alarm() -> None:
    """Neither an API that reports no balance nor days that cost nothing are."""
    assert covers_a_day(None, Pace(a_day=Decimal(5), days=7))
    assert covers_a_day(Decimal(0), Pace(a_day=Decimal(0), days=7))


@given(st.dictionaries(st.integers(-3, 20), AMOUNTS, max_size=12), AMOUNTS)
def test_the_alarm_is_right_for_any_days(spent: Mapping[int, Decimal], balance: Decimal) -> None:
    """A balance is enough exactly if it pays for as much a day as was spent, written differently."""
    pace = usual_pace({ago(day): amount for day, amount in spent.items()}, TODAY)
    counted = [day for day in spent if 1 <= day <= DAYS]
    if not counted or max(counted) < LEAST_DAYS:
        assert pace is None
        return
    total = sum((spent[day] for day in counted), Decimal(0))
    assert pace is not None
    assert covers_a_day(balance, pace) == (balance * max(counted) >= total)
