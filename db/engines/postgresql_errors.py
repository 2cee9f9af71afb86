"""PostgreSQL's errors: what each says of the connection and of the work, and the store's error for it.

Their words may repeat what was to be written, so that only their class and their first line go
further, and of values that were not taken only the class.
"""

from types import TracebackType

import asyncpg

from db.errors import RowExists, StoreFailed

# The first two characters of a code are its class (PostgreSQL docs: Appendix A). These end the
# connection or leave it of no use: connection exceptions, a transaction that only reads, as on a
# primary that has become a standby, and a server that stops or starts.
_CLASSES_OF_CONNECTIONS = {"08", "25", "57"}
_QUERY_CANCELED = "57014"  # by statement_timeout; the connection goes on
# The server has undone the statement by itself, so that it may be made once more.
_WITHOUT_EFFECT = {
    "40001",  # serialization_failure
    "40P01",  # deadlock_detected
    # Not crash_shutdown: that ends a connection at any moment, also between a commit and its answer.
    "57P01",  # admin_shutdown
    "57P03",  # cannot_connect_now
}
_OF_DRIVER = (
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    OSError,  # TimeoutError is one
    # A value that the driver does not take.
    ValueError,
    TypeError,
    OverflowError,
)
_OF_VALUES = (asyncpg.DataError, ValueError, TypeError, OverflowError)


class DriverFailed(Exception):
    """A call to the driver failed; it does not leave `db.engines`."""

    def __init__(self, error: Exception) -> None:
        super().__init__(type(error).__name__)
        self.for_store = _for_store(error)
        self.ends_connection = _ends_connection(error)
        # The server says that the statement was undone, by no fault of its own.
        self.had_no_effect = _code(error) in _WITHOUT_EFFECT

    @property
    def may_pass(self) -> bool:
        """Whether the same may succeed at once, on another connection."""
        return self.had_no_effect or self.ends_connection


class CallToDriver:
    """Block of calls to the driver, whose errors become `DriverFailed`."""

    def __enter__(self) -> None:
        pass

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if isinstance(error, _OF_DRIVER):
            raise DriverFailed(error) from None


CALL_TO_DRIVER = CallToDriver()


def first_line(error: Exception) -> str:
    """Return the class and the first line of *error*, whose other lines may hold values."""
    words = str(error).splitlines() or [""]
    return f"({_name(error)}) {words[0]}".rstrip()


def _for_store(error: Exception) -> StoreFailed:
    if isinstance(error, asyncpg.UniqueViolationError):
        return RowExists(first_line(error))
    if isinstance(error, TimeoutError):
        return StoreFailed("The database did not answer in time.")
    if isinstance(error, _OF_VALUES):
        return StoreFailed(f"A value can't be stored ({_name(error)}).")
    return StoreFailed(first_line(error))


def _ends_connection(error: Exception) -> bool:
    if isinstance(error, _OF_VALUES) and not isinstance(error, asyncpg.InterfaceError):
        return False
    if isinstance(error, asyncpg.PostgresError):
        code = _code(error)
        return code[:2] in _CLASSES_OF_CONNECTIONS and code != _QUERY_CANCELED
    return True


def _name(error: Exception) -> str:
    prefix = "asyncpg." if type(error).__module__.startswith("asyncpg") else ""
    return f"{prefix}{type(error).__name__}"


def _code(error: Exception) -> str:
    return str(getattr(error, "sqlstate", None) or "")
