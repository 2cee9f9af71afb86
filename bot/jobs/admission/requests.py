"""Requests: what a user asks for, where, and at what price, before it is a job."""

import dataclasses
import enum
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Self

from bot.catalogue import Capability, Generation, GivenInput, Model, Slot, slots_of
from bot.jobs.admission.input_checks import OfferedFile
from bot.jobs.admission.input_files import CheckedInput
from bot.jobs.admission.kept_inputs import as_taken_by, taker_of
from bot.jobs.input_places import place_of
from bot.storable_text import storable
from db.job_inputs import Inputs, JobInput, sources_of, without_sources
from db.records import CancelControl, CardKind, Job, JobKind, JobState, OptionValue, Reason

# Options that change what is made, and not how much of it.
_WITHOUT_PRICE = frozenset(
    {
        "dialogue",
        "guidance_scale",
        "language",
        "negative_prompt",
        "output_format",
        "seed",
        "stability",
        "style",
        "translate",
        "voice",
        "watermark",
    }
)
_RETRYABLE = frozenset(
    {JobState.UNCERTAIN, JobState.FAILED, JobState.REFUSED, JobState.CANCELLED, JobState.LOST}
)
_ENDING_ALIKE = frozenset({Reason.MODEL_GONE, Reason.INPUT_GONE, Reason.INPUT_UNREADABLE})
_REPEATABLE = frozenset({JobState.DELIVERED, JobState.LINKED})


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class GenerationRequest:
    """What a user asks for, in the words of the command."""

    kind: JobKind
    prompt: str
    model: str | None  # None: the operator's default, else the cheapest
    options: Mapping[str, OptionValue]
    private: bool
    spoiler: bool = False  # always so where a value makes adult content
    inputs: Inputs = ()  # measured, and inside the limits of the capability that takes them
    files: tuple[OfferedFile, ...] = ()  # handed in, and not looked at yet

    @property
    def given(self) -> Sequence[GivenInput]:
        """The inputs as the catalogue takes them, in places that their addresses are put into."""
        return [
            GivenInput(slot=Slot(it.slot), address=place_of(index), seconds=it.seconds)
            for index, it in enumerate(self.inputs)
        ]

    def as_said(self) -> Self:
        """Return the request as if its files were what is said of them: to be quoted, not written."""
        return self._with_inputs(
            JobInput(slot=it.slot, name=it.name, media_type="", size=it.size) for it in self.files
        )

    def as_checked(self, checked: Iterable[CheckedInput], capability: Capability) -> Self:
        """Return the request with its files as they were measured, inside limits of *capability*."""
        return self._with_inputs(
            JobInput(
                slot=it.slot,
                name=it.name,
                media_type=it.facts.media_type,
                size=it.facts.size,
                width=it.facts.width,
                height=it.facts.height,
                checked_for=taker_of(capability),
                seconds=it.facts.seconds,
                to_fit=it.to_fit,
                source=it.source,
            )
            for it in checked
        )

    def _with_inputs(self, inputs: Iterable[JobInput]) -> Self:
        return dataclasses.replace(self, inputs=(*self.inputs, *inputs), files=())

    def as_taken_by(self, capability: Capability) -> Self:
        """Return the request with the files of an earlier job as *capability* takes them.

        Raises:
            InputOutside, InputMadeForAnother: It does not take one of them.
        """
        return dataclasses.replace(self, inputs=as_taken_by(self.inputs, capability))

    def storable(self) -> Self:
        """Return the request with texts that the database, the API and Discord all take."""
        options = {
            name: storable(value) if isinstance(value, str) else value
            for name, value in self.options.items()
        }
        inputs = tuple(dataclasses.replace(it, name=storable(it.name)) for it in self.inputs)
        return dataclasses.replace(
            self, prompt=storable(self.prompt), options=options, inputs=inputs
        )


class AdultModes(enum.Enum):
    """Whether modes for adults may be used where a request was made."""

    ALLOWED = enum.auto()
    NOT_HERE = enum.auto()  # the channel is not age-restricted
    OFF = enum.auto()  # the operator has switched them off


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class RequestContext:
    """Where and by whom something was requested, and how the answer can be shown there.

    `upload_limit` is in bytes.
    """

    interaction_id: int
    interaction_token: str = dataclasses.field(repr=False)
    application_id: int
    user_id: int
    guild_id: int | None
    channel_id: int
    locale: str
    card_kind: CardKind
    cancel_control: CancelControl
    upload_limit: int
    adult_modes: AdultModes


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A request that the catalogue accepts: what will be sent, and what it may cost."""

    request: GenerationRequest
    model: Model
    generation: Generation

    @property
    def way(self) -> Capability:
        """The capability that takes what was handed in."""
        found = self.model.capability(slots_of(self.request.given))
        if found is None:
            raise TypeError("a quote is made by a capability")
        return found


def price_key(quote: Quote) -> str:
    """Return a text that is equal for requests which should cost the same."""
    price = quote.generation.price
    options = {
        name: value
        for name, value in quote.generation.options.items()
        if name not in _WITHOUT_PRICE
    }
    parts: list[object] = [quote.model.name, str(price.low), str(price.high), options]
    if quote.request.inputs:
        parts.append(sorted(it.slot for it in quote.request.inputs))
    return json.dumps(parts, sort_keys=True)


def new_job(
    quote: Quote,
    context: RequestContext,
    *,
    now: float,
    retry_of: int | None,
    card_mark: int = 0,
) -> Job:
    """Return the job for *quote*, accepted and not sent; its id is that of the interaction."""
    return Job(
        id=context.interaction_id,
        kind=quote.request.kind,
        model=quote.model.name,
        prompt=quote.request.prompt,
        options=quote.generation.options,
        endpoint=quote.generation.endpoint,
        body=quote.generation.body,
        inputs=without_sources(quote.request.inputs),
        input_sources=sources_of(quote.request.inputs),
        user_id=context.user_id,
        guild_id=context.guild_id,
        channel_id=context.channel_id,
        locale=context.locale,
        private=quote.request.private,
        spoiler=quote.request.spoiler or quote.generation.is_adult,
        card_kind=context.card_kind,
        upload_limit=context.upload_limit,
        price_low=quote.generation.price.low,
        price_high=quote.generation.price.high,
        price_key=price_key(quote),
        retry_of=retry_of,
        card_mark=card_mark,
        created_at=now,
        interaction_token=context.interaction_token,
        application_id=context.application_id,
        cancel_control=context.cancel_control,
    )


def is_retryable(job: Job) -> bool:
    """Return whether the same request may end in another way, and no job has tried it again."""
    return (
        job.state in _RETRYABLE
        and job.reason not in _ENDING_ALIKE
        and job.retried_as is None
        and all(it.is_reachable for it in job.handed_in)
    )


def is_repeatable(job: Job) -> bool:
    """Return whether the job has its result and its request may be made any number of times."""
    return job.state in _REPEATABLE and all(it.is_reachable for it in job.handed_in)


def request_of(job: Job) -> GenerationRequest:
    """Return what the job asked for, as a new request."""
    return GenerationRequest(
        kind=job.kind,
        prompt=job.prompt,
        model=job.model,
        options=job.options,
        private=job.private,
        spoiler=job.spoiler,
        inputs=job.handed_in,
    )
