"""Drafts: requests whose price waits to be confirmed, and by which interaction each was answered.

A draft is answered once: by the interaction that confirms it, declines it, or is answered with another
question in its place. It is kept until it is too old, so that a second press, or another process
that receives the same press, learns what the first one has made of it.
"""

from sqlalchemy import ColumnElement, Update, delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.errors import AlreadyAccepted, DraftUsed
from db.records import Draft
from db.tables import drafts


class Drafts:
    """Stored drafts; `JobRepository.accept` answers the one that becomes a job."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def add_draft(self, draft: Draft) -> None:
        """Store the draft.

        Raises:
            AlreadyAccepted: It is stored; another process received the same interaction.
        """
        try:
            async with self._engine.begin() as connection:
                await connection.execute(insert(drafts).values(_to_row(draft)))
        except IntegrityError as error:
            raise AlreadyAccepted from error

    async def get_draft(self, draft_id: int) -> Draft | None:
        """Return the draft, answered or not, or None if there is none."""
        return await self._first(drafts.c.id == draft_id)

    async def find_by_interaction(self, interaction_id: int) -> Draft | None:
        """Return the draft whose question answers that interaction, or None if there is none."""
        return await self._first(drafts.c.interaction_id == interaction_id)

    async def answer_draft(self, draft_id: int, by: int) -> bool:
        """Answer the draft by a no, and return whether it was open: one caller alone gets True.

        What it asked for is not needed any more, so that it is deleted at once.
        """
        async with self._engine.begin() as connection:
            return await _answer(connection, _without_request(draft_id, by))

    async def replace_draft(self, draft_id: int, new: Draft) -> None:
        """Store *new*, whose question takes the place of that of the draft.

        Raises:
            DraftUsed: The draft is answered, or does not exist.
        """
        async with self._engine.begin() as connection:
            if not await _answer(connection, _without_request(draft_id, new.interaction_id)):
                raise DraftUsed
            await connection.execute(insert(drafts).values(_to_row(new)))

    async def delete_draft(self, draft_id: int) -> None:
        """Delete a draft whose question was never shown."""
        async with self._engine.begin() as connection:
            await connection.execute(delete(drafts).where(drafts.c.id == draft_id))

    async def delete_drafts(self, before: float) -> int:
        """Delete drafts created before *before* (Unix seconds) and count them."""
        async with self._engine.begin() as connection:
            old = delete(drafts).where(drafts.c.created_at < before)
            return (await connection.execute(old)).rowcount

    async def _first(self, condition: ColumnElement[bool]) -> Draft | None:
        async with self._engine.connect() as connection:
            rows = await connection.execute(select(drafts).where(condition))
            row = rows.mappings().first()
        return None if row is None else Draft(**row)


async def use_draft(connection: AsyncConnection, draft_id: int, job_id: int) -> None:
    """Answer the draft by the job that it becomes, within the caller's transaction.

    Raises:
        DraftUsed: It is answered, or does not exist.
    """
    if not await _answer(connection, _answered(draft_id, job_id)):
        raise DraftUsed


async def reopen_draft(connection: AsyncConnection, job_id: int) -> None:
    """Open the draft of a job that is withdrawn, within the caller's transaction."""
    of_job = update(drafts).where(drafts.c.answered_by == job_id)
    await connection.execute(of_job.values(answered_by=None))


async def _answer(connection: AsyncConnection, statement: Update) -> bool:
    return (await connection.execute(statement)).rowcount == 1


def _answered(draft_id: int, by: int) -> Update:
    still_open = (drafts.c.id == draft_id) & drafts.c.answered_by.is_(None)
    return update(drafts).where(still_open).values(answered_by=by)


def _without_request(draft_id: int, by: int) -> Update:
    return _answered(draft_id, by).values(request={}, interaction_token=None)


def _to_row(draft: Draft) -> dict[str, object]:
    """Return the value of every column."""
    return {
        "id": draft.id,
        "interaction_id": draft.interaction_id,
        "interaction_token": draft.interaction_token,
        "application_id": draft.application_id,
        "user_id": draft.user_id,
        "created_at": draft.created_at,
        "request": dict(draft.request),
        "answered_by": draft.answered_by,
    }
