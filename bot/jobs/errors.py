"""Why the service says no: plain data; the words stand elsewhere.

Refused
├── UnknownModel       the requester names another one
├── NothingOffered     the API has withdrawn every model that makes this
├── OperatorNeeded     the API does not take the key or the balance
├── ApiAway            the API can't be reached; nothing was written
├── DatabaseBusy       nothing was written in time; nothing was charged
├── UnknownJob         there is no such job, or not any more
├── NotYours           only the requester may
├── AlreadyEnded       too late to cancel
├── NotCancellable     the API will not cancel it
├── NotRetryable       it runs, or made its result
├── NoResult           there is nothing to link to, now or ever
└── AdultSwitchedOff   modes for adults are off; the requester chooses another
"""

from bot.catalogue import AdultOption
from db.records import Job


class Refused(Exception):
    """The service does not do what was asked; nothing was changed or charged."""


class UnknownModel(Refused):
    """No model of that name makes this."""

    def __init__(self, name: str) -> None:
        super().__init__("unknown model")
        self.name = name


class NothingOffered(Refused):
    """No model that makes this is left."""


class OperatorNeeded(Refused):
    """The API does not take the key or the balance."""


class ApiAway(Refused):
    """The API can't be reached, so that a job would only wait."""


class DatabaseBusy(Refused):
    """The row could not be written in time; nothing was charged."""


class UnknownJob(Refused):
    """There is no such job, or not any more."""


class NotYours(Refused):
    """Only the requester may do this."""


class AlreadyEnded(Refused):
    """The job has ended, so it can't be cancelled."""

    def __init__(self, job: Job) -> None:
        super().__init__(f"job {job.id} is {job.state}")
        self.job = job


class NotCancellable(Refused):
    """The API was asked to cancel it and will not."""


class NotRetryable(Refused):
    """The job runs, or made its result."""


class NoResult(Refused):
    """There is nothing to link to.

    `for_good` says that another try won't help.
    """

    def __init__(self, *, for_good: bool) -> None:
        super().__init__("no result")
        self.for_good = for_good


class AdultSwitchedOff(Refused):
    """The operator has switched modes for adults off."""

    def __init__(self, refused: AdultOption) -> None:
        super().__init__(str(refused))
        self.option = refused.option
        self.value = refused.value
