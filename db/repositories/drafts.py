"""Drafts: requests whose price waits to be confirmed, and by which interaction each was answered.

A draft is answered once: by the interaction that confirms it, declines it, or is answered with another
question in its place. It is kept until it is too old, so that a second press, or another process
that receives the same press, learns what the first one has made of it.
"""

from sqlalchemy import bindparam, delete, insert, null, select, update

from db.errors import AlreadyAccepted, DraftUsed, RowExists
from db.records import Draft
from db.statements import Call, Statement, Steps, only
from db.store import Store
from db.tables import drafts

_COLUMNS = tuple(column.name for column in drafts.c)
_is_unanswered = (drafts.c.id == bindparam("draft")) & drafts.c.answered_by.is_(None)

_BY_ID = Statement(select(drafts).where(drafts.c.id == bindparam("draft")))
_BY_INTERACTION = Statement(
    select(drafts).where(drafts.c.interaction_id == bindparam("interaction"))
)
_ADD = Statement(insert(drafts))
_answer = update(drafts).where(_is_unanswered).values(answered_by=bindparam("by"))
_USE = Statement(_answer.returning(drafts.c.id))
# What it asked for is not needed any more.
_ANSWER = Statement(
    _answer.values(request=bindparam("nothing"), interaction_token=null()).returning(drafts.c.id)
)
_REOPEN = Statement(
    update(drafts).where(drafts.c.answered_by == bindparam("by")).values(answered_by=null())
)
_DELETE = Statement(delete(drafts).where(drafts.c.id == bindparam("draft")))
_DELETE_OLD = Statement(
    delete(drafts).where(drafts.c.created_at < bindparam("before")).returning(drafts.c.id)
)


class Drafts:
    """Stored drafts; `JobRepository.accept` answers the one that becomes a job."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def add_draft(self, draft: Draft) -> None:
        """Store the draft.

        Raises:
            AlreadyAccepted: It is stored; another process received the same interaction.
        """
        try:
            await self._store.write(only(_ADD(**_to_row(draft))), urgent=True)
        except RowExists as error:
            raise AlreadyAccepted from error

    async def get_draft(self, draft_id: int) -> Draft | None:
        """Return the draft, answered or not, or None if there is none."""
        return await self._store.read(_read(_BY_ID(draft=draft_id)))

    async def find_by_interaction(self, interaction_id: int) -> Draft | None:
        """Return the draft whose question answers that interaction, or None if there is none."""
        return await self._store.read(_read(_BY_INTERACTION(interaction=interaction_id)))

    async def answer_draft(self, draft_id: int, by: int) -> bool:
        """Answer the draft by a no, and return whether it was open: one caller alone gets True.

        What it asked for is not needed any more, so that it is deleted at once.
        """
        return await self._store.write(_answer_by_no(draft_id, by), urgent=True)

    async def replace_draft(self, draft_id: int, new: Draft) -> None:
        """Store *new*, whose question takes the place of that of the draft.

        Raises:
            DraftUsed: The draft is answered, or does not exist.
        """
        await self._store.transact(_replace(draft_id, new), urgent=True)

    async def delete_draft(self, draft_id: int) -> None:
        """Delete a draft whose question was never shown."""
        await self._store.write(only(_DELETE(draft=draft_id)))

    async def delete_drafts(self, before: float) -> int:
        """Delete drafts created before *before* (Unix seconds) and count them."""
        return len(await self._store.write(only(_DELETE_OLD(before=before))))


def use_draft(draft_id: int, job_id: int) -> Steps[None]:
    """Answer the draft by the job that it becomes, within the caller's transaction.

    Raises:
        DraftUsed: It is answered, or does not exist.
    """
    if not (yield _USE(draft=draft_id, by=job_id)):
        raise DraftUsed


def reopen_draft(job_id: int) -> Steps[None]:
    """Open the draft of a job that is withdrawn, within the caller's transaction."""
    yield _REOPEN(by=job_id)


def _answer_by_no(draft_id: int, by: int) -> Steps[bool]:
    return len((yield _ANSWER(draft=draft_id, by=by, nothing={}))) == 1


def _replace(draft_id: int, new: Draft) -> Steps[None]:
    if not (yield from _answer_by_no(draft_id, new.interaction_id)):
        raise DraftUsed
    yield _ADD(**_to_row(new))


def _read(call: Call) -> Steps[Draft | None]:
    values = (yield call).first()
    return None if values is None else Draft(**dict(zip(_COLUMNS, values, strict=True)))


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
