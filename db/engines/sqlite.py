"""SQLite: one connection, one writer, durable commits, a private file.

SQLite has one writer at a time, over all processes. In WAL mode a commit is appended to a log
beside the database, so that readers, such as a backup, neither wait for the writer nor delay it.
`synchronous = FULL` flushes that log to the disk with each commit, so that what was committed
outlasts a power failure. The bot relies on that: it commits before it sends.

A transaction that reads first and writes later could find that another process has written in
between; SQLite refuses it then, however long it would wait. So each transaction begins with
`BEGIN IMMEDIATE`, which takes the writer's place at once and waits for it up to `busy_timeout`. The
driver begins transactions only at the first write, so it is kept from beginning any
(`isolation_level = None`), and they are begun on SQLAlchemy's "begin" event.

One connection serves the process, so that coroutines never share a transaction and wait for each
other in the pool's queue, not inside SQLite. No transaction waits for the network, so none is long.
"""

import asyncio
import errno
import itertools
import os
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import aiosqlite
from sqlalchemy import URL, Connection, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool, ConnectionPoolEntry

_PRIVATE = 0o600

# busy_timeout first, because the change to WAL may have to wait for another process.
_PRAGMAS = (
    "PRAGMA busy_timeout = 5000",  # milliseconds
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
)

# Seconds for a thread whose disk does not answer; the process is about to end anyway.
_SHUTDOWN_TIMEOUT = 1.0

_memory_names = (f"file:memory-{number}" for number in itertools.count())


@asynccontextmanager
async def in_memory() -> AsyncGenerator[AsyncEngine, None]:
    """Yield an engine on a new database in memory, which exists until the block is left.

    SQLite deletes it with its last connection, and a cancelled statement costs the pool its
    connection. So a second, idle one is kept open.
    """
    address = f"{next(_memory_names)}?mode=memory&cache=shared"
    url = make_url(f"sqlite:///{address}&uri=true")
    async with aiosqlite.connect(address, uri=True), engine_for(url) as engine:
        yield engine


@asynccontextmanager
async def engine_for(url: URL) -> AsyncGenerator[AsyncEngine, None]:
    """Yield an engine, which connects at its first use; all its threads have ended afterwards.

    Each connection of aiosqlite has a thread. A connection whose statement was cancelled is given
    up by the pool, and its thread ends by itself. That thread calls back into the event loop at its
    end, so it must not outlast the loop, and is waited for.
    """
    threads: list[Thread] = []

    def connect(*address: str, **options: Any) -> aiosqlite.Connection:
        connection = aiosqlite.connect(*address, **options)
        # As SQLAlchemy does: a disk that hangs must not keep the process from its end.
        connection._thread.daemon = True
        threads[:] = [*filter(_has_not_ended, threads), connection._thread]
        return connection

    engine = _make_engine(url, connect)
    try:
        yield engine
    finally:
        await engine.dispose()
        await asyncio.to_thread(_join, threads)


def _has_not_ended(thread: Thread) -> bool:
    return thread.ident is None or thread.is_alive()


def _join(threads: Sequence[Thread]) -> None:
    for thread in threads:
        if thread.ident is not None:
            thread.join(_SHUTDOWN_TIMEOUT)


def _make_engine(url: URL, connector: Callable[..., aiosqlite.Connection]) -> AsyncEngine:
    """Return an engine with one connection, whose transactions are immediate."""
    engine = create_async_engine(
        url.set(drivername="sqlite+aiosqlite"),
        poolclass=AsyncAdaptedQueuePool,
        pool_size=1,
        max_overflow=0,
        hide_parameters=True,  # or errors would show prompts and interaction tokens
        connect_args={"isolation_level": None, "async_creator_fn": connector},
    )
    event.listen(engine.sync_engine, "connect", _set_pragmas)
    event.listen(engine.sync_engine, "begin", _begin)
    return engine


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


def is_intact(connection: Connection) -> bool:
    """Whether every page can be read and makes sense."""
    return connection.exec_driver_sql("PRAGMA quick_check(1)").scalars().all() == ["ok"]


def _set_pragmas(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
