"""Saving: write what differs between a job as it was read and as it should be.

A row has a version, which every write raises, also that of another process. A change names the
version of the record that it was decided on. So it finds no row once anything was written since, and
the row is read again:

- If only what is stored beside the steps of a job has changed (`_BESIDE`: facts, what the card shows,
  a mark), the change holds all the same and is written on the row as it is now. A fact that is known
  by now is kept, whatever the change says of it.
- If anything else has changed, another step was faster, or another process has the job: nothing is
  written, and whoever decided must decide again.
"""

import dataclasses
import functools
from collections.abc import Mapping
from decimal import Decimal

from sqlalchemy import bindparam, delete, or_, select, true, update

from db.copies import changed, copied
from db.records import Job, JobState
from db.repositories import ledger
from db.rows import changed_columns, read_job
from db.statements import Statement, Steps
from db.tables import is_open, jobs

# Stored by the process that learns them, owner or not, and never written over.
_FACTS = frozenset({"task_id", "message_id", "cancel_wanted_by", "cancel_wanted_at", "retried_as"})
# What no step of a job decides on, or what is decided alike whatever it is.
_BESIDE = _FACTS | {
    *("cancel_control", "forget", "interaction_token", "shown", "shown_at"),
    *("version", "woken"),
}

# Another process than *by* has the job, and is to read its row.
WOKEN_IF_ANOTHERS = or_(jobs.c.woken, jobs.c.owner.is_distinct_from(bindparam("by")))

_BY_ID = Statement(select(jobs).where(jobs.c.id == bindparam("job")))
_DELETE_FORGOTTEN = Statement(
    delete(jobs).where(jobs.c.id == bindparam("job"), jobs.c.forget.is_(True), ~is_open)
)


def write(before: Job, after: Job, changes: Mapping[str, object], by: str) -> Steps[Job | None]:
    """Write the *changes* by one statement; return the job as it is then, None if *before* is old.

    *by* is the process that does; the owner, if it is another, is woken by the same statement.
    """
    version, wakes = before.version + 1, before.owner != by
    written = yield _writing(tuple(changes), wakes=wakes)(
        job=before.id,
        read_version=before.version,
        next_version=version,
        **{_new(name): value for name, value in changes.items()},
    )
    if not written:
        return None
    # Nothing was written since *before*, so that the row still has its owner and its mark.
    return changed(after, owner=before.owner, woken=before.woken or wakes, version=version)


def save(
    before: Job,
    after: Job,
    first: Steps[Job | None],
    again: Steps[Job | None],
    *,
    charge: Decimal | None,
) -> Steps[Job | None]:
    """Write *first*, or else *again*; book the *charge*, delete what is to be forgotten.

    Returns the job as it is then; None, with nothing written, if the row has changed in more than
    what is stored beside the steps (`JobRepository.save`).
    """
    saved = yield from first
    if saved is None:
        saved = yield from again
    if saved is None:
        return None
    if charge is not None:
        if after.state.is_final:
            yield from ledger.settle(after, charge)
        else:
            yield from ledger.change_reservation(before.id, charge)
    if saved.forget and before.open and not after.open:
        yield _DELETE_FORGOTTEN(job=before.id)
    return saved


def write_again(
    before: Job, after: Job, *, by: str, unless_cancel_wanted: bool = False
) -> Steps[Job | None]:
    """Write what differs on the row as it is now, if it still holds, within a transaction."""
    now = yield from read_job(_BY_ID(job=before.id))
    if now is None or (unless_cancel_wanted and now.cancel_wanted_by is not None):
        return None
    again = rebased(before, after, now)
    if again is None:
        return None
    return (yield from write(now, again, changed_columns(now, again), by))


def rebased(before: Job, after: Job, now: Job) -> Job | None:
    """Return the change from *before* to *after* made to the job as it is *now*, if it still holds.

    For example, a job was read without a request to cancel, and then user 7 requested it through
    another process. The change says that its deleted card (user 0) requests it; the 7 stays.

    A job is not closed, nor ended as never answered, once its card became known, which has yet to
    show the ending.
    """
    fields = [field.name for field in dataclasses.fields(Job) if field.name not in _BESIDE]
    if any(getattr(before, name) != getattr(now, name) for name in fields):
        return None
    is_without_card = after.state is JobState.REFUSED or not after.open
    if before.open and is_without_card and now.message_id != before.message_id:
        return None
    return copied(
        now,
        {
            name: getattr(after, name)
            for name in changed_columns(before, after)
            if not (name in _FACTS and getattr(before, name) is None and _knows(now, name))
        },
    )


def _knows(job: Job, name: str) -> bool:
    return getattr(job, name) is not None


def _new(name: str) -> str:
    return f"new_{name}"


@functools.lru_cache(maxsize=1024)  # what differs is one of a few dozen sets of columns
def _writing(names: tuple[str, ...], *, wakes: bool = False) -> Statement:
    """Return the statement that writes the columns of these *names*, and may wake the owner."""
    values: dict[str, object] = {name: bindparam(_new(name)) for name in names}
    if wakes:
        values["woken"] = true()
    return Statement(
        update(jobs)
        .where(jobs.c.id == bindparam("job"), jobs.c.version == bindparam("read_version"))
        .values({**values, "version": bindparam("next_version")})
        .returning(jobs.c.id)
    )
