"""Figures: what the metrics show of the whole database, read by two cheap statements.

They count what is open and sum one day, so that what has ended long ago costs nothing.
"""

import dataclasses
import datetime
from collections.abc import Mapping, Sequence
from decimal import Decimal

from sqlalchemy import bindparam, case, func, select

from db.records import JobKind, JobState
from db.statements import Statement, Steps
from db.store import Store
from db.tables import is_open, jobs, ledger

_delivering_since = func.coalesce(jobs.c.delivering_since, jobs.c.created_at)
_OPEN = Statement(
    select(
        jobs.c.state,
        jobs.c.kind,
        func.count(),
        func.min(case((jobs.c.state == JobState.DELIVERING, _delivering_since))),
    )
    .where(is_open)
    .group_by(jobs.c.state, jobs.c.kind)
)
_SPENT = Statement(
    select(ledger.c.guild_id, ledger.c.settled, func.sum(ledger.c.amount))
    .where(ledger.c.day == bindparam("on"))
    .group_by(ledger.c.guild_id, ledger.c.settled)
)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What a server's jobs of a day have cost or reserved."""

    guild_id: int | None  # as in the ledger: 0 outside of servers, None where it is not known
    settled: bool  # False: reserved
    amount: Decimal  # US dollars


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The database at one moment."""

    open_jobs: Mapping[
        tuple[JobState, JobKind], int
    ]  # those whose ending is not shown yet included
    undelivered_since: float | None  # of the result that waits longest, in Unix seconds
    spent: Sequence[Spent]


def read_figures(day: datetime.date) -> Steps[Figures]:
    """Count the open jobs, and sum what those of *day* have cost and reserved."""
    counts = list((yield _OPEN()))
    sums = yield _SPENT(on=day)
    waiting = [since for _, _, _, since in counts if since is not None]
    return Figures(
        open_jobs={(state, kind): number for state, kind, number, _ in counts},
        undelivered_since=min(waiting, default=None),
        spent=[
            Spent(guild_id=guild, settled=bool(settled), amount=amount)
            for guild, settled, amount in sums
        ],
    )


class DatabaseFigures:
    """The figures, for callers that are in no transaction."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def read(self, day: datetime.date) -> Figures:
        """Return the figures, with the sums of *day*."""
        return await self._store.read(read_figures(day))
