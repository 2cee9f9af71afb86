"""Jobs: written once, then by differences, and read back."""

import dataclasses
from collections.abc import Mapping, Sequence
from decimal import Decimal

from sqlalchemy import Select, Update, case, exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.records import CancelControl, CardKind, Draft, Job, JobState, Reason, SpendingLimits
from db.repositories import acceptance, ledger
from db.rows import FINAL_STATES, changed_columns, to_job
from db.tables import jobs

# Others may store these without the fence: they are filled in, never written over by a job that
# was read before.
_FILLED_ONCE = ("task_id", "message_id", "cancel_wanted_by", "cancel_wanted_at")

_is_final = jobs.c.state.in_(FINAL_STATES)
# A result that no message offers: its card was deleted, or could not be edited any more.
_waits = (jobs.c.state == JobState.LINKED) & (
    (jobs.c.card_kind == CardKind.TOKEN_ONLY)
    | (jobs.c.reason == Reason.CARD_DELETED)
    | jobs.c.reply_begun_at.is_not(None)
)


class JobRepository:
    """Every question and change about single jobs; each call is one transaction."""

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
            AlreadyAccepted: the id is known.
            AlreadyRetried: `retry_of` has its retry.
            DraftUsed: the draft is not there.
            TooManyRunning: the requester's limit is reached; `uncertain` jobs don't count.
            UserBudgetSpent: the requester's part of the UTC day has too little left.
            BudgetSpent: the UTC day of `created_at` has too little left.
        """
        owned = dataclasses.replace(job, owner=owner, lease_until=lease_until, fence=1)
        async with self._engine.begin() as connection:
            await acceptance.accept(connection, owned, limits, draft_id)
        return owned

    async def withdraw(self, job: Job, *, draft: Draft | None) -> bool:
        """Undo the acceptance of *job* and put *draft* back; return whether it could be undone.

        Nothing is undone once the job was answered, sent or ended, or has another owner.
        """
        async with self._engine.begin() as connection:
            return await acceptance.withdraw(connection, job, draft)

    async def get(self, job_id: int) -> Job | None:
        """Return the job with this id."""
        return await self._first(select(jobs).where(jobs.c.id == job_id))

    async def get_all(self, job_ids: Sequence[int]) -> tuple[Job, ...]:
        """Return those of the jobs that are there, by one question."""
        return await self._all(select(jobs).where(jobs.c.id.in_(job_ids)).order_by(jobs.c.id))

    async def by_message(self, message_id: int) -> Job | None:
        """Return the job whose card this message is."""
        return await self._first(select(jobs).where(jobs.c.message_id == message_id))

    async def open_of_user(self, user_id: int) -> tuple[Job, ...]:
        """Return the requester's jobs that have not ended, newest first."""
        mine = select(jobs).where(jobs.c.user_id == user_id, ~_is_final)
        return await self._all(mine.order_by(jobs.c.created_at.desc(), jobs.c.id.desc()))

    async def recent_of_user(self, user_id: int, limit: int, start: int = 0) -> tuple[Job, ...]:
        """Return the requester's jobs from *start* on: what runs, then what waits, then the newest."""
        mine = select(jobs).where(jobs.c.user_id == user_id).limit(limit).offset(start)
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

        Ownership is never written. Returns False, with nothing written, when the job has another
        owner or state by now, when it would be closed without its card's knowing, or when a cancel
        is wanted that must not be overtaken.
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
            # A card that was learned of meanwhile has yet to show the ending.
            statement = statement.where(jobs.c.message_id.is_not_distinct_from(before.message_id))
        if unless_cancel_wanted:
            statement = statement.where(jobs.c.cancel_wanted_by.is_(None))
        async with self._engine.begin() as connection:
            if not await _changed_one(
                connection, statement.values(_without_undoing(before, changes))
            ):
                return False
            if charge is not None:
                await ledger.settle(connection, before.id, charge)
        return True

    async def request_cancel(self, job_id: int, by: int, now: float) -> Job | None:
        """Note that *by* wants the job to end, unless it has or somebody did; return the job."""
        request = update(jobs).where(
            jobs.c.id == job_id, jobs.c.cancel_wanted_by.is_(None), ~_is_final
        )
        async with self._engine.begin() as connection:
            await connection.execute(
                request.values(cancel_wanted_by=by, cancel_wanted_at=now, woken=True)
            )
            rows = await connection.execute(select(jobs).where(jobs.c.id == job_id))
            row = rows.mappings().first()
        return None if row is None else to_job(row)

    async def learn_task_id(self, job_id: int, task_id: str) -> bool:
        """Store the task's id, whoever owns the job; return whether it was new to job and table.

        A task id is a fact: losing it to a stale fence would lose a paid task.
        """
        other = jobs.alias()
        return await self._update_one(
            update(jobs)
            .where(jobs.c.id == job_id, jobs.c.task_id.is_(None))
            .where(~exists().where(other.c.task_id == task_id))
            .values(task_id=task_id)
        )

    async def set_message(self, job_id: int, message_id: int) -> bool:
        """Store which message is the card, whoever owns the job; return whether none was known."""
        return await self._update_one(
            update(jobs)
            .where(jobs.c.id == job_id, jobs.c.message_id.is_(None))
            .values(message_id=message_id)
        )

    async def set_cancel_control(self, job_id: int, control: CancelControl) -> bool:
        """Store how the card lets people cancel, whoever owns the job; return whether it is known."""
        return await self._update_one(
            update(jobs).where(jobs.c.id == job_id).values(cancel_control=control)
        )

    async def _first(self, query: Select[*tuple[object, ...]]) -> Job | None:
        return next(iter(await self._all(query.limit(1))), None)

    async def _all(self, query: Select[*tuple[object, ...]]) -> tuple[Job, ...]:
        async with self._engine.connect() as connection:
            rows = await connection.execute(query)
            return tuple(to_job(row) for row in rows.mappings())

    async def _update_one(self, statement: Update) -> bool:
        async with self._engine.begin() as connection:
            return await _changed_one(connection, statement)


async def _changed_one(connection: AsyncConnection, statement: Update) -> bool:
    return (await connection.execute(statement)).rowcount == 1


def _without_undoing(before: Job, changes: Mapping[str, object]) -> dict[str, object]:
    """Let facts that were stored meanwhile stand; with no change at all, only take the row."""
    if not changes:
        return {"fence": before.fence}
    return {
        name: func.coalesce(jobs.c[name], value)
        if name in _FILLED_ONCE and getattr(before, name) is None
        else value
        for name, value in changes.items()
    }
