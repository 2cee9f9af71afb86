"""What the bot's database says while the bot is dead, read by a program that is not the bot."""

import dataclasses
import sqlite3
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A job as the database has it."""

    job_id: int
    state: str
    task_id: str | None
    is_public: bool
    was_searched: bool  # a search for its task has found nothing
    reserved: Decimal  # US dollars


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """All jobs, and what the ledger has for each."""

    jobs: Mapping[int, Row]
    ledger: Mapping[int, Decimal]
    is_sound: bool

    @property
    def open_jobs(self) -> frozenset[int]:
        """Jobs with something left to do."""
        return frozenset(row.job_id for row in self.jobs.values() if row.is_public)

    @property
    def doubtful(self) -> frozenset[int]:
        """Jobs that were being sent, and whose task is not known."""
        return frozenset(
            row.job_id
            for row in self.jobs.values()
            if row.state in {"submitting", "uncertain"} and row.task_id is None
        )

    @property
    def is_quiet(self) -> bool:
        """Whether nothing is left to do but to wait for the timeout of a vain search."""
        return all(
            not row.is_public or (row.job_id in self.doubtful and row.was_searched)
            for row in self.jobs.values()
        )


def _dollars(micro: int) -> Decimal:
    """Read money as the database keeps it."""
    return Decimal(micro) / 1_000_000


def read_books(database: Path) -> Books:
    """Read a database that may be in use."""
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=10)
    try:
        connection.execute("BEGIN")
        jobs = connection.execute(
            "select id, state, task_id, open, missing_since, price_high from jobs"
        ).fetchall()
        ledger = connection.execute("select job_id, amount from ledger").fetchall()
        sound = connection.execute("pragma quick_check").fetchall() == [("ok",)]
    finally:
        connection.close()
    return Books(
        jobs={
            job_id: Row(
                job_id=job_id,
                state=state,
                task_id=task_id,
                is_public=bool(is_public),
                was_searched=missing_since is not None,
                reserved=_dollars(price),
            )
            for job_id, state, task_id, is_public, missing_since, price in jobs
        },
        ledger={job_id: _dollars(amount) for job_id, amount in ledger},
        is_sound=sound,
    )
