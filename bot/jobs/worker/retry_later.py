"""Retry signal: how a step says that it could not be done now."""

from bot.jobs.errors import JobsError


class RetryLater(JobsError):
    """The step could not be done now; nothing was lost.

    `retry_after` is in seconds, None for the scheduler's own backoff. `slows_all` says that the API
    asked the whole bot to slow down (429), so that the steps of other jobs wait too.
    """

    def __init__(self, retry_after: float | None = None, *, slows_all: bool = False) -> None:
        super().__init__(f"again after {retry_after}" if retry_after else "again later")
        self.retry_after = retry_after
        self.slows_all = slows_all
