"""What can go wrong between us and the API, cut by what the caller can do about it.

    ModelHunterError
      Unavailable       try later
        NotProcessed        a create that provably did not happen: may be sent again
      OutcomeUnknown    a create that may have happened: look for it, never send it again
      Rejected          the requester must change something
      OperatorMustAct   key, balance or permission
      TaskNotFound      the API does not know this task
      AlreadyFinished   too late to cancel
      Malformed         nonsense came back

No message holds a key, an address, a prompt or the API's own words: those may repeat the prompt and
stand in attributes, for the one who asked.
"""

import re

_CODE = re.compile(r"[A-Za-z0-9_.-]{1,60}")


def _plain(code: str | None) -> str:
    """Return *code* if it looks like one: anything else may repeat the request."""
    return code if code and _CODE.fullmatch(code) else "without a code"


class ModelHunterError(Exception):
    """Something went wrong between us and the API."""


class Unavailable(ModelHunterError):
    """The API can't answer now.

    `retry_after` is in seconds and absent if the API did not say; `status` is absent if there was
    no answer at all.
    """

    def __init__(self, *, retry_after: float | None = None, status: int | None = None) -> None:
        super().__init__("no answer from the API" if status is None else f"HTTP {status}")
        self.retry_after = retry_after
        self.status = status


class NotProcessed(Unavailable):
    """The API provably did not take the task: nothing left, or its own envelope says so."""


class OutcomeUnknown(ModelHunterError):
    """The API may have taken the task: it must be looked for and never be sent again."""

    def __init__(self, *, status: int | None = None) -> None:
        super().__init__("no answer from the API" if status is None else f"HTTP {status}")
        self.status = status


class Rejected(ModelHunterError):
    """The API refuses the request as it stands; `code`, `message` and `field` are its words."""

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
    """The key, the balance or a permission is not in order."""

    def __init__(self, *, status: int, code: str | None, message: str | None = None) -> None:
        super().__init__(f"HTTP {status} {_plain(code)}")
        self.status = status
        self.code = code
        self.message = message


class TaskNotFound(ModelHunterError):
    """The API does not know this task."""


class AlreadyFinished(ModelHunterError):
    """The task can't be cancelled any more."""


class Malformed(ModelHunterError):
    """The answer makes no sense."""
