"""Stored jobs and ledger between two runs of the bot, read without the bot's own code."""

import dataclasses
import sqlite3
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.stored_database import read_rows


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class StoredJob:
    """A job as the database has it."""

    job_id: int
    state: str
    task_id: str | None
    is_open: bool
    was_searched: bool  # a search for its task has found nothing
    reserved: Decimal  # US dollars


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class StoredJobs:
    """All jobs, and what the ledger has for each."""

    jobs: Mapping[int, StoredJob]
    ledger: Mapping[int, Decimal]
    is_intact: bool  # by SQLite's own check

    @property
    def open_jobs(self) -> frozenset[int]:
        """Jobs with something left to do."""
        return frozenset(job.job_id for job in self.jobs.values() if job.is_open)

    @property
    def in_doubt(self) -> frozenset[int]:
        """Jobs whose POST has no known outcome: it was being sent, and no task is known."""
        return frozenset(
            job.job_id
            for job in self.jobs.values()
            if job.state in {"submitting", "uncertain"} and job.task_id is None
        )

    @property
    def is_quiet(self) -> bool:
        """Whether nothing is left to do but to wait until searches that found nothing are given up."""
        return all(
            not job.is_open or (job.job_id in self.in_doubt and job.was_searched)
            for job in self.jobs.values()
        )


def _dollars(micro: int) -> Decimal:
    """Return US dollars, which are stored as micro-dollars."""
    return Decimal(micro) / 1_000_000


_JOBS = "select id, state, task_id, open, missing_since, price_high from jobs"
_LEDGER = "select job_id, amount from ledger"


def read_stored_jobs(database: Path | str) -> StoredJobs:
    """Read a database that may be in use: a file, or the one at an address of PostgreSQL."""
    if isinstance(database, str):
        rows = read_rows(database, _JOBS)
        return _stored(rows, read_rows(database, _LEDGER), is_intact=True)
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=10)
    try:
        connection.execute("BEGIN")
        jobs = connection.execute(_JOBS).fetchall()
        ledger = connection.execute(_LEDGER).fetchall()
        sound = connection.execute("pragma quick_check").fetchall() == [("ok",)]
    finally:
        connection.close()
    return _stored(jobs, ledger, is_intact=sound)


def _stored(
    jobs: Sequence[tuple[Any, ...]], ledger: Sequence[tuple[Any, ...]], *, is_intact: bool
) -> StoredJobs:
    return StoredJobs(
        jobs={
            job_id: StoredJob(
                job_id=job_id,
                state=state,
                task_id=task_id,
                is_open=bool(is_open),
                was_searched=missing_since is not None,
                reserved=_dollars(price),
            )
            for job_id, state, task_id, is_open, missing_since, price in jobs
        },
        ledger={job_id: _dollars(amount) for job_id, amount in ledger},
        is_intact=is_intact,
    )
