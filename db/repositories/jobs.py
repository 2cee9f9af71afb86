"""Jobs: written once when accepted, then by differences, and read.

A change names the fence and the state in which the job was read, and writes nothing if either has
changed since (`db.repositories.claims` has the theory). Four facts are exempt, and are stored by
the process that learns them, owner or not: the task's id, the card's message id, a request to
cancel, and how the card offers that. The first three are written once, into a column that is empty.
A lost task id would be a lost task that was paid for, and a request must not depend on which
process gets it.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from decimal import Decimal

from sqlalchemy import Delete, Select, Update, case, delete, exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.records import CancelControl, CardKind, Job, JobState, Reason, SpendingLimits
from db.repositories import acceptance, ledger
from db.rows import FINAL_STATES, changed_columns, read_jobs
from db.tables import is_open, jobs

# Stored without the fence. A change decided on a job that was read before never overwrites them.
_FACTS = ("task_id", "message_id", "cancel_wanted_by", "cancel_wanted_at", "retried_as")

_is_final = jobs.c.state.in_(FINAL_STATES)
# A result that no message offers: the card was deleted, or can't be edited any more.
_waits = (jobs.c.state == JobState.LINKED) & (
    (jobs.c.card_kind == CardKind.TOKEN_ONLY)
    | (jobs.c.reason == Reason.CARD_DELETED)
    | jobs.c.reply_begun_at.is_not(None)
)


class JobRepository:
    """Reads and changes of single jobs; each call is one transaction."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def accept(
        self,
        job: Job,
        limits: SpendingLimits,
        *,
        owner: str,
        lease_until: float,
        draft_id: int | None = None,
    ) -> Job:
        """Write the job as *owner*'s, reserve `price_high` and use up the draft, or do nothing.

        Raises:
            AlreadyAccepted: The id is known.
            AlreadyRetried: `retry_of` has its retry.
            DraftUsed: The draft is answered, or does not exist.
            TooManyRunning: The requester's limit is reached; `uncertain` jobs don't count.
            UserBudgetSpent: The requester's part of the UTC day has too little left.
            BudgetSpent: The UTC day of `created_at` has too little left.
        """
        owned = dataclasses.replace(job, owner=owner, lease_until=lease_until, fence=1)
        async with self._engine.begin() as connection:
            return await acceptance.accept(connection, owned, limits, draft_id)

    async def check(self, job: Job, limits: SpendingLimits) -> Job:
        """Return *job* as it would be accepted now; raises what `accept` raises of limits."""
        async with self._engine.connect() as connection:
            return await acceptance.check(connection, job, limits)

    async def withdraw(self, job: Job) -> bool:
        """Undo the acceptance of *job*, its draft's answer too; return whether it could be undone.

        Nothing is undone once the job was answered, sent or ended, or has another owner.
        """
        async with self._engine.begin() as connection:
            return await acceptance.withdraw(connection, job)

    async def get(self, job_id: int) -> Job | None:
        """Return the job with this id, or None."""
        return await self._first(select(jobs).where(jobs.c.id == job_id))

    async def get_all(self, job_ids: Sequence[int]) -> tuple[Job, ...]:
        """Return those of the jobs that exist, by one statement."""
        return await self._all(select(jobs).where(jobs.c.id.in_(job_ids)).order_by(jobs.c.id))

    async def by_message(self, message_id: int) -> Job | None:
        """Return the job whose card this message is."""
        return await self._first(select(jobs).where(jobs.c.message_id == message_id))

    async def open_of_user(self, user_id: int) -> tuple[Job, ...]:
        """Return the requester's jobs that have not ended, newest first."""
        mine = select(jobs).where(jobs.c.user_id == user_id, ~_is_final)
        return await self._all(mine.order_by(jobs.c.created_at.desc(), jobs.c.id.desc()))

    async def open_in_channel(self, channel_id: int) -> tuple[Job, ...]:
        """Return the jobs of a channel that have not ended, newest first."""
        there = select(jobs).where(is_open, ~_is_final, jobs.c.channel_id == channel_id)
        return await self._all(there.order_by(jobs.c.created_at.desc(), jobs.c.id.desc()))

    async def recent_of_user(self, user_id: int, limit: int, start: int = 0) -> tuple[Job, ...]:
        """Return the requester's jobs from *start* on: what runs, then what waits, then the newest.

        An ended job that is to be forgotten is not among them.
        """
        is_forgotten = jobs.c.forget.is_(True) & _is_final
        mine = select(jobs).where(jobs.c.user_id == user_id, ~is_forgotten)
        mine = mine.limit(limit).offset(start)
        first = case((~_is_final, 0), (_waits, 1), else_=2)
        return await self._all(mine.order_by(first, jobs.c.created_at.desc(), jobs.c.id.desc()))

    async def save(
        self,
        before: Job,
        after: Job,
        *,
        charge: Decimal | None = None,
        unless_cancel_wanted: bool = False,
    ) -> bool:
        """Write what differs, and settle the reservation at *charge* US dollars (0 releases it).

        While the job has not ended, *charge* is what is reserved from now on.
        A job that is to be forgotten is deleted by the change that closes it. Ownership is never
        written. Returns False, with nothing written, when the job has another
        owner or state by now; when it would be closed although its card became known since, which
        has yet to show the ending; and, with *unless_cancel_wanted*, when a cancel was requested.
        """
        changes = changed_columns(before, after)
        if not changes and charge is None and not unless_cancel_wanted:
            return True
        statement = update(jobs).where(
            jobs.c.id == before.id,
            jobs.c.fence == before.fence,
            jobs.c.state == before.state,
        )
        if changes.get("open") is False:
            statement = statement.where(jobs.c.message_id.is_not_distinct_from(before.message_id))
        if unless_cancel_wanted:
            statement = statement.where(jobs.c.cancel_wanted_by.is_(None))
        async with self._engine.begin() as connection:
            if not await _changed_one(
                connection, statement.values(_keeping_facts(before, changes))
            ):
                return False
            if charge is not None:
                book = ledger.settle if after.state.is_final else ledger.change_reservation
                await book(connection, before.id, charge)
            if changes.get("open") is False:
                await connection.execute(_forgotten(before.id))
        return True

    async def request_cancel(self, job_id: int, by: int, now: float) -> Job | None:
        """Store that user *by* wants the job cancelled, and wake its owner; return the job.

        Nothing is stored for a job that has ended, or whose cancel was requested before.
        """
        request = update(jobs).where(
            jobs.c.id == job_id, jobs.c.cancel_wanted_by.is_(None), ~_is_final
        )
        async with self._engine.begin() as connection:
            await connection.execute(
                request.values(cancel_wanted_by=by, cancel_wanted_at=now, woken=True)
            )
            found = await read_jobs(connection, select(jobs).where(jobs.c.id == job_id))
        return next(iter(found), None)

    async def learn_task_id(self, job_id: int, task_id: str) -> bool:
        """Store the task's id; return whether neither this job nor another had one like it.

        Without the fence: see the head of this module.
        """
        other = jobs.alias()
        return await self._update_one(
            update(jobs)
            .where(jobs.c.id == job_id, jobs.c.task_id.is_(None))
            .where(~exists().where(other.c.task_id == task_id))
            .values(task_id=task_id)
        )

    async def set_message(self, job_id: int, message_id: int) -> bool:
        """Store which message is the card, without the fence; return whether none was known."""
        return await self._update_one(
            update(jobs)
            .where(jobs.c.id == job_id, jobs.c.message_id.is_(None))
            .values(message_id=message_id)
        )

    async def set_retried_as(self, job_id: int, address: str) -> Job | None:
        """Store where the job is tried again, without the fence, and return it; None if it is gone.

        Only one job tries another again, so nothing is overwritten.
        """
        async with self._engine.begin() as connection:
            row = update(jobs).where(jobs.c.id == job_id, jobs.c.retried_as.is_(None))
            await connection.execute(row.values(retried_as=address))
            found = await read_jobs(connection, select(jobs).where(jobs.c.id == job_id))
        return next(iter(found), None)

    async def wake(self, job_id: int) -> None:
        """Have the owner of the job read its row, which another process has changed."""
        await self._update_one(update(jobs).where(jobs.c.id == job_id, is_open).values(woken=True))

    async def set_cancel_control(self, job_id: int, control: CancelControl) -> bool:
        """Store how the card offers to cancel, without the fence; return whether the job exists."""
        return await self._update_one(
            update(jobs).where(jobs.c.id == job_id).values(cancel_control=control)
        )

    async def _first(self, query: Select[*tuple[object, ...]]) -> Job | None:
        return next(iter(await self._all(query.limit(1))), None)

    async def _all(self, query: Select[*tuple[object, ...]]) -> tuple[Job, ...]:
        async with self._engine.connect() as connection:
            return await read_jobs(connection, query)

    async def _update_one(self, statement: Update) -> bool:
        async with self._engine.begin() as connection:
            return await _changed_one(connection, statement)


async def _changed_one(connection: AsyncConnection, statement: Update) -> bool:
    return (await connection.execute(statement)).rowcount == 1


def _forgotten(job_id: int) -> Delete:
    return delete(jobs).where(jobs.c.id == job_id, jobs.c.forget.is_(True), ~is_open)


def _keeping_facts(before: Job, changes: Mapping[str, object]) -> dict[str, object]:
    """Return *changes*, except that facts stored since *before* was read are kept.

    For example, a job was read without a request to cancel, and then user 7 requested it through
    another process. The change that was decided on the job as it was read says that its deleted
    card (user 0) requests it. As `coalesce(cancel_wanted_by, 0)` it leaves the 7 in place.

    Without changes the statement sets the fence to what it is: it writes nothing new, but finds no
    row if another process has claimed the job.
    """
    if not changes:
        return {"fence": before.fence}
    return {
        name: func.coalesce(jobs.c[name], value)
        if name in _FACTS and getattr(before, name) is None
        else value
        for name, value in changes.items()
    }
