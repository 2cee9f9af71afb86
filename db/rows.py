"""Rows: jobs to columns and back.

A row may hold what this program does not read: a word of a newer version, text that is no JSON, a
text where a number belongs. Such a row costs its own job alone.
"""

import functools
import logging
import operator
from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import compress
from types import NoneType
from typing import Any

from sqlalchemy import JSON, Boolean, Column, Double, Text

from db.columns import InputList, Money, SharedText, Word
from db.copies import FIELDS, maker, values_of
from db.records import Job
from db.statements import Call, Rows, Steps
from db.tables import jobs

log = logging.getLogger(__name__)

# What the types of the columns raise for a value that they do not read.
_UNREADABLE = (ValueError, TypeError, LookupError, ArithmeticError)

# Written by `claims` and by requests only, never by saving a job.
OWNERSHIP = frozenset({"owner", "version", "woken"})

_PLACES = range(len(FIELDS))
_MAPPINGS = frozenset(column.name for column in jobs.c if isinstance(column.type, JSON))
_make_job = maker([str(column.name) for column in jobs.c])

_CONTENTS: Mapping[type, type] = {
    Boolean: bool,
    Double: float,
    InputList: tuple,
    JSON: dict,
    Money: Decimal,
    SharedText: str,
    Text: str,
}
# The types of whole rows that were checked, which are few: each is a set of empty columns.
_checked: set[tuple[type, ...]] = set()


def to_job(values: Sequence[Any]) -> Job:
    """Make the job of a row of the jobs table, whose columns are in the table's order.

    Raises:
        TypeError: A column holds something else than its type; SQLite stores anything.
    """
    found = tuple(map(type, values))
    if found not in _checked:
        _check(found)
        _checked.add(found)
    return _make_job(values)


def _check(found: Sequence[type]) -> None:
    for column, kind in zip(jobs.c, found, strict=True):
        if kind is not _content(column) and not (kind is NoneType and column.nullable):
            raise TypeError(f"{column.name} holds {kind.__name__}")


def _content(column: Column[Any]) -> type:
    if isinstance(column.type, Word):
        return column.type.words
    return _CONTENTS.get(type(column.type), int)


def read_jobs(call: Call) -> Steps[tuple[Job, ...]]:
    """Return the jobs of a call that reads whole rows, without those that can't be read."""
    rows = yield call
    return tuple([job for row in rows.raw if (job := _read(rows, row)) is not None])


def read_job(call: Call) -> Steps[Job | None]:
    """Return the first job of such a call, None if there is none that can be read."""
    rows = yield call
    for row in rows.raw:
        if (job := _read(rows, row)) is not None:
            return job
    return None


def _read(rows: Rows, row: Sequence[Any]) -> Job | None:
    try:
        return to_job(rows.read(row))
    except _UNREADABLE as error:
        _log_unreadable(row[0], type(error).__name__)
        return None


@functools.lru_cache(maxsize=256)  # so that each is logged once, not at every look
def _log_unreadable(job_id: int, error: str) -> None:
    log.error("job %d: its row can't be read (%s), so it is left alone", job_id, error)


def to_columns(job: Job) -> dict[str, object]:
    """Return the value of every column."""
    columns = dict(zip(FIELDS, values_of(job), strict=True))
    return columns | {name: _plain(columns[name]) for name in _MAPPINGS}


def changed_columns(before: Job, after: Job) -> dict[str, object]:
    """Return the columns that differ, without those of ownership."""
    old, new = values_of(before), values_of(after)
    columns: dict[str, object] = {}
    for at in compress(_PLACES, map(operator.is_not, old, new)):
        name, value = FIELDS[at], new[at]
        if old[at] != value and name not in OWNERSHIP:
            columns[name] = _plain(value) if name in _MAPPINGS else value
    return columns


def _plain(value: object) -> object:
    """Turn any mapping into the dictionary that JSON needs."""
    return dict(value) if isinstance(value, Mapping) else value
