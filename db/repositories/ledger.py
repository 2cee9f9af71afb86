"""What each UTC day has reserved and spent."""

import datetime
from decimal import Decimal

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.records import Job
from db.tables import ledger


class Ledger:
    """The day's sums, for who asks what is left."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def spent_on(self, day: datetime.date) -> Decimal:
        """Return what the jobs of this UTC day cost or have reserved, in US dollars."""
        async with self._engine.connect() as connection:
            return await spent_on(connection, day)


def day_of(job: Job) -> datetime.date:
    """Return the UTC day that pays for the job: that of its asking, whenever it ends."""
    return datetime.datetime.fromtimestamp(job.created_at, datetime.UTC).date()


async def spent_on(
    connection: AsyncConnection, day: datetime.date, *, user_id: int | None = None
) -> Decimal:
    """Sum the day, or a requester's part of it, within the caller's transaction."""
    total = select(func.sum(ledger.c.amount)).where(ledger.c.day == day)
    if user_id is not None:
        total = total.where(ledger.c.user_id == user_id)
    return (await connection.execute(total)).scalar_one_or_none() or Decimal(0)


async def reserve(connection: AsyncConnection, job: Job, *, by_user: bool) -> None:
    """Set the upper end of the job's price aside, *by_user* where a user's part is asked for."""
    row = {
        "job_id": job.id,
        "day": day_of(job),
        "amount": job.price_high,
        "settled": False,
        "user_id": job.user_id if by_user else None,
    }
    await connection.execute(insert(ledger).values(row))


async def settle(connection: AsyncConnection, job_id: int, charge: Decimal) -> None:
    """Put what the job cost in the place of what it reserved; nothing releases it."""
    row = {"amount": charge, "settled": True}
    await connection.execute(update(ledger).where(ledger.c.job_id == job_id).values(row))


async def withdraw(connection: AsyncConnection, job_id: int) -> None:
    """Forget the reservation of a job that never was, within the caller's transaction."""
    await connection.execute(delete(ledger).where(ledger.c.job_id == job_id))
