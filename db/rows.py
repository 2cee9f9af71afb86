"""Rows: jobs to columns and back."""

import dataclasses
from collections.abc import Mapping

from sqlalchemy import RowMapping

from db.records import Job, JobState

FINAL_STATES = tuple(state for state in JobState if state.is_final)

# Written by `claims` and by requests only, never by saving a job.
OWNERSHIP = frozenset({"owner", "lease_until", "fence", "woken"})

_FIELDS = tuple(field.name for field in dataclasses.fields(Job))


def to_job(row: RowMapping) -> Job:
    """Make the job of a row of the jobs table."""
    return Job(**row)


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
