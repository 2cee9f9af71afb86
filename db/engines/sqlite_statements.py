"""SQLite's statements: run by the driver in the thread of their connection, and their errors."""

import sqlite3

from sqlalchemy.dialects import sqlite as sqlalchemy_sqlite

from db.errors import RowExists, StoreFailed
from db.statements import Answer, Call, Rows, Steps

DIALECT = sqlalchemy_sqlite.dialect()
_KEY_EXISTS = {sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_UNIQUE}


def decode(stored: bytes) -> str | bytes:
    """Return a text, or its bytes where they are none: the driver would fail for all rows."""
    try:
        return stored.decode()
    except UnicodeDecodeError:
        return stored


def run(connection: sqlite3.Connection, steps: Steps[Answer]) -> Answer:
    """Run *steps*, one statement after the other; raises StoreFailed, or what they raise."""
    try:
        call = next(steps)
        while True:
            call = steps.send(_execute(connection, call))
    except StopIteration as end:
        answer: Answer = end.value
        return answer


def _execute(connection: sqlite3.Connection, call: Call) -> Rows:
    compiled = call.statement.compiled(DIALECT)
    values = compiled.bind(call.values)
    try:
        return Rows(compiled, connection.execute(compiled.text, values).fetchall())
    except sqlite3.Error as error:
        if connection.text_factory is str and _is_of_driver(error):
            return Rows(compiled, _read_again(connection, compiled.text, values))
        raise _failed(error) from error
    except (OverflowError, UnicodeError) as error:  # they hold what was to be written
        raise StoreFailed(f"A value can't be stored ({type(error).__name__}).") from None


def _is_of_driver(error: sqlite3.Error) -> bool:
    """Whether the driver failed and not SQLite, as at a text that is none."""
    return getattr(error, "sqlite_errorcode", None) is None


def _read_again(
    connection: sqlite3.Connection, text: str, values: tuple[object, ...]
) -> list[tuple[object, ...]]:
    """Return the rows of a statement that only reads, with the bytes of texts that are none.

    It takes the driver twice as long to ask for each text, so that is done where it failed.
    """
    connection.text_factory = decode
    try:
        return connection.execute(text, values).fetchall()
    except sqlite3.Error as error:
        raise _failed(error) from error
    finally:
        connection.text_factory = str


def control(connection: sqlite3.Connection, statement: str) -> None:
    """Run a statement without values that begins or ends a transaction; raises StoreFailed."""
    try:
        connection.execute(statement)
    except sqlite3.Error as error:
        raise _failed(error) from error


def _failed(error: sqlite3.Error) -> StoreFailed:
    """Return the store's error; SQLite's text names tables and columns and repeats no value."""
    code = getattr(error, "sqlite_errorcode", None)
    kind = RowExists if code in _KEY_EXISTS else StoreFailed
    return kind(f"(sqlite3.{type(error).__name__}) {error}")
