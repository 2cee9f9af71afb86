"""Events: what can happen to a job.

Each event is a fact that one place in the program learns; what it makes of a job is decided in
`transitions`. The first lines are printed in ARCHITECTURE.md.
"""

import dataclasses
from decimal import Decimal

from db.records import Reason


@dataclasses.dataclass(frozen=True, slots=True)
class Answered:
    """Discord shows the card."""

    message_id: int
    shown: str | None = None  # the digest of what it shows, if that is known


@dataclasses.dataclass(frozen=True, slots=True)
class NeverAnswered:
    """Discord provably never showed the card, or it is too late to find out."""


@dataclasses.dataclass(frozen=True, slots=True)
class SubmitStarted:
    """The POST is about to be sent; saved before it is."""


@dataclasses.dataclass(frozen=True, slots=True)
class SubmitPostponed:
    """The request can't be sent for now: the API's answers can't be read, or it takes no files."""


@dataclasses.dataclass(frozen=True, slots=True)
class SubmitNotProcessed:
    """The POST provably had no effect, so that it may be sent again."""


@dataclasses.dataclass(frozen=True, slots=True)
class SubmitRefused:
    """The API refused the request or was away for too long; nothing was charged."""

    reason: Reason
    code: str | None = None
    message: str | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class SearchFoundNothing:
    """The task list was read to its end and holds no task of this job."""

    shows_later_jobs: bool = False  # it holds tasks of jobs that were sent later


@dataclasses.dataclass(frozen=True, slots=True)
class SearchFailed:
    """The task list can't be read now, which proves nothing."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class TaskSeen:
    """The API reported the task, in its answer to the POST, a GET or a list."""

    task_id: str
    status: str
    is_understood: bool = True  # whether the answer says how the task is
    progress: float | None = None
    estimated_seconds: float | None = None
    cost: Decimal | None = None
    result_count: int = 0
    error_code: str | None = None
    error_message: str | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class TaskMissing:
    """The API answered 404 for the task, or reported a result that can't be fetched."""


@dataclasses.dataclass(frozen=True, slots=True)
class CancelRequested:
    """A user who may cancel the job asked for it, or its card was deleted (`by` is 0)."""

    by: int


@dataclasses.dataclass(frozen=True, slots=True)
class PollFailed:
    """The API was asked about the task and its answer does not say how it is."""

    may_end: bool = True  # False: many tasks may be affected, so that it proves nothing of this one


@dataclasses.dataclass(frozen=True, slots=True)
class CancelAccepted:
    """The API answered that it cancels the task."""


@dataclasses.dataclass(frozen=True, slots=True)
class CancelRefused:
    """The API answered 409: the task had finished."""


@dataclasses.dataclass(frozen=True, slots=True)
class Delivered:
    """The result is on the card, in a reply to it, or in a direct message."""


@dataclasses.dataclass(frozen=True, slots=True)
class Linked:
    """The result can't be uploaded; fresh links are offered instead."""

    too_big: bool = False  # why, if it is for its size


@dataclasses.dataclass(frozen=True, slots=True)
class BadResult:
    """The result is not a file that may be shown."""


@dataclasses.dataclass(frozen=True, slots=True)
class CardGone:
    """The card was deleted, or is where the bot has no access any more."""


@dataclasses.dataclass(frozen=True, slots=True)
class EndingShown:
    """Everything that was left to do after the end has been done."""


Event = (
    Answered
    | NeverAnswered
    | SubmitStarted
    | SubmitPostponed
    | SubmitNotProcessed
    | SubmitRefused
    | SearchFoundNothing
    | SearchFailed
    | TaskSeen
    | TaskMissing
    | PollFailed
    | CancelRequested
    | CancelAccepted
    | CancelRefused
    | Delivered
    | Linked
    | BadResult
    | CardGone
    | EndingShown
)
