"""SQLite: one writer, readers beside it, durable commits, a private file.

SQLite has one writer at a time, over all processes. In WAL mode a commit is appended to a log
beside the database, so that readers, such as a backup, neither wait for the writer nor delay it.
`synchronous = FULL` flushes that log to the disk with each commit, so that what was committed
outlasts a power failure. The bot relies on that: it commits before it sends.

A transaction that reads first and writes later could find that another process has written in
between; SQLite refuses it then, however long it would wait. So each transaction begins with
`BEGIN IMMEDIATE`, which takes the writer's place at once and waits for it up to `busy_timeout`. The
driver begins transactions only at the first write, so it is kept from beginning any
(`isolation_level = None`). A single statement needs no transaction: it is one.

A process has one connection that writes, what waits for it together by one transaction
(`db.engines.group_commit`), and two that only read, each in a thread of its own
(`db.engines.connections`). Lists and look-ups so never wait behind writes. A reader begins to
read when its work begins, so that it sees all that was committed before it was asked. A database in
memory belongs to one connection, which then does both.
"""

import errno
import os
import sqlite3
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.pool import StaticPool

from db.engines.connections import Connections, start
from db.engines.group_commit import carry_out_together
from db.engines.sqlite_statements import decode, run
from db.statements import Answer, Steps

_PRIVATE = 0o600
_READERS = 2

# busy_timeout first, because the change to WAL may have to wait for another process.
_PRAGMAS = (
    "PRAGMA busy_timeout = 5000",  # milliseconds
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
)
_READER_PRAGMAS = ("PRAGMA busy_timeout = 5000", "PRAGMA query_only = ON")


class SqliteStore:
    """Store on a SQLite database (`db.store` explains the calls)."""

    dialect_name = "sqlite"

    def __init__(self, writer: Connections, readers: Connections | None) -> None:
        self._writer = writer
        self._readers = readers

    async def read(self, steps: Steps[Answer]) -> Answer:
        """Run *steps* on a connection that only reads."""
        if self._readers is None:
            return await self._writer.run(partial(run, steps=steps), urgent=True)
        return await self._readers.run(partial(run, steps=steps))

    async def write(self, steps: Steps[Answer], *, urgent: bool = False) -> Answer:
        """Run *steps*, whose one statement is a transaction by itself."""
        return await self._writer.run(partial(run, steps=steps), urgent=urgent)

    async def transact(
        self,
        steps: Steps[Answer],
        *,
        urgent: bool = False,
        is_late: Callable[[], bool] | None = None,
    ) -> Answer:
        """Run *steps* in a transaction."""
        do = partial(run, steps=steps)
        return await self._writer.run(do, is_transaction=True, urgent=urgent, is_late=is_late)


@asynccontextmanager
async def open_store(
    writer: sqlite3.Connection, path: Path | None
) -> AsyncGenerator[SqliteStore, None]:
    """Yield the store of an open connection, and of its file if it has one.

    All threads have ended afterwards.
    """
    readers = None
    if path is not None:
        readers = await start([connect_reader(path) for _ in range(_READERS)])
    writers = await start([writer], carry_out_together)
    try:
        yield SqliteStore(writers, readers)
    finally:
        # The last connection puts the log into the database and deletes it, which a reader can't.
        if readers is not None:
            await readers.close()
        await writers.close()


def connect(path: Path | None) -> sqlite3.Connection:
    """Return a connection that may write, to a file or to a new database in memory."""
    connection = _connect(":memory:" if path is None else os.fspath(path))
    _set(connection, _PRAGMAS)
    return connection


def connect_reader(path: Path) -> sqlite3.Connection:
    """Return a connection that only reads; its texts are decoded by the driver (`_read_again`)."""
    connection = _connect(os.fspath(path))
    connection.text_factory = str
    _set(connection, _READER_PRAGMAS)
    return connection


def make_ready(connection: sqlite3.Connection, migrate: Callable[[Connection], None]) -> None:
    """Bring the tables up to date in one transaction."""
    engine = create_engine("sqlite://", creator=lambda: connection, poolclass=StaticPool)
    event.listen(engine, "begin", _begin)
    with engine.begin() as sqlalchemy_connection:
        migrate(sqlalchemy_connection)


def prepare_file(path: Path) -> None:
    """Create the folder and the file, for the owner alone; SQLite gives -wal and -shm its mode.

    Raises:
        OSError: The folder or the file can't be written, or it is a device.
    """
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, "Not a regular file")
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _PRIVATE))
    for part in (path, *(path.with_name(path.name + end) for end in ("-wal", "-shm"))):
        if part.exists():
            part.chmod(_PRIVATE)


def _connect(address: str) -> sqlite3.Connection:
    # It is opened in one thread and used in another, never in two at once.
    connection = sqlite3.connect(address, isolation_level=None, check_same_thread=False)
    connection.text_factory = decode
    return connection


def _set(connection: sqlite3.Connection, pragmas: tuple[str, ...]) -> None:
    try:
        for pragma in pragmas:
            connection.execute(pragma).close()
    except sqlite3.Error:
        connection.close()
        raise


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
