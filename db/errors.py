"""What the database refuses, cut by what the caller can do.

DatabaseUnusable     the operator must act; its text is one sentence for the operator
NotAccepted          a job was not written, and nothing else was
├── AlreadyAccepted    the same interaction came twice
├── AlreadyRetried     the job to retry has its retry
├── DraftUsed          the draft was confirmed before, or is gone
├── TooManyRunning     the requester must wait for a job to end
├── UserBudgetSpent    the requester must wait for tomorrow
└── BudgetSpent        everybody must wait for tomorrow
"""

from decimal import Decimal


class DatabaseUnusable(Exception):
    """The database can't be opened; says why in one sentence, without the address."""


class NotAccepted(Exception):
    """A job was not accepted."""


class AlreadyAccepted(NotAccepted):
    """A job with this id is there."""


class AlreadyRetried(NotAccepted):
    """The job named by `retry_of` has a retry."""


class DraftUsed(NotAccepted):
    """The draft is not there any more."""


class TooManyRunning(NotAccepted):
    """The requester has as many running jobs as one may have."""

    def __init__(self, running: int, limit: int) -> None:
        super().__init__(f"{running} jobs of at most {limit} are running")
        self.running = running
        self.limit = limit


class UserBudgetSpent(NotAccepted):
    """The requester's part of the day does not cover the job; `left` is in US dollars."""

    def __init__(self, left: Decimal) -> None:
        super().__init__(f"{left} US dollars are left to this requester today")
        self.left = left


class BudgetSpent(NotAccepted):
    """The day's budget does not cover the job; `left` is what remains, in US dollars."""

    def __init__(self, left: Decimal) -> None:
        super().__init__(f"{left} US dollars are left today")
        self.left = left
