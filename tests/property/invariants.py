"""What must be true of the rows and the ledger at any instant, said a second time and plainly."""

import dataclasses
import datetime
from collections.abc import Mapping
from decimal import Decimal

import aiosqlite
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from db.records import Job, JobState, Reason
from db.repositories.ledger import Ledger
from db.rows import to_job
from db.tables import jobs, ledger

_KEEPS_THE_RESERVATION = {JobState.DELIVERED, JobState.LINKED, JobState.LOST}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """Every row of a database at one instant, by job."""

    jobs: Mapping[int, Job]
    amounts: Mapping[int, Decimal]  # of the ledger
    days: Mapping[int, datetime.date]
    settled: Mapping[int, bool]


async def read_books(engine: AsyncEngine) -> Books:
    """Read everything."""
    async with engine.connect() as connection:
        rows = [to_job(row) for row in (await connection.execute(select(jobs))).mappings()]
        entries = (await connection.execute(select(ledger))).all()
    return Books(
        jobs={job.id: job for job in rows},
        amounts={entry.job_id: entry.amount for entry in entries},
        days={entry.job_id: entry.day for entry in entries},
        settled={entry.job_id: entry.settled for entry in entries},
    )


def owed(job: Job) -> Decimal:
    """Return what a job must stand in the ledger with."""
    if not job.state.is_final:
        return job.price_high
    if job.cost is not None:
        return job.cost
    if job.state in _KEEPS_THE_RESERVATION or job.reason is Reason.BAD_RESULT:
        return job.price_high
    return Decimal(0)


def day_of(created_at: float) -> datetime.date:
    """Return the UTC day of a time in Unix seconds."""
    return datetime.datetime.fromtimestamp(created_at, datetime.UTC).date()


def check_ledger(books: Books) -> None:
    """Assert that the ledger holds each job once, at what it owes, on the day of its asking."""
    assert set(books.jobs) <= set(books.amounts)
    for job in books.jobs.values():
        assert books.amounts[job.id] == owed(job), job
        assert books.settled[job.id] == job.state.is_final, job
        assert books.days[job.id] == day_of(job.created_at), job


async def check_sums(engine: AsyncEngine, books: Books) -> None:
    """Assert that the day's sum, by which the budget is judged, is the sum of its jobs."""
    for day in set(books.days.values()):
        total = sum(
            (books.amounts[job_id] for job_id, its_day in books.days.items() if its_day == day),
            Decimal(0),
        )
        assert await Ledger(engine).spent_on(day) == total


async def hurry(engine: AsyncEngine) -> None:
    """Don't wait for the disk: what is not about power cuts needs none."""
    async with engine.connect() as connection:
        driver = (await connection.get_raw_connection()).driver_connection
        assert isinstance(driver, aiosqlite.Connection)
        await driver.execute("PRAGMA synchronous = OFF")
