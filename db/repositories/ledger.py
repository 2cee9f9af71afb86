"""Ledger: what each job has reserved or cost, summed by UTC day."""

import datetime
from decimal import Decimal

from sqlalchemy import bindparam, delete, false, func, insert, select, true, update

from db.records import Job
from db.statements import Statement, Steps
from db.store import Store
from db.tables import ledger

# In place of a server, in the entry of a job that was requested in direct messages.
OUTSIDE_OF_SERVERS = 0

_of_job = ledger.c.job_id == bindparam("job")

# The amounts of a UTC day, and a requester's part of them.
SPENT_ON = select(func.sum(ledger.c.amount)).where(ledger.c.day == bindparam("on"))
SPENT_BY = SPENT_ON.where(ledger.c.user_id == bindparam("user"))

_SPENT_ON = Statement(SPENT_ON)
_SPENT_BY = Statement(SPENT_BY)
_RESERVE = Statement(insert(ledger))
_CHANGE = Statement(
    update(ledger).where(_of_job).values(amount=bindparam("new_amount"), settled=false())
)
_SETTLE = Statement(
    update(ledger)
    .where(_of_job)
    .values(
        amount=bindparam("new_amount"),
        settled=true(),
        ending=bindparam("state"),
        reported=bindparam("is_reported"),
    )
)
_WITHDRAW = Statement(delete(ledger).where(_of_job))


class Ledger:
    """The sums of a day, for callers that are in no transaction."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def spent_on(self, day: datetime.date) -> Decimal:
        """Return what the jobs of this UTC day cost or have reserved, in US dollars."""
        return await self._store.read(spent_on(day))

    async def spent_by(self, user_id: int, day: datetime.date) -> Decimal:
        """Return the requester's part, which is known only where requesters have budgets."""
        return await self._store.read(spent_by(user_id, day))


def day_of(job: Job) -> datetime.date:
    """Return the UTC day whose budget pays for the job: the day it was requested."""
    return datetime.datetime.fromtimestamp(job.created_at, datetime.UTC).date()


def end_of(day: datetime.date) -> float:
    """Return when the UTC day after *day* begins, in Unix seconds."""
    midnight = datetime.datetime.combine(day, datetime.time(), datetime.UTC)
    return (midnight + datetime.timedelta(days=1)).timestamp()


def spent_on(day: datetime.date) -> Steps[Decimal]:
    """Sum the day."""
    rows = yield _SPENT_ON(on=day)
    return rows.value() or Decimal(0)


def spent_by(user_id: int, day: datetime.date) -> Steps[Decimal]:
    """Sum a requester's part of the day."""
    rows = yield _SPENT_BY(on=day, user=user_id)
    return rows.value() or Decimal(0)


def reserve(job: Job, *, by_user: bool) -> Steps[None]:
    """Reserve the upper end of the job's price; *by_user* also notes the requester."""
    yield _RESERVE(
        job_id=job.id,
        day=day_of(job),
        amount=job.price_high,
        settled=False,
        user_id=job.user_id if by_user else None,
        guild_id=job.guild_id or OUTSIDE_OF_SERVERS,
        model=job.model,
        ending=None,
        reported=False,
    )


def change_reservation(job_id: int, amount: Decimal) -> Steps[None]:
    """Reserve another *amount* (US dollars) for a job that has not ended."""
    yield _CHANGE(job=job_id, new_amount=amount)


def settle(ended: Job, charge: Decimal) -> Steps[None]:
    """Replace what the job reserved by what it cost, in US dollars; 0 releases it."""
    yield _SETTLE(
        job=ended.id,
        new_amount=charge,
        state=ended.state.value,
        is_reported=ended.cost is not None,
    )


def withdraw(job_id: int) -> Steps[None]:
    """Delete the reservation of a job that is withdrawn, within the caller's transaction."""
    yield _WITHDRAW(job=job_id)
