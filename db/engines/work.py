"""Work: a piece of what a connection of the database is to do, carried out in its thread."""

import sqlite3
from collections import deque
from collections.abc import Callable

from db.errors import NotBegun, StoreFailed


class Work:
    """A function of a connection, and its outcome once it was carried out."""

    __slots__ = ("_do", "_error", "_is_late", "_result", "is_over", "is_transaction", "is_wanted")

    def __init__(
        self,
        do: Callable[[sqlite3.Connection], object],
        *,
        is_transaction: bool = False,
        is_late: Callable[[], bool] | None = None,
    ) -> None:
        self._do = do
        self._is_late = is_late
        self._result: object = None
        self._error: BaseException | None = None
        self.is_transaction = is_transaction  # its statements are committed together
        self.is_wanted = True  # its caller waits for it
        self.is_over = False  # it was carried out or left out

    def leave_out(self) -> bool:
        """Return whether it is of no use any more; then it fails without having begun."""
        if self.is_wanted and (self._is_late is None or not self._is_late()):
            return False
        self.fail(NotBegun("It came too late to be of use."))
        return True

    def carry_out(self, connection: sqlite3.Connection) -> None:
        """Do it, and keep the result or error."""
        self.is_over = True
        try:
            self._result = self._do(connection)
        except BaseException as error:  # raised by `outcome`
            self._error = error

    def fail(self, error: BaseException) -> None:
        """Have it fail, also where it has a result, as what it wrote was not committed."""
        self.is_over = True
        self._error = error

    @property
    def has_failed(self) -> bool:
        """Whether there is an error instead of a result."""
        return self._error is not None

    def store_error(self) -> StoreFailed | None:
        """Return the database's own error, None if it has failed by another or not at all."""
        return self._error if isinstance(self._error, StoreFailed) else None

    def outcome(self) -> object:
        """Return the result, or raise the error."""
        if self._error is not None:
            raise self._error
        return self._result


def carry_out_next(connection: sqlite3.Connection, waiting: deque[Work]) -> None:
    """Carry out the next piece by itself, as is enough for those that only read."""
    work = waiting.popleft()
    if not work.leave_out():
        work.carry_out(connection)
