"""Retention: delete what need not be kept."""

import dataclasses
import datetime

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from db.tables import drafts, has_token, is_open, jobs, ledger


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
    """Deletes jobs, drafts and tokens; the ledger keeps its sums, soon without their requesters."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def delete_ended(self, before: float) -> int:
        """Delete closed jobs that ended before *before* (Unix seconds) or are marked; count them."""
        due = or_(jobs.c.forget.is_(True), jobs.c.ended_at < before)
        async with self._engine.begin() as connection:
            return (await connection.execute(delete(jobs).where(~is_open, due))).rowcount

    async def count_of_user(self, user_id: int) -> StoredJobs:
        """Return how many jobs `forget_user` would delete, now and at their end."""
        mine = jobs.c.user_id == user_id
        counts = select(func.count(), func.count().filter(is_open)).where(mine)
        async with self._engine.connect() as connection:
            found, is_open_count = (await connection.execute(counts)).one()
        return StoredJobs(closed=found - is_open_count, open=is_open_count)

    async def forget_user(self, user_id: int) -> Forgotten:
        """Delete a requester's jobs and drafts; open jobs are marked, to be deleted when they close.

        `JobRepository.save` deletes those, in the transaction that closes them.
        """
        mine = jobs.c.user_id == user_id
        async with self._engine.begin() as connection:
            await connection.execute(delete(drafts).where(drafts.c.user_id == user_id))
            deleted = await connection.execute(delete(jobs).where(mine, ~is_open))
            marked = await connection.execute(update(jobs).where(mine).values(forget=True))
        return Forgotten(deleted=deleted.rowcount, marked=marked.rowcount)

    async def anonymize_ledger(self, before: datetime.date) -> int:
        """Remove the requesters from the ledger of days before *before*, and count the entries.

        A requester's own daily budget needs them for that day only.
        """
        old = update(ledger).where(ledger.c.user_id.is_not(None), ledger.c.day < before)
        async with self._engine.begin() as connection:
            return (await connection.execute(old.values(user_id=None))).rowcount

    async def clear_tokens(self, before_created_at: float) -> int:
        """Remove the interaction tokens of jobs created before then (Unix seconds); count them."""
        old = update(jobs).where(has_token, jobs.c.created_at < before_created_at)
        async with self._engine.begin() as connection:
            return (await connection.execute(old.values(interaction_token=None))).rowcount
