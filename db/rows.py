"""Rows: jobs to columns and back.

A row may hold what this program does not read: a word of a newer version, text that is no JSON. Such
a row costs its own job alone. The others of the same statement are read one by one.
"""

import dataclasses
import functools
import logging
from collections.abc import Mapping

from sqlalchemy import RowMapping, Select, select
from sqlalchemy.ext.asyncio import AsyncConnection

from db.records import Job, JobState
from db.tables import jobs

log = logging.getLogger(__name__)

# What the types of the columns raise for a value that they do not read.
_UNREADABLE = (ValueError, TypeError, LookupError, ArithmeticError)

FINAL_STATES = tuple(state for state in JobState if state.is_final)

# Written by `claims` and by requests only, never by saving a job.
OWNERSHIP = frozenset({"owner", "lease_until", "fence", "woken"})

_FIELDS = tuple(field.name for field in dataclasses.fields(Job))


def to_job(row: RowMapping) -> Job:
    """Make the job of a row of the jobs table."""
    return Job(**row)


async def read_jobs(
    connection: AsyncConnection, query: Select[*tuple[object, ...]]
) -> tuple[Job, ...]:
    """Return the jobs of *query*, without those whose rows can't be read."""
    try:
        return tuple(to_job(row) for row in (await connection.execute(query)).mappings())
    except _UNREADABLE:
        ids = (await connection.execute(query.with_only_columns(jobs.c.id))).scalars().all()
    found = [await _read_job(connection, job_id) for job_id in ids]
    return tuple(job for job in found if job is not None)


async def _read_job(connection: AsyncConnection, job_id: int) -> Job | None:
    try:
        rows = await connection.execute(select(jobs).where(jobs.c.id == job_id))
        row = rows.mappings().first()
        return None if row is None else to_job(row)
    except _UNREADABLE as error:
        _log_unreadable(job_id, type(error).__name__)
        return None


@functools.lru_cache(maxsize=256)  # so that each is logged once, not at every look
def _log_unreadable(job_id: int, error: str) -> None:
    log.error("job %d: its row can't be read (%s), so it is left alone", job_id, error)


def to_columns(job: Job) -> dict[str, object]:
    """Return the value of every column."""
    return {name: _plain(getattr(job, name)) for name in _FIELDS}


def changed_columns(before: Job, after: Job) -> dict[str, object]:
    """Return the columns that differ, without those of ownership."""
    return {
        name: _plain(getattr(after, name))
        for name in _FIELDS
        if name not in OWNERSHIP and getattr(before, name) != getattr(after, name)
    }


def _plain(value: object) -> object:
    """Turn any mapping into the dictionary that JSON needs."""
    return dict(value) if isinstance(value, Mapping) else value
