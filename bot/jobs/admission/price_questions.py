"""Price questions: the requester of an expensive job is asked before it is accepted.

A yes is a yes to what was asked about: this model, these options, this price at most. So a draft
keeps all three until the requester answers, also over a restart. If the catalogue has changed by
then, so that the same would cost more or be another request, the question is asked again.

Nothing is asked that can't be granted: limits and budgets are checked first, without reserving
anything. They are checked again with the yes, in the transaction that writes the job.
"""

import dataclasses
import logging
import random
from collections.abc import Callable, Coroutine
from decimal import Decimal
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from bot.jobs.admission.answer_deadline import AnswerDeadline
from bot.jobs.admission.requests import GenerationRequest, Quote, RequestContext, new_job
from bot.jobs.errors import NotYours, UnknownDraft
from db.errors import DraftUsed
from db.job_inputs import NO_INPUTS, read_inputs, write_inputs
from db.records import LARGEST_ID, TOKEN_LIFETIME, Draft, Job, JobKind, OptionValue, SpendingLimits
from db.repositories.drafts import Drafts
from db.repositories.jobs import JobRepository

log = logging.getLogger(__name__)

Answer = TypeVar("Answer")

# Seconds. A question may be answered while the token of its interaction is valid.
DRAFT_LIFETIME = TOKEN_LIFETIME
_ID_BITS = 62


class AgreedQuote(BaseModel):
    """What a requester was asked about, as it is stored; an error must not repeat its prompt."""

    model_config = ConfigDict(hide_input_in_errors=True)

    kind: JobKind
    prompt: str
    model: str
    options: dict[str, OptionValue]  # with the defaults that are always sent
    private: bool
    spoiler: bool = False
    price_high: Decimal  # US dollars, as it was shown
    retry_of: int | None = None
    inputs: str = NO_INPUTS
    again_of: int | None = None  # the job with a result whose request is made again

    @property
    def made_from(self) -> int | None:
        """The job whose request this is, if it was made before."""
        return self.again_of if self.retry_of is None else self.retry_of

    @classmethod
    def of(
        cls, quote: Quote, *, retry_of: int | None, again_of: int | None = None
    ) -> "AgreedQuote":
        """Return what the question about *quote* says."""
        return cls(
            kind=quote.request.kind,
            prompt=quote.request.prompt,
            model=quote.model.name,
            options=dict(quote.generation.options),
            private=quote.request.private,
            spoiler=quote.request.spoiler,
            price_high=quote.generation.price.high,
            retry_of=retry_of,
            inputs=write_inputs(quote.request.inputs),
            again_of=again_of,
        )

    def to_request(self) -> GenerationRequest:
        """Return the same as a request; what the channel allows is checked anew."""
        return GenerationRequest(
            kind=self.kind,
            prompt=self.prompt,
            model=self.model,
            options=self.options,
            private=self.private,
            spoiler=self.spoiler,
            inputs=read_inputs(self.inputs),
        )

    def covers(self, quote: Quote) -> bool:
        """Whether a yes to this is a yes to *quote*, the same request as the catalogue is now."""
        return (
            quote.model.name == self.model
            and dict(quote.generation.options) == self.options
            and quote.generation.price.high <= self.price_high
            and write_inputs(quote.request.inputs) == self.inputs
        )


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class PriceQuestion:
    """A question to be shown: what is asked about, and what that has cost before, if it has."""

    draft: Draft
    quote: Quote
    price_usual: Decimal | None  # US dollars


class PriceQuestions:
    """Questions about prices above a limit, and the answers of their requesters."""

    def __init__(
        self,
        drafts: Drafts,
        jobs: JobRepository,
        *,
        limits: SpendingLimits,
        confirm_above: Decimal,
        clock: Callable[[], float],
        randomness: random.Random,
        deadline: AnswerDeadline,
    ) -> None:
        self._drafts = drafts
        self._jobs = jobs
        self._limits = limits
        self._confirm_above = confirm_above
        self._clock = clock
        self._randomness = randomness
        self._deadline = deadline

    def must_be_asked(self, quote: Quote) -> bool:
        """Return whether the quote costs so much that its requester is asked first."""
        return quote.generation.price.high > self._confirm_above

    async def ask(
        self,
        quote: Quote,
        context: RequestContext,
        *,
        retry_of: int | None,
        again_of: int | None = None,
    ) -> PriceQuestion:
        """Store the quote until its requester answers, if the job could be accepted now.

        Raises:
            AlreadyAccepted: Another process received the same interaction and asks.
            NotAccepted: A limit or the budget would refuse the job.
            DatabaseBusy: It could not be stored in time. A draft that is stored later does no
                harm: it was never shown, so that it is not answered.
        """
        agreed = AgreedQuote.of(quote, retry_of=retry_of, again_of=again_of)
        draft = self._draft(agreed, context)
        job = new_job(quote, context, now=draft.created_at, retry_of=retry_of)
        usual = await self._in_time(self._check_and_add(job, draft))
        return PriceQuestion(draft=draft, quote=quote, price_usual=usual)

    async def ask_again(self, old: Draft, quote: Quote, context: RequestContext) -> PriceQuestion:
        """Store the quote in place of *old*, whose yes does not cover it.

        Raises:
            DraftUsed: *old* was answered in the meantime.
            NotAccepted, DatabaseBusy: See `ask`.
        """
        before = agreed_quote(old)
        agreed = AgreedQuote.of(quote, retry_of=before.retry_of, again_of=before.again_of)
        draft = self._draft(agreed, context)
        job = new_job(quote, context, now=draft.created_at, retry_of=before.retry_of)
        usual = await self._in_time(self._check_and_replace(job, old, draft))
        return PriceQuestion(draft=draft, quote=quote, price_usual=usual)

    async def find(self, draft_id: int, by: int) -> Draft:
        """Return the draft that *by* answers.

        Raises:
            UnknownDraft: There is none, or not any more; or another bot with this token asked.
            NotYours: Another user asked.
            DraftUsed: It was answered before, or is too old.
            DatabaseBusy: The database did not answer in time.
        """
        draft = await self.look_up(draft_id)
        if draft.user_id != by:
            raise NotYours
        if not self.is_open(draft):
            raise DraftUsed
        return draft

    def is_open(self, draft: Draft) -> bool:
        """Whether the draft may still be answered."""
        return draft.answered_by is None and self._clock() - draft.created_at <= DRAFT_LIFETIME

    async def look_up(self, draft_id: int) -> Draft:
        """Return the draft, answered or not; raises UnknownDraft and DatabaseBusy as `find` does."""
        known = draft_id <= LARGEST_ID
        draft = await self._in_time(self._drafts.get_draft(draft_id)) if known else None
        if draft is None:
            raise UnknownDraft
        return draft

    async def replacement(self, draft: Draft) -> Draft | None:
        """Return the newest question that took the place of this one's, None if there is none."""
        newest = None
        while (by := (newest or draft).answered_by) is not None:
            found = await self._in_time(self._drafts.find_by_interaction(by))
            if found is None:
                break
            newest = found
        return newest

    async def decline(self, draft: Draft, by_interaction: int) -> None:
        """Answer the draft by a no.

        Raises:
            DraftUsed: It was answered before.
            DatabaseBusy: The database did not answer in time.
        """
        if not await self._in_time(self._drafts.answer_draft(draft.id, by_interaction)):
            raise DraftUsed

    async def take_back(self, draft: Draft) -> None:
        """Delete a draft whose question another process has answered in place of this one."""
        await self._in_time(self._drafts.delete_draft(draft.id))

    def _draft(self, agreed: AgreedQuote, context: RequestContext) -> Draft:
        return Draft(
            id=self._randomness.getrandbits(_ID_BITS),
            interaction_id=context.interaction_id,
            interaction_token=context.interaction_token,
            application_id=context.application_id,
            user_id=context.user_id,
            created_at=self._clock(),
            request=agreed.model_dump(mode="json"),
        )

    async def _check_and_add(self, job: Job, draft: Draft) -> Decimal | None:
        checked = await self._jobs.check(job, self._limits)
        await self._drafts.add_draft(draft)
        return checked.price_usual

    async def _check_and_replace(self, job: Job, old: Draft, new: Draft) -> Decimal | None:
        checked = await self._jobs.check(job, self._limits)
        await self._drafts.replace_draft(old.id, new)
        return checked.price_usual

    async def _in_time(self, work: Coroutine[Any, Any, Answer]) -> Answer:
        """Return what the database answers while Discord still waits, or raise DatabaseBusy."""
        return await self._deadline.result_of(work, "a question about a price")


def agreed_quote(draft: Draft) -> AgreedQuote:
    """Return what the question of an open draft says.

    Raises:
        DraftUsed: What it asked for was deleted with its answer, or is stored in a form that this
            program does not read.
    """
    try:
        return AgreedQuote.model_validate(draft.request)
    except ValidationError as error:
        if draft.request:
            log.error("draft %d: its request can't be read: %s", draft.id, error)
        raise DraftUsed from error
