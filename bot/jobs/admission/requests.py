"""What people ask for, before it is a job."""

import dataclasses
from collections.abc import Mapping

from bot.catalogue import Generation, Model
from db.records import CancelControl, CardKind, Job, JobKind, JobState, OptionValue, Reason

_RETRYABLE = frozenset(
    {JobState.UNCERTAIN, JobState.FAILED, JobState.REFUSED, JobState.CANCELLED, JobState.LOST}
)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody wants made, in the words of the command."""

    kind: JobKind
    prompt: str
    model: str | None  # None: the operator's default, else the cheapest
    options: Mapping[str, OptionValue]
    private: bool
    allow_adult: bool


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where and by whom it was asked for, and how the answer can be shown there.

    `upload_limit` is in bytes, `asked_at` in Unix seconds: when the interaction whose token this
    is was made.
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
    asked_at: float


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A wish that the catalogue found good: what will be sent, and what it may cost."""

    wish: Wish
    model: Model
    generation: Generation


def new_job(order: Order, place: Place, *, job_id: int, now: float, retry_of: int | None) -> Job:
    """Return the job for *order*, accepted and not sent."""
    return Job(
        id=job_id,
        kind=order.wish.kind,
        model=order.model.name,
        prompt=order.wish.prompt,
        options=order.generation.options,
        endpoint=order.generation.endpoint,
        body=order.generation.body,
        user_id=place.user_id,
        guild_id=place.guild_id,
        channel_id=place.channel_id,
        locale=place.locale,
        private=order.wish.private,
        card_kind=place.card_kind,
        upload_limit=place.upload_limit,
        price_low=order.generation.price.low,
        price_high=order.generation.price.high,
        retry_of=retry_of,
        created_at=now,
        interaction_token=place.interaction_token,
        application_id=place.application_id,
        cancel_control=place.cancel_control,
    )


def is_retryable(job: Job) -> bool:
    """Whether asking for the same again may bring another end."""
    return job.state in _RETRYABLE and job.reason is not Reason.MODEL_GONE
