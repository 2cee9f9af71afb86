"""Saving: write what differs between a job as it was read and as it should be."""

import functools
from collections.abc import Mapping
from decimal import Decimal

from sqlalchemy import bindparam, delete, func, update

from db.records import Job
from db.repositories import ledger
from db.statements import Statement, Steps
from db.tables import is_open, jobs

# Stored without the fence. A change decided on a job that was read before never overwrites them.
_FACTS = frozenset({"task_id", "message_id", "cancel_wanted_by", "cancel_wanted_at", "retried_as"})

_DELETE_FORGOTTEN = Statement(
    delete(jobs).where(jobs.c.id == bindparam("job"), jobs.c.forget.is_(True), ~is_open)
)


def save(
    before: Job,
    after: Job,
    changes: Mapping[str, object],
    *,
    charge: Decimal | None,
    unless_cancel_wanted: bool,
) -> Steps[bool]:
    """Write the *changes*, book the *charge* and delete what is to be forgotten.

    Returns False, with nothing written, if the job is not as it was read (`JobRepository.save`).
    """
    closes = changes.get("open") is False
    unknown = frozenset(name for name in _FACTS & changes.keys() if getattr(before, name) is None)
    statement = _saving(
        tuple(changes), unknown, closes=closes, unless_cancel_wanted=unless_cancel_wanted
    )
    saved = yield statement(
        job=before.id,
        read_fence=before.fence,
        read_state=before.state,
        read_message=before.message_id,
        **{_new(name): value for name, value in changes.items()},
    )
    if not saved:
        return False
    if charge is not None:
        book = ledger.settle if after.state.is_final else ledger.change_reservation
        yield from book(before.id, charge)
    if closes:
        yield _DELETE_FORGOTTEN(job=before.id)
    return True


def _new(name: str) -> str:
    return f"new_{name}"


@functools.lru_cache(maxsize=1024)  # what differs is one of a few dozen sets of columns
def _saving(
    changed: tuple[str, ...], unknown: frozenset[str], *, closes: bool, unless_cancel_wanted: bool
) -> Statement:
    """Return the statement that writes the *changed* columns, and keeps facts stored since.

    For example, a job was read without a request to cancel, and then user 7 requested it through
    another process. The change that was decided on the job as it was read says that its deleted
    card (user 0) requests it. As `coalesce(cancel_wanted_by, 0)` it leaves the 7 in place. So it is
    for the facts that were *unknown* when the job was read.

    Without changes the statement sets the fence to what it is: it writes nothing new, but finds no
    row if another process has claimed the job.
    """
    conditions = [
        jobs.c.id == bindparam("job"),
        jobs.c.fence == bindparam("read_fence"),
        jobs.c.state == bindparam("read_state"),
    ]
    if closes:
        conditions.append(jobs.c.message_id.is_not_distinct_from(bindparam("read_message")))
    if unless_cancel_wanted:
        conditions.append(jobs.c.cancel_wanted_by.is_(None))
    values = {
        name: func.coalesce(jobs.c[name], bindparam(_new(name), type_=jobs.c[name].type))
        if name in unknown
        else bindparam(_new(name))
        for name in changed
    }
    return Statement(
        update(jobs)
        .where(*conditions)
        .values(values or {"fence": jobs.c.fence})
        .returning(jobs.c.id)
    )
