"""Lists of jobs: the look-ups that return several, as statements and their values."""

import itertools
from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, bindparam, case, func, select

from db.job_filters import GROUPS, JobFilter, JobGroup
from db.records import CardKind, JobState, Reason
from db.statements import Call, Statement
from db.tables import has_state, is_final, is_open, jobs

# A result that no message offers: the card was deleted, or can't be edited any more.
_waits = (jobs.c.state == JobState.LINKED) & (
    (jobs.c.card_kind == CardKind.TOKEN_ONLY)
    | (jobs.c.reason == Reason.CARD_DELETED)
    | jobs.c.reply_begun_at.is_not(None)
)
_is_forgotten = jobs.c.forget.is_(True) & is_final
_newest_first = (jobs.c.created_at.desc(), jobs.c.id.desc())

OPEN_OF_USER = Statement(
    select(jobs).where(jobs.c.user_id == bindparam("user"), ~is_final).order_by(*_newest_first)
)
OPEN_IN_CHANNEL = Statement(
    select(jobs)
    .where(is_open, ~is_final, jobs.c.channel_id == bindparam("channel"))
    .order_by(*_newest_first)
)


def _of_user(*, has_kind: bool, group: JobGroup | None) -> Sequence[ColumnElement[bool]]:
    """Return the conditions of a requester's jobs that pass a filter."""
    kind = [jobs.c.kind == bindparam("of_kind")] if has_kind else []
    states = [] if group is None else [has_state(GROUPS[group])]
    return (jobs.c.user_id == bindparam("user"), ~_is_forgotten, *kind, *states)


# One statement for each form of a filter, so that each is compiled once.
_FORMS = tuple(itertools.product((False, True), (None, *JobGroup)))
_RECENT_OF_USER = {
    (has_kind, group): Statement(
        select(jobs)
        .where(*_of_user(has_kind=has_kind, group=group))
        .order_by(case((~is_final, 0), (_waits, 1), else_=2), *_newest_first)
        .limit(bindparam("most"))
        .offset(bindparam("start"))
    )
    for has_kind, group in _FORMS
}
_COUNT_OF_USER = {
    (has_kind, group): Statement(
        select(func.count()).select_from(jobs).where(*_of_user(has_kind=has_kind, group=group))
    )
    for has_kind, group in _FORMS
}
CARDS_IN_CHANNEL = Statement(
    select(jobs.c.message_id)
    .where(is_open, jobs.c.channel_id == bindparam("channel"), jobs.c.message_id.is_not(None))
    .order_by(jobs.c.id)
)


def recent_of_user(user_id: int, limit: int, start: int, wanted: JobFilter) -> Call:
    """Return the look-up of a page of a requester's jobs that pass a filter."""
    statement, values = _filtered(_RECENT_OF_USER, wanted)
    return statement(user=user_id, most=limit, start=start, **values)


def count_of_user(user_id: int, wanted: JobFilter) -> Call:
    """Return the count of a requester's jobs that pass a filter."""
    statement, values = _filtered(_COUNT_OF_USER, wanted)
    return statement(user=user_id, **values)


def _filtered(
    statements: Mapping[tuple[bool, JobGroup | None], Statement], wanted: JobFilter
) -> tuple[Statement, Mapping[str, object]]:
    """Return the statement of that form, and the values of the filter."""
    values = {} if wanted.kind is None else {"of_kind": wanted.kind}
    return statements[wanted.kind is not None, wanted.group], values
