"""Requests that wait for their requester's yes."""

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from db.errors import AlreadyAccepted
from db.records import Draft
from db.tables import drafts


class Drafts:
    """Keep drafts until `JobRepository.accept` uses them up."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def add_draft(self, draft: Draft) -> None:
        """Keep the draft.

        Raises:
            AlreadyAccepted: it is kept already: another process received the same interaction.
        """
        try:
            async with self._engine.begin() as connection:
                await connection.execute(insert(drafts).values(to_row(draft)))
        except IntegrityError as error:
            raise AlreadyAccepted from error

    async def get_draft(self, draft_id: int) -> Draft | None:
        """Return the draft, if it is neither used nor deleted."""
        async with self._engine.connect() as connection:
            rows = await connection.execute(select(drafts).where(drafts.c.id == draft_id))
            row = rows.mappings().first()
        return None if row is None else Draft(**row)

    async def delete_draft(self, draft_id: int) -> bool:
        """Delete the draft and return whether it was there: who deletes it has answered it."""
        async with self._engine.begin() as connection:
            gone = await connection.execute(delete(drafts).where(drafts.c.id == draft_id))
            return gone.rowcount == 1

    async def delete_drafts(self, before: float) -> int:
        """Delete drafts made before *before* (Unix seconds) and return how many."""
        async with self._engine.begin() as connection:
            old = delete(drafts).where(drafts.c.created_at < before)
            return (await connection.execute(old)).rowcount


def to_row(draft: Draft) -> dict[str, object]:
    """Give every column its value."""
    return {
        "id": draft.id,
        "user_id": draft.user_id,
        "created_at": draft.created_at,
        "request": dict(draft.request),
    }
