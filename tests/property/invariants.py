"""Invariants of the rows and the ledger, written a second time and independently of the bot's code."""

import dataclasses
import datetime
from collections.abc import Mapping
from decimal import Decimal

from sqlalchemy import select

from db.records import Job, JobState, Reason
from db.repositories.ledger import Ledger
from db.rows import to_job
from db.statements import Statement, Steps
from db.store import Store
from db.tables import jobs, ledger
from tests.databases import execute

_JOBS, _LEDGER = Statement(select(jobs)), Statement(select(ledger))
_KEEPS_THE_RESERVATION = {JobState.DELIVERED, JobState.LINKED, JobState.LOST}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """Every row of a database at one moment, by job."""

    jobs: Mapping[int, Job]
    amounts: Mapping[int, Decimal]  # of the ledger
    days: Mapping[int, datetime.date]
    settled: Mapping[int, bool]


async def read_snapshot(store: Store) -> Snapshot:
    """Read all rows."""
    return await store.read(_snapshot())


def _snapshot() -> Steps[Snapshot]:
    rows = [to_job(row) for row in (yield _JOBS())]
    entries = list((yield _LEDGER()))
    return Snapshot(
        jobs={job.id: job for job in rows},
        amounts={job_id: amount for job_id, _, amount, *_ in entries},
        days={job_id: day for job_id, day, *_ in entries},
        settled={job_id: settled for job_id, _, _, settled, *_ in entries},
    )


def expected_amount(job: Job) -> Decimal:
    """Return the amount that the ledger must hold for a job, in US dollars."""
    if job.state.is_final and job.cost is not None:
        return job.cost
    if job.released:
        return Decimal(0)
    if not job.state.is_final:
        return job.price_high
    if job.state in _KEEPS_THE_RESERVATION or job.reason is Reason.BAD_RESULT:
        return job.price_high
    if job.state is JobState.CANCELLED and job.task_id and job.missing_since is not None:
        return job.price_high  # cancelled without an answer of the API
    return Decimal(0)


def day_of(created_at: float) -> datetime.date:
    """Return the UTC day of a time in Unix seconds."""
    return datetime.datetime.fromtimestamp(created_at, datetime.UTC).date()


def check_ledger(snapshot: Snapshot) -> None:
    """Assert that the ledger holds each job once, with its amount, on the day of its request."""
    assert set(snapshot.jobs) <= set(snapshot.amounts)
    for job in snapshot.jobs.values():
        assert snapshot.amounts[job.id] == expected_amount(job), job
        assert snapshot.settled[job.id] == job.state.is_final, job
        assert snapshot.days[job.id] == day_of(job.created_at), job


async def check_sums(store: Store, snapshot: Snapshot) -> None:
    """Assert that each day's sum, which the budget is compared with, is the sum of its jobs."""
    for day in set(snapshot.days.values()):
        total = sum(
            (
                snapshot.amounts[job_id]
                for job_id, its_day in snapshot.days.items()
                if its_day == day
            ),
            Decimal(0),
        )
        assert await Ledger(store).spent_on(day) == total


async def skip_disk_sync(store: Store) -> None:
    """Switch waiting for the disk off, for tests that are not about power cuts."""
    await execute(store, "PRAGMA synchronous = OFF")
