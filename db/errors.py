"""Errors of the database, cut by what the caller can do about them.

StoreError
├── StoreFailed           the database can't do it now; it may later
│   ├── NotBegun            it was too late to begin
│   └── RowExists           a row with this key is there
├── DatabaseUnusable      the operator must act
├── BackupRefused         the operator must act; no copy was made
├── MoveRefused           the operator must act; nothing was moved
└── NotAccepted           a job was not written, and nothing else was
    ├── AlreadyAccepted     the same interaction came twice
    ├── AlreadyRetried      the job to retry has its retry
    ├── DraftUsed           the draft was answered before, or was deleted
    ├── TooManyRunning      the requester must wait for a job to end
    ├── HeldBack            a cheaper one may do, or the same later
    ├── UserBudgetSpent     the requester must wait for tomorrow
    └── BudgetSpent         all requesters must wait for tomorrow

The text of DatabaseUnusable, BackupRefused and MoveRefused is one sentence for the operator. It does not repeat
the database's address, which may hold a password.

StoreFailed takes the place of the drivers' errors, which may show what was to be written. Errors of
the operating system pass through this package as they are, where no call above names them.
"""

from decimal import Decimal


class StoreError(Exception):
    """Root: the database can't be used or copied, or refuses a job."""


class StoreFailed(StoreError):
    """A statement failed; the text is the driver's, without values.

    Nothing was written, unless the connection to PostgreSQL was lost in a commit: then that is unknown.
    """


class NotBegun(StoreFailed):
    """The work had not begun by the time until which it is of use, so that it never will."""


class RowExists(StoreFailed):
    """A row with this key exists."""


class DatabaseUnusable(StoreError):
    """The database can't be opened; the text says why and what to do."""


class BackupRefused(StoreError):
    """No copy was made; the text says why and what to do."""


class MoveRefused(StoreError):
    """Nothing was moved to another database; the text says why and what to do."""


class NotAccepted(StoreError):
    """A job was not accepted."""


class AlreadyAccepted(NotAccepted):
    """A job with this id exists."""


class AlreadyRetried(NotAccepted):
    """The job named by `retry_of` has a retry."""


class DraftUsed(NotAccepted):
    """The draft was answered, or does not exist (any more)."""


class TooManyRunning(NotAccepted):
    """The requester has as many running jobs as one requester may have."""

    def __init__(self, running: int, limit: int) -> None:
        super().__init__(f"{running} jobs of at most {limit} are running")
        self.running = running
        self.limit = limit


class HeldBack(NotAccepted):
    """The job's price is more than half of what is left, which it may not be for now."""


class UserBudgetSpent(NotAccepted):
    """The requester's part of the day does not cover the job's `price`; `left` is what remains.

    Both are in US dollars; `resets_at`, in Unix seconds, is when the next day begins.
    """

    def __init__(self, left: Decimal, *, price: Decimal, resets_at: float) -> None:
        super().__init__(f"{left} US dollars are left to this requester today")
        self.left = left
        self.price = price
        self.resets_at = resets_at


class BudgetSpent(NotAccepted):
    """The day's budget does not cover the job's `price`; the rest is as in `UserBudgetSpent`."""

    def __init__(self, left: Decimal, *, price: Decimal, resets_at: float) -> None:
        super().__init__(f"{left} US dollars are left today")
        self.left = left
        self.price = price
        self.resets_at = resets_at
