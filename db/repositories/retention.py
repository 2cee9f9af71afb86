"""Retention: delete what need not be kept."""

import dataclasses
import datetime
from collections.abc import Callable

from sqlalchemy import (
    Integer,
    Select,
    Text,
    and_,
    bindparam,
    delete,
    func,
    or_,
    select,
    true,
    update,
)

from db.statements import Statement, Steps, only
from db.store import Store
from db.tables import (
    drafts,
    has_sources,
    has_token,
    is_open,
    jobs,
    ledger,
    names_requester,
    to_forget,
)

_mine = jobs.c.user_id == bindparam("user")

# Rows that one statement deletes or changes, so that none keeps the writer from a user for long.
ROWS_AT_ONCE = 500

_most = bindparam("most", type_=Integer())


def _some(rows: Select[int]) -> Select[int]:
    """Return the next of *rows* that no other process is at, which are left to that one."""
    return rows.limit(_most).with_for_update(skip_locked=True)


_ended = _some(select(jobs.c.id).where(~is_open, jobs.c.ended_at < bindparam("before")))
_marked = _some(select(jobs.c.id).where(to_forget, ~is_open))
_named = _some(select(ledger.c.job_id).where(names_requester, ledger.c.day < bindparam("before")))
# An open job of another process is left to that one, which knows its record; it is woken else.
_by = bindparam("by", type_=Text())
_may_be_cleared = or_(~is_open, jobs.c.owner.is_(None), jobs.c.owner == _by, _by.is_(None))
_expired = _some(
    select(jobs.c.id).where(has_token, jobs.c.created_at < bindparam("before"), _may_be_cleared)
)

# The address of a file that was handed in; of a job that has ended, as none that is open is so old.
_unsent = _some(
    select(jobs.c.id).where(has_sources, ~is_open, jobs.c.created_at < bindparam("before"))
)

_DELETE_ENDED = Statement(delete(jobs).where(jobs.c.id.in_(_ended)).returning(jobs.c.id))
_DELETE_MARKED = Statement(delete(jobs).where(jobs.c.id.in_(_marked)).returning(jobs.c.id))
_COUNT_OF_USER = Statement(select(func.count(), func.count().filter(is_open)).where(_mine))
_DELETE_DRAFTS = Statement(delete(drafts).where(drafts.c.user_id == bindparam("user")))
_DELETE_CLOSED = Statement(delete(jobs).where(_mine, ~is_open).returning(jobs.c.id))
_MARK_OPEN = Statement(
    update(jobs)
    .where(_mine)
    .values(forget=true(), woken=true(), version=jobs.c.version + 1)
    .returning(jobs.c.id)
)
_ANONYMIZE = Statement(
    update(ledger)
    .where(ledger.c.job_id.in_(_named))
    .values(user_id=None)
    .returning(ledger.c.job_id)
)
_CLEAR_TOKENS = Statement(
    update(jobs)
    .where(jobs.c.id.in_(_expired))
    .values(
        interaction_token=None,
        version=jobs.c.version + 1,
        woken=or_(jobs.c.woken, and_(is_open, jobs.c.owner.is_distinct_from(_by))),
    )
    .returning(jobs.c.id, jobs.c.version)
)


_CLEAR_SOURCES = Statement(
    update(jobs)
    .where(jobs.c.id.in_(_unsent))
    .values(input_sources=None, version=jobs.c.version + 1)
    .returning(jobs.c.id)
)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """Numbers of jobs: deleted now, and marked to be deleted when they have ended."""

    deleted: int
    marked: int


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class StoredJobs:
    """Numbers of a requester's jobs: closed ones, and those with something left to do."""

    closed: int
    open: int

    @property
    def all(self) -> int:
        """How many there are."""
        return self.closed + self.open


class Retention:
    """Deletes jobs, drafts and tokens; the ledger keeps its sums, soon without their requesters.

    *owner* is the process that does, None if it owns no jobs, and *token_cleared* is called with the
    id of each job whose token is removed and the version that its row has since.
    """

    def __init__(
        self,
        store: Store,
        *,
        owner: str | None = None,
        token_cleared: Callable[[int, int], None] = lambda _, __: None,
    ) -> None:
        self._store = store
        self._owner = owner
        self._token_cleared = token_cleared

    async def delete_ended(self, before: float) -> int:
        """Delete closed jobs that ended before *before* (Unix seconds) or are marked; count them."""
        ended = await self._in_batches(_DELETE_ENDED, before=before)
        return ended + await self._in_batches(_DELETE_MARKED)

    async def count_of_user(self, user_id: int) -> StoredJobs:
        """Return how many jobs `forget_user` would delete, now and at their end."""
        return await self._store.read(_count_of_user(user_id))

    async def forget_user(self, user_id: int) -> Forgotten:
        """Delete a requester's jobs and drafts; open jobs are marked, to be deleted when they close.

        `JobRepository.save` deletes those, in the transaction that closes them.
        """
        return await self._store.transact(_forget(user_id), urgent=True)

    async def anonymize_ledger(self, before: datetime.date) -> int:
        """Remove the requesters from the ledger of days before *before*, and count the entries.

        A requester's own daily budget needs them for that day only.
        """
        return await self._in_batches(_ANONYMIZE, before=before)

    async def clear_tokens(self, before_created_at: float) -> int:
        """Remove the interaction tokens of jobs created before then (Unix seconds); count them.

        Open jobs of other processes keep theirs, which those processes remove, if this one owns any.
        """
        return await self._in_batches(
            _CLEAR_TOKENS, self._token_cleared, before=before_created_at, by=self._owner
        )

    async def clear_sources(self, before_created_at: float) -> int:
        """Remove where the inputs of closed jobs created before then were fetched; count the jobs."""
        return await self._in_batches(_CLEAR_SOURCES, before=before_created_at)

    async def _in_batches(
        self,
        statement: Statement,
        done: Callable[..., None] = lambda *_: None,
        **values: object,
    ) -> int:
        """Run a statement on some rows at a time until none is left; return how many there were.

        *done* is called with what the statement returns of each.
        """
        count, rows = 0, ROWS_AT_ONCE
        while rows >= ROWS_AT_ONCE:
            changed = await self._store.write(only(statement(most=ROWS_AT_ONCE, **values)))
            rows = len(changed)
            count += rows
            for row in changed:
                done(*row)
        return count


def _count(statement: Statement, **values: object) -> Steps[int]:
    """Return how many rows the statement changes."""
    return len((yield statement(**values)))


def _count_of_user(user_id: int) -> Steps[StoredJobs]:
    found, are_open = (yield _COUNT_OF_USER(user=user_id)).first() or (0, 0)
    return StoredJobs(closed=found - are_open, open=are_open)


def _forget(user_id: int) -> Steps[Forgotten]:
    yield _DELETE_DRAFTS(user=user_id)
    deleted = yield from _count(_DELETE_CLOSED, user=user_id)
    marked = yield from _count(_MARK_OPEN, user=user_id)
    return Forgotten(deleted=deleted, marked=marked)
