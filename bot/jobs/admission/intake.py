"""Intake: what may be ordered, from a request to an accepted job on its way.

Quoting checks a request against the catalogue and prices it. Submitting writes the job and reserves
its price in one transaction. A job is sent only once Discord is known to show its card.
"""

import dataclasses
import random
from collections.abc import Callable
from decimal import Decimal

from bot.catalogue import SEED, AdultOption, Catalogue, Kind, Model, PromptTooLong, slots_of
from bot.jobs.admission.acceptance import Acceptance
from bot.jobs.admission.price_questions import agreed_quote
from bot.jobs.admission.requests import (
    AdultModes,
    GenerationRequest,
    Quote,
    RequestContext,
    new_job,
)
from bot.jobs.errors import (
    AdultSwitchedOff,
    ApiAway,
    BalanceTooLow,
    ModelAway,
    ModelNotAllowed,
    NotAgreed,
    NothingOffered,
    NothingTakesFiles,
    OperatorNeeded,
    RequestDenied,
    UnknownModel,
)
from bot.jobs.lifecycle import events
from bot.jobs.recorder import JobRecorder
from bot.monitoring.api_gate import ApiGate, Barrier
from bot.monitoring.api_refusals import Route
from db.records import Draft, Job

# Above the largest mark of a card, of nine bits.
_MARKS = 2**9


class JobIntake:
    """Intake of new jobs: quote, submit, and start once the card is shown."""

    def __init__(
        self,
        catalogue: Catalogue,
        acceptance: Acceptance,
        recorder: JobRecorder,
        gate: ApiGate,
        *,
        wake: Callable[[int], None],
        expect_create: Callable[[], None],
        clock: Callable[[], float],
        randomness: random.Random,
    ) -> None:
        self._catalogue = catalogue
        self._acceptance = acceptance
        self._recorder = recorder
        self._gate = gate
        self._wake = wake
        self._expect_create = expect_create
        self._clock = clock
        self._randomness = randomness

    def quote(self, request: GenerationRequest, adult_modes: AdultModes) -> Quote:
        """Check *request* against the catalogue, before anything is written or sent.

        Raises:
            OperatorNeeded, BalanceTooLow, ModelNotAllowed: The API does not take the bot's key,
                this price, or this model.
            ApiAway, ModelAway: The API can't be reached, or its answers can't be read.
            UnknownModel: No model of that name makes this.
            NothingOffered: No model does any more.
            NothingTakesFiles: No model takes just the files that were handed in.
            AdultSwitchedOff: A mode for adults, which the operator has switched off.
            InvalidRequest: The model does not take the prompt, an option or a file.
            InputMadeForAnother: A picture was made to fit another model.
        """
        request = request.storable()
        model = self._model(request)
        allow_adult = adult_modes is AdultModes.ALLOWED
        try:
            generation = model.build(
                request.prompt, request.options, allow_adult=allow_adult, inputs=request.given
            )
        except PromptTooLong as error:
            taking = self._catalogue.taking(model.kind, error.length, slots_of(request.given))
            raise error.with_models(tuple(it.label for it in taking)) from error
        except AdultOption as error:
            if adult_modes is AdultModes.OFF:
                raise AdultSwitchedOff(error) from error
            raise
        price = generation.price.high
        barrier = self._gate.barrier(Route(generation.endpoint, model.name), price)
        if barrier is not None:
            raise _denial(barrier, model, price)
        quote = Quote(request=request, model=model, generation=generation)
        if not request.inputs:
            return quote
        return dataclasses.replace(quote, request=request.as_taken_by(quote.way))

    def with_another_seed(self, request: GenerationRequest) -> GenerationRequest:
        """Return *request* with another seed, where it has one, so that it makes something new."""
        model = self._catalogue.named(Kind(request.kind), request.model or "")
        if model is None or SEED not in request.options:
            return request
        given = slots_of(request.given)
        seed = model.another_seed(request.options[SEED], self._randomness, given)
        return dataclasses.replace(request, options={**request.options, SEED: seed})

    def _model(self, request: GenerationRequest) -> Model:
        kind, given = Kind(request.kind), slots_of(request.given)
        on_offer = self._catalogue.by_price(kind, given)
        if not on_offer and not self._catalogue.all_models(kind):
            raise NothingOffered
        if request.model is None:
            if not on_offer:
                raise NothingTakesFiles(tuple(given)) if given else NothingOffered
            return self._catalogue.default(kind, given)
        found = self._catalogue.choose(kind, request.model, given)
        # A model that is there and takes other files says so when the request is built.
        found = found or self._catalogue.named(kind, request.model)
        if found is None:
            raise UnknownModel(
                request.model,
                self._catalogue.similar(kind, request.model, given),
                self._catalogue.elsewhere(kind, request.model, given),
            )
        return found

    async def check(self, quote: Quote, context: RequestContext) -> None:
        """Check that the job could be accepted now; nothing is written or reserved.

        Raises:
            NotAccepted, DatabaseBusy: As `submit`.
        """
        await self._acceptance.check(self._new_job(quote, context, None))

    async def submit(
        self,
        quote: Quote,
        context: RequestContext,
        *,
        retry_of: int | None = None,
    ) -> Job:
        """Write the job and reserve its price; it is sent once its card is answered.

        Raises:
            NotAccepted: A limit, the budget, or a repetition.
            DatabaseBusy: It could not be written in time.
        """
        return await self._accept(self._new_job(quote, context, retry_of))

    async def submit_agreed(self, draft: Draft, quote: Quote, context: RequestContext) -> Job:
        """Write the job that the yes to *draft* covers, which answers the draft.

        Raises:
            NotAgreed: The yes does not cover *quote*.
            NotAccepted, DatabaseBusy: As `submit`; `DraftUsed` if it was answered before.
        """
        agreed = agreed_quote(draft)
        if not agreed.covers(quote):
            raise NotAgreed
        job = self._new_job(quote, context, agreed.retry_of)
        return await self._accept(job, draft_id=draft.id)

    async def _accept(self, job: Job, draft_id: int | None = None) -> Job:
        # The way to the API is prepared while the row is written and Discord takes the answer.
        self._expect_create()
        # While outcomes are unknown each trial may hold its price for long, so that none may take
        # what the first requests after the trouble will need.
        is_trial = self._gate.is_trial(Route(job.endpoint, job.model))
        return await self._acceptance.accept(job, draft_id=draft_id, keep_half=is_trial)

    def _new_job(self, quote: Quote, context: RequestContext, retry_of: int | None) -> Job:
        # 0 would be no mark.
        mark = self._randomness.randrange(1, _MARKS)
        return new_job(quote, context, now=self._clock(), retry_of=retry_of, card_mark=mark)

    async def answered(self, job: Job, message_id: int, *, shown: str) -> Job:
        """Record that Discord shows the card, and send the job on its way."""
        try:
            event = events.Answered(message_id, shown)
            answered = await self._recorder.apply_to_latest(job.id, event)
        finally:
            # Also when it could not be written: the step looks for the card by itself.
            self._wake(job.id)
        return answered or job

    async def take_back(self, job: Job) -> None:
        """Undo the job, to whose interaction Discord has another answer than its card."""
        if not await self._acceptance.take_back(job):
            self._wake(job.id)

    def unanswered(self, job: Job) -> None:
        """Have the worker look whether the card of *job* exists; it is sent only if it does."""
        self._wake(job.id)


def _denial(barrier: Barrier, model: Model, price: Decimal) -> RequestDenied:
    """Return the error that says what is in the way of a request, and what may do instead."""
    match barrier:
        case Barrier.ACCOUNT:
            return OperatorNeeded()
        case Barrier.REACH | Barrier.OUTCOMES:
            return ApiAway()
        case Barrier.ROUTE_OUTCOMES:
            return ModelAway(model.label)
        case Barrier.PERMISSION:
            return ModelNotAllowed(model.label)
        case Barrier.PRICE:
            return BalanceTooLow(price)
