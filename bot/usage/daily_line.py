"""Daily line: what each UTC day has cost, once in the log, whichever process says it.

Which day was said last is stored, with the balance of that moment, in the transaction by which a
process takes the line upon itself: of several processes one says it, and a restart says it neither
again nor not at all. Days that no process was there for are said at the next start, a week of them.
"""

import dataclasses
import datetime
import json
import logging
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from db.repositories.key_values import KeyValues
from db.repositories.usage import Usage
from db.usage_records import UsageScope, UsageTotals

log = logging.getLogger(__name__)

KEY = "usage said"
_MOST_DAYS = 7
_ONE_DAY = datetime.timedelta(days=1)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """The last day that was said, and the balance of that moment in US dollars, if it was known."""

    day: datetime.date
    balance: Decimal | None

    def stored(self) -> str:
        """Return the text that `read_said` reads."""
        balance = None if self.balance is None else str(self.balance)
        return json.dumps({"day": self.day.isoformat(), "balance": balance})


def read_said(stored: str | None) -> Said | None:
    """Return what is stored, None if nothing is or if it can't be read."""
    try:
        found = json.loads(stored or "null")
        balance = found["balance"]
        return Said(
            day=datetime.date.fromisoformat(found["day"]),
            balance=None if balance is None else Decimal(balance),
        )
    except (ValueError, TypeError, KeyError, InvalidOperation):
        return None


def days_to_say(said: Said | None, today: datetime.date) -> list[datetime.date]:
    """Return the days that are over and were not said, oldest first; none at the first start."""
    if said is None:
        return []
    missed = (today - _ONE_DAY - said.day).days
    count = min(max(missed, 0), _MOST_DAYS)
    return [today - ago * _ONE_DAY for ago in range(count, 0, -1)]


def line_of(
    day: datetime.date, totals: UsageTotals, balance: Decimal | None, before: Decimal | None
) -> str:
    """Return the line of a day; *balance* is that of now, *before* that of a day ago."""
    parts = [_jobs(totals), f"${totals.sums.charged:,.2f} charged"]
    if totals.sums.charged != totals.sums.reported:
        unreported = totals.sums.charged - totals.sums.reported
        parts.append(f"${unreported:,.2f} of it by the price, as no cost was reported")
    if totals.sums.reserved:
        parts.append(f"${totals.sums.reserved:,.2f} still reserved")
    if balance is not None:
        parts.append(f"ModelHunter's balance is ${balance:,.2f}{_change(balance, before)}")
    return f"usage of {day.isoformat()} (UTC): {'; '.join(parts)}"


def _jobs(totals: UsageTotals) -> str:
    counts = [*sorted(totals.endings.items()), ("running", totals.running)]
    words = ", ".join(f"{count} {word}" for word, count in counts if count)
    jobs = "1 job" if totals.sums.jobs == 1 else f"{totals.sums.jobs} jobs"
    return f"{jobs} ({words})" if words else jobs


def _change(balance: Decimal, before: Decimal | None) -> str:
    if before is None or before == balance:
        return ""
    word = "less" if balance < before else "more"
    return f", ${abs(balance - before):,.2f} {word} than a day before"


class DailyLine:
    """Says the days that are over."""

    def __init__(self, usage: Usage, key_values: KeyValues) -> None:
        self._usage = usage
        self._key_values = key_values
        self._said_before: datetime.date | None = None  # all days before this one, by any process

    def is_due(self, today: datetime.date) -> bool:
        """Whether there may be a day to say, as far as this process knows."""
        return self._said_before != today

    async def say(self, today: datetime.date, balance: Decimal | None) -> None:
        """Log what each day before *today* has cost that was not said yet; *balance* is of now."""
        if not self.is_due(today):
            return
        stored = await self._key_values.get_value(KEY)
        said = read_said(stored)
        days = days_to_say(said, today)
        if days or said is None:
            lines = await self._lines(days, said, balance)
            if await self._take(stored, Said(day=today - _ONE_DAY, balance=balance)):
                for line in lines:
                    log.info("%s", line)
        self._said_before = today

    async def _lines(
        self, days: Sequence[datetime.date], said: Said | None, balance: Decimal | None
    ) -> list[str]:
        """Return the line of each day; the balance is of now, so that the newest alone has it."""
        former = said.balance if said is not None and len(days) == 1 else None
        lines = []
        for day in days:
            totals = await self._usage.totals(UsageScope(first=day, last=day))
            lines.append(line_of(day, totals, balance if day == days[-1] else None, former))
        return lines

    async def _take(self, stored: str | None, said: Said) -> bool:
        """Store what is about to be said, unless another process has done so since *stored*."""
        is_taken = False

        def take(now: str | None) -> str:
            nonlocal is_taken
            is_taken = now == stored
            return now if now is not None and not is_taken else said.stored()

        await self._key_values.change_value(KEY, take)
        return is_taken
