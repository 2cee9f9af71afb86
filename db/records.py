"""Records that the database stores: frozen, and built of nothing but the standard library."""

import dataclasses
import enum
from collections.abc import Mapping
from decimal import Decimal

from db.job_inputs import Inputs, Sources, with_sources

OptionValue = str | int | float | bool

# Ids come from outside. No column takes a larger one, and no snowflake of Discord's is larger.
LARGEST_ID = 2**63 - 1

# Seconds without an answer that is understood after which a job does not count as running.
UNCLEAR_AFTER = 10 * 60.0

# Seconds after which an interaction token expires (Discord docs: Receiving and Responding).
TOKEN_LIFETIME = 15 * 60.0

# Seconds after which the signed address of an attachment expires (Discord docs: Signed Attachment CDN
# URLs). A request is not tried again with it after that.
SOURCE_LIFETIME = 24 * 60 * 60.0


class JobState(enum.StrEnum):
    """State of a job, as the bot sees it; `bot.jobs.lifecycle` has the transitions."""

    ACCEPTED = "accepted"  # row and reservation written; nothing sent
    SUBMITTING = "submitting"  # about to POST, or the POST's answer is not known yet
    FOLLOWING = "following"  # the API has the task, and its id is known
    DELIVERING = "delivering"  # the task succeeded; the card does not show its result yet
    UNCERTAIN = "uncertain"  # the POST may have made a task: searched for, never repeated
    DELIVERED = "delivered"  # the card (or a direct message) shows the result
    LINKED = "linked"  # the card offers fresh links to the result
    FAILED = "failed"  # the API tried and gave a reason
    REFUSED = "refused"  # never became a task; `reason` says why
    CANCELLED = "cancelled"  # ended by a request
    LOST = "lost"  # the API does not know the task any more, or never reported one

    @property
    def is_final(self) -> bool:
        """Whether the job has ended; its ending may still have to be shown."""
        return self in _FINAL


_FINAL = frozenset(
    {
        JobState.DELIVERED,
        JobState.LINKED,
        JobState.FAILED,
        JobState.REFUSED,
        JobState.CANCELLED,
        JobState.LOST,
    }
)

# A job in one of these waits for the end of its task.
AWAITING_STATES = frozenset({JobState.SUBMITTING, JobState.FOLLOWING, JobState.UNCERTAIN})


class JobKind(enum.StrEnum):
    """What a job makes."""

    VIDEO = "video"
    IMAGE = "image"
    SPEECH = "speech"


class Reason(enum.StrEnum):
    """Why a job ended as it did, where the state alone does not say."""

    API = "api"  # `error_message` has the API's own text
    NEVER_SENT = "never_sent"  # Discord never showed the card, so nothing was sent
    UNREACHABLE = "unreachable"  # the API could not be reached for too long; nothing was sent
    OPERATOR = "operator"  # the API does not accept the key: the operator must act
    BALANCE = "balance"  # the API's balance does not cover the price
    NOT_ALLOWED = "not_allowed"  # the key may not use this model
    MODEL_GONE = "model_gone"  # the API does not know the model any more
    INPUT_GONE = "input_gone"  # a file that was handed in can't be fetched any more
    INPUT_UNREADABLE = "input_unreadable"  # a file that was handed in can't be made to fit
    INPUT_UNREACHABLE = "input_unreachable"  # one could not be fetched for too long
    SENT_ELSEWHERE = "sent_elsewhere"  # another process with the bot's token has sent it
    CARD_DELETED = "card_deleted"  # the card was deleted while the job ran
    EXPIRED = "expired"  # the result can't be fetched again
    TOO_BIG = "too_big"  # the result can't be made to fit into a message; it is linked
    BAD_RESULT = (
        # The result is neither image, video nor audio, or its address may not be fetched from. On a
        # card that shows the rest, this is so of a part of it.
        "bad_result"
    )
    UNKNOWN_TASK = "unknown_task"  # nothing but 404 for a day
    UNCLEAR = "unclear"  # no answer that is understood, and perhaps a charge
    NO_RESULT = "no_result"  # the task succeeded, and has shown no result for a day
    NEVER_FOUND = "never_found"  # an uncertain job that was not found within a day


class FetchProblem(enum.StrEnum):
    """What keeps going wrong while the files of a result are fetched."""

    UNREACHABLE = "unreachable"  # no answer, or one that says "later"
    REFUSED = "refused"  # fresh addresses don't open the file either
    BREAKS_OFF = "breaks_off"  # less arrives than was announced
    UNREADABLE = "unreadable"  # it comes in a form that can't be undone
    NO_MEDIUM = "no_medium"  # neither picture, video nor sound: links may not be given
    CLOSED_ADDRESS = "closed_address"  # its host's name leads into the operator's network: likewise
    NOT_SENT = "not_sent"  # it was fetched, and Discord does not take it now
    NO_ADDRESS = "no_address"  # the API gives no address now, so it would give no link either


_LINKABLE = frozenset(
    {
        FetchProblem.UNREACHABLE,
        FetchProblem.REFUSED,
        FetchProblem.BREAKS_OFF,
        FetchProblem.UNREADABLE,
        FetchProblem.NOT_SENT,
    }
)


class CancelControl(enum.StrEnum):
    """How a card offers to cancel."""

    REACTION = "reaction"
    BUTTON = "button"


class CardKind(enum.StrEnum):
    """Kind of the card's message, which decides how it can be edited."""

    CHANNEL = "channel"  # an ordinary message: editable at any time with the bot token
    # Ephemeral or user-installed: editable by the interaction token alone, for 15 minutes.
    TOKEN_ONLY = "brief"  # noqa: S105 - no secret


@dataclasses.dataclass(frozen=True, kw_only=True)
class JobProgress:
    """What becomes of a request: the part of a `Job` that changes, in the way that `Job` explains."""

    __slots__ = ()  # those of Job have a place for every field

    # The files that were handed in; where each is, is all that changes.
    inputs: Inputs = ()
    input_sources: Sources | None = dataclasses.field(default=None, repr=False)

    price_usual: Decimal | None = None  # what those before it have cost

    # What Discord shows.
    interaction_token: str | None = dataclasses.field(default=None, repr=False)
    application_id: int | None = None
    message_id: int | None = None
    # Address of the card of the job that tries this one again; "" where it leads nowhere.
    retried_as: str | None = None
    cancel_control: CancelControl = CancelControl.BUTTON
    shown: str | None = None  # digest of the card that Discord last acknowledged
    shown_at: float | None = None
    pinged_at: float | None = None  # when a reply mentioned the requester after the end
    # When a reply with the result was begun, because the card can't be edited; stored before it is
    # sent, so that a crash in between does not send it twice.
    reply_begun_at: float | None = None
    dm_begun_at: float | None = None  # the same for a direct message, where no reply is possible

    # What the API says.
    state: JobState = JobState.ACCEPTED
    task_id: str | None = None
    status: str | None = None
    progress: float | None = None  # 0 to 100, the API's own
    estimated_seconds: float | None = None
    submitted_at: float | None = None
    # The first of the answers in a row that do not say how the task is, or search without a find.
    missing_since: float | None = None
    cost: Decimal | None = None
    # Whether the reservation was released because the task is very likely not there.
    released: bool = False
    reason: Reason | None = None
    error_code: str | None = None
    error_message: str | None = None
    result_count: int = 0
    fitted: bool = False  # what was uploaded is smaller than what the API made
    left_out: int = 0  # files of the result that could not be shown
    fetch_problem: FetchProblem | None = None  # of a result that can't be fetched for a while
    fetch_until: float | None = None  # how long that is tried
    delivering_since: float | None = None  # when the task was first seen to have succeeded
    # How often the files could not be sent by the present route although Discord answers.
    delivery_failures: int = 0
    # Files of the result that must not be opened: bit n is set for the file with index n.
    bad_files: int = 0
    ended_at: float | None = None

    # Requests and marks.
    cancel_wanted_by: int | None = None  # the user's id; 0: the card was deleted
    cancel_wanted_at: float | None = None
    cancel_taken: bool = False  # the API answered that it cancels
    cancel_refused: bool = False  # the API answered that it can't be cancelled any more
    # For the card: the task takes far longer than estimated, is not understood, or does not show its
    # result; or the API did not take the request yet.
    late: bool = False
    forget: bool = False  # delete as soon as it has ended
    open: bool = True  # something is left to do: a job to follow, or an ending to show

    # Ownership, explained in `db.repositories.claims`. Only repositories write these.
    owner: str | None = None
    woken: bool = False  # another process has stored something: the owner is to read the row
    version: int = 0  # raised by every write (`db.repositories.saving`)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Job(JobProgress):
    """One request, its task at the API and the message that shows it.

    Times are Unix seconds, money is US dollars. A job is never changed in place:
    `db.copies.changed` makes a new one, and the repository writes the difference.
    """

    # The request. Written once.
    id: int  # the snowflake of the interaction that asked; the card's interaction_metadata.id
    kind: JobKind
    model: str  # the catalogue's name of the model
    prompt: str
    options: Mapping[str, OptionValue]  # as chosen by the requester, for the card
    endpoint: str  # "vidu/text-to-video"
    body: Mapping[str, object]  # what is POSTed, but for `metadata.job_id` and addresses
    user_id: int
    guild_id: int | None
    channel_id: int
    locale: str = "en-US"
    private: bool = False
    spoiler: bool = False  # files are covered until they are clicked
    card_kind: CardKind = CardKind.CHANNEL
    upload_limit: int = 10 * 1024 * 1024  # bytes an attachment may have, as the interaction said
    price_low: Decimal = Decimal(0)
    price_high: Decimal = Decimal(0)  # what is reserved
    price_key: str = ""  # equal for jobs that should cost the same; empty: not known
    retry_of: int | None = None  # unique: one retry at most
    # Random, in the colour of the card, which tells it from that of another bot; 0: none.
    card_mark: int = 0
    created_at: float

    @property
    def handed_in(self) -> Inputs:
        """The inputs with the addresses that they are fetched from, as a request has them."""
        return with_sources(self.inputs, self.input_sources)

    def may_be_opened(self, index: int) -> bool:
        """Whether the file of the result with this index may be opened, as far as is known."""
        return not self.bad_files >> index & 1

    @property
    def has_good_files(self) -> bool:
        """Whether any file of the result may be opened, as far as is known."""
        if self.reason is Reason.BAD_RESULT and not self.bad_files:
            return False  # the version before did not store which file it was
        return any(self.may_be_opened(index) for index in range(max(self.result_count, 1)))

    @property
    def has_links(self) -> bool:
        """Whether fresh links may be offered: there is a result, and files of it may be opened."""
        if self.state is JobState.DELIVERING:
            return self.fetch_problem in _LINKABLE and self.has_good_files
        return self.state in {JobState.DELIVERED, JobState.LINKED} and self.has_good_files

    @property
    def is_result_missing(self) -> bool:
        """Whether the task succeeded and does not show its result, so that a cancel is of use."""
        return self.state is JobState.DELIVERING and self.late and self.missing_since is not None

    @property
    def is_cancelling(self) -> bool:
        """Whether a cancel is wanted and neither carried out nor refused."""
        return (
            self.cancel_wanted_by is not None
            and not self.cancel_refused
            and not self.state.is_final
            and self.state is not JobState.DELIVERING
        )

    @property
    def sent_by_dm(self) -> bool:
        """Whether the result went by direct message, or is about to."""
        return self.dm_begun_at is not None

    def token_is_alive(self, now: float, margin: float = 60.0) -> bool:
        """Whether the interaction token still works *margin* seconds after *now*."""
        return (
            self.interaction_token is not None and now < self.created_at + TOKEN_LIFETIME - margin
        )


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class SpendingLimits:
    """Limits that the operator sets, checked in the transaction that writes a job."""

    running_per_user: int
    daily_budget: Decimal  # US dollars a UTC day, over the whole bot
    daily_budget_per_user: Decimal | None = None  # None: as much as the whole bot
    keep_half: bool = False  # all but the first job of the day reserve at most half of what is left


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A question about a price, because it is above CONFIRM_ABOVE_USD, and what was asked about."""

    id: int  # random, so that no other database knows it
    interaction_id: int  # the snowflake of the interaction that the question answers; unique
    interaction_token: str | None = dataclasses.field(repr=False)  # by which it is taken away
    application_id: int
    user_id: int
    created_at: float
    request: Mapping[str, object]  # JSON of the caller, which the database only stores
    # The interaction that answered it: a job's id, that of another question, or of a no.
    answered_by: int | None = None
