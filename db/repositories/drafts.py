"""Drafts: requests whose price waits to be confirmed."""

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from db.errors import AlreadyAccepted
from db.records import Draft
from db.tables import drafts


class Drafts:
    """Stored drafts; `JobRepository.accept` deletes the one that becomes a job."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def add_draft(self, draft: Draft) -> None:
        """Store the draft.

        Raises:
            AlreadyAccepted: It is stored; another process received the same interaction.
        """
        try:
            async with self._engine.begin() as connection:
                await connection.execute(insert(drafts).values(to_row(draft)))
        except IntegrityError as error:
            raise AlreadyAccepted from error

    async def get_draft(self, draft_id: int) -> Draft | None:
        """Return the draft, or None if it was used or deleted."""
        async with self._engine.connect() as connection:
            rows = await connection.execute(select(drafts).where(drafts.c.id == draft_id))
            row = rows.mappings().first()
        return None if row is None else Draft(**row)

    async def delete_draft(self, draft_id: int) -> bool:
        """Delete the draft and return whether it existed: one caller alone gets True."""
        async with self._engine.begin() as connection:
            gone = await connection.execute(delete(drafts).where(drafts.c.id == draft_id))
            return gone.rowcount == 1

    async def delete_drafts(self, before: float) -> int:
        """Delete drafts created before *before* (Unix seconds) and count them."""
        async with self._engine.begin() as connection:
            old = delete(drafts).where(drafts.c.created_at < before)
            return (await connection.execute(old)).rowcount


def to_row(draft: Draft) -> dict[str, object]:
    """Return the value of every column."""
    return {
        "id": draft.id,
        "user_id": draft.user_id,
        "created_at": draft.created_at,
        "request": dict(draft.request),
    }
