"""Errors of the ModelHunter.AI API, cut by what the caller can do about them.

ModelHunterError
├── Unavailable         no answer now: try later, after `retry_after` if the API named one
│   └── NotProcessed      a create that provably had no effect: may be sent again
├── OutcomeUnknown      a create that may have had an effect: look for its task, never send again
├── Rejected            the requester must change the request
├── OperatorMustAct     key, balance or permission
├── TaskNotFound        the API does not know this task
├── AlreadyFinished     too late to cancel
└── Malformed           the answer makes no sense

The cut between NotProcessed and OutcomeUnknown is what keeps a job from being paid for twice. The
API documents no idempotency key, so a POST whose outcome is unknown is never repeated. NotProcessed
is raised only for the two cases that prove that no task was made: no connection was established, so
that nothing of the request was sent, or the API answered 429 or 503 in its own error envelope.
Every other failure of a create is OutcomeUnknown.

No message holds a key, an address, a prompt or the API's own text: that may repeat the prompt, so
it is kept in attributes, to be shown to the requester alone and not to be logged.
"""

import re

_CODE = re.compile(r"[A-Za-z0-9_.-]{1,60}")


def _plain(code: str | None) -> str:
    """Return *code* if it looks like one: anything else may repeat the request."""
    return code if code and _CODE.fullmatch(code) else "without a code"


class ModelHunterError(Exception):
    """Root: the API did not do what was asked, or it is not known whether it did."""


class Unavailable(ModelHunterError):
    """The API can't answer now.

    `retry_after` is in seconds, None if the API named no time; `status` is the HTTP status, None if
    there was no answer at all; `in_envelope` says that the answer is the API's own.
    """

    def __init__(
        self,
        *,
        retry_after: float | None = None,
        status: int | None = None,
        in_envelope: bool = False,
    ) -> None:
        super().__init__("no answer from the API" if status is None else f"HTTP {status}")
        self.retry_after = retry_after
        self.status = status
        self.in_envelope = in_envelope


class NotProcessed(Unavailable):
    """The API provably made no task: nothing was sent, or its own error envelope says so."""


class OutcomeUnknown(ModelHunterError):
    """The API may have made a task: look for it, and never send the request again."""

    def __init__(self, *, status: int | None = None) -> None:
        super().__init__("no answer from the API" if status is None else f"HTTP {status}")
        self.status = status


class Rejected(ModelHunterError):
    """The API does not take the request as it is; `code`, `message` and `field` are its own."""

    def __init__(
        self,
        *,
        code: str | None,
        message: str | None = None,
        field: str | None = None,
        status: int,
    ) -> None:
        super().__init__(f"HTTP {status} {_plain(code)}")
        self.code = code
        self.message = message
        self.field = field
        self.status = status


class OperatorMustAct(ModelHunterError):
    """The key, the balance or a permission is not in order; `code` and `message` are the API's.

    `in_envelope` says that the answer is the API's own, and not that of a firewall in front of it.
    """

    def __init__(
        self,
        *,
        status: int,
        code: str | None,
        message: str | None = None,
        in_envelope: bool = True,
    ) -> None:
        super().__init__(f"HTTP {status} {_plain(code)}")
        self.status = status
        self.code = code
        self.message = message
        self.in_envelope = in_envelope


class TaskNotFound(ModelHunterError):
    """The API does not know this task."""


class AlreadyFinished(ModelHunterError):
    """The task can't be cancelled any more."""


class Malformed(ModelHunterError):
    """The answer makes no sense.

    `status` is its HTTP status, where that says why; `in_envelope` says that it is the API's own.
    """

    def __init__(
        self, message: str = "", *, status: int | None = None, in_envelope: bool = False
    ) -> None:
        super().__init__(message)
        self.status = status
        self.in_envelope = in_envelope


def is_from_api(error: ModelHunterError) -> bool:
    """Return whether *error* was an answer in the API's own envelope.

    Any other answer, such as the page of a proxy in front of it, does not show that the API answers.
    """
    if isinstance(error, Unavailable | Malformed | OperatorMustAct):
        return error.in_envelope
    return isinstance(error, Rejected)
