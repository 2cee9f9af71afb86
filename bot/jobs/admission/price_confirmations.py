"""Price confirmations: the requester of an expensive job is asked before it is accepted.

What was asked is stored as a draft until the requester answers, so that a restart loses none.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from decimal import Decimal
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict
from sqlalchemy.exc import SQLAlchemyError

from bot.jobs.admission.answer_deadline import AnswerDeadline
from bot.jobs.admission.requests import GenerationRequest, Quote, RequestContext
from bot.jobs.errors import DatabaseBusy, NotYours
from db.errors import DraftUsed
from db.records import LARGEST_ID, Draft, Job, JobKind, OptionValue
from db.repositories.drafts import Drafts

log = logging.getLogger(__name__)

Answer = TypeVar("Answer")

# Seconds. A question may be answered while the token of its interaction is valid.
DRAFT_LIFETIME = 15 * 60.0


class StoredRequest(BaseModel):
    """A request as it is stored in a draft; an error must not repeat its prompt."""

    model_config = ConfigDict(hide_input_in_errors=True, from_attributes=True)

    kind: JobKind
    prompt: str
    model: str | None
    options: dict[str, OptionValue]
    private: bool
    retry_of: int | None = None

    def to_request(self) -> GenerationRequest:
        """Return the request; what the channel allows is checked anew."""
        return GenerationRequest(
            kind=self.kind,
            prompt=self.prompt,
            model=self.model,
            options=self.options,
            private=self.private,
        )


def draft_of(job: Job) -> Draft:
    """Return the draft whose confirmation made *job*, to be answered once more."""
    return Draft(
        id=job.id,
        user_id=job.user_id,
        created_at=job.created_at,
        request=StoredRequest.model_validate(job).model_dump(mode="json"),
    )


class PriceConfirmations:
    """Confirmations of prices above a limit, by their requesters."""

    def __init__(
        self,
        drafts: Drafts,
        *,
        confirm_above: Decimal,
        clock: Callable[[], float],
        deadline: AnswerDeadline,
    ) -> None:
        self._drafts = drafts
        self._confirm_above = confirm_above
        self._clock = clock
        self._deadline = deadline

    def needs_confirmation(self, quote: Quote) -> bool:
        """Return whether the quote costs so much that its requester is asked first."""
        return quote.generation.price.high > self._confirm_above

    async def ask(self, quote: Quote, context: RequestContext, *, retry_of: int | None) -> None:
        """Store the quote until its requester answers.

        Raises:
            AlreadyAccepted: Another process received the same interaction and asks.
            DatabaseBusy: It could not be written in time. A draft that is written later does no
                harm: it was never shown, so that it is not answered.
        """
        stored = StoredRequest.model_validate(quote.request).model_copy(
            update={"retry_of": retry_of}
        )
        draft = Draft(
            id=context.interaction_id,
            user_id=context.user_id,
            created_at=self._clock(),
            request=stored.model_dump(mode="json"),
        )
        await self._in_time(self._drafts.add_draft(draft))

    async def confirmed(self, draft_id: int, by: int) -> StoredRequest:
        """Return the request that *by* confirms.

        Raises:
            NotYours: Another user asked.
            DraftUsed: It was answered before, or too long ago.
            DatabaseBusy: The database did not answer in time.
        """
        if draft_id > LARGEST_ID:
            raise DraftUsed
        draft = await self._in_time(self._drafts.get_draft(draft_id))
        if draft is None or self._clock() - draft.created_at > DRAFT_LIFETIME:
            raise DraftUsed
        if draft.user_id != by:
            raise NotYours
        return StoredRequest.model_validate(draft.request)

    async def decline(self, draft_id: int, by: int) -> None:
        """Delete the draft, so that it can't be confirmed any more; raises as `confirmed` does."""
        await self.confirmed(draft_id, by)
        if not await self._in_time(self._drafts.delete_draft(draft_id)):
            raise DraftUsed

    async def _in_time(self, work: Coroutine[Any, Any, Answer]) -> Answer:
        """Return what the database answers while Discord still waits, or raise DatabaseBusy."""
        asking = asyncio.create_task(work, name="question about a price")
        if not await self._deadline.is_met_by(asking):
            self._deadline.adopt(asking)
            asking.add_done_callback(_note_failure)
            raise DatabaseBusy
        try:
            return asking.result()
        except (SQLAlchemyError, OSError) as error:
            log.error("a question about a price: the database fails: %s", error)
            raise DatabaseBusy from error


def _note_failure(late: asyncio.Task[Any]) -> None:
    if not late.cancelled() and late.exception() is not None:
        log.error("a question about a price: the database fails: %s", late.exception())
