"""Ledger: what each job has reserved or cost, summed by UTC day."""

import datetime
from decimal import Decimal

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.records import Job
from db.tables import ledger


class Ledger:
    """The sums of a day, for callers that are in no transaction."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def spent_on(self, day: datetime.date) -> Decimal:
        """Return what the jobs of this UTC day cost or have reserved, in US dollars."""
        async with self._engine.connect() as connection:
            return await spent_on(connection, day)


def day_of(job: Job) -> datetime.date:
    """Return the UTC day whose budget pays for the job: the day it was requested."""
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
    """Reserve the upper end of the job's price; *by_user* also notes the requester."""
    row = {
        "job_id": job.id,
        "day": day_of(job),
        "amount": job.price_high,
        "settled": False,
        "user_id": job.user_id if by_user else None,
    }
    await connection.execute(insert(ledger).values(row))


async def change_reservation(connection: AsyncConnection, job_id: int, amount: Decimal) -> None:
    """Reserve another *amount* (US dollars) for a job that has not ended."""
    await connection.execute(
        update(ledger).where(ledger.c.job_id == job_id).values(amount=amount, settled=False)
    )


async def settle(connection: AsyncConnection, job_id: int, charge: Decimal) -> None:
    """Replace what the job reserved by what it cost, in US dollars; 0 releases it."""
    row = {"amount": charge, "settled": True}
    await connection.execute(update(ledger).where(ledger.c.job_id == job_id).values(row))


async def withdraw(connection: AsyncConnection, job_id: int) -> None:
    """Delete the reservation of a job that is withdrawn, within the caller's transaction."""
    await connection.execute(delete(ledger).where(ledger.c.job_id == job_id))
