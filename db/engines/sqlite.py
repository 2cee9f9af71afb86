"""SQLite as this program wants it: one connection, durable commits, a private file."""

import asyncio
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

# busy_timeout first: switching to WAL may have to wait for another process.
_PRAGMAS = (
    "PRAGMA busy_timeout = 5000",  # milliseconds
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
)

# Seconds for a thread whose disk does not answer; the process is about to end all the same.
_SHUTDOWN_TIMEOUT = 1.0

_memory_names = (f"file:memory-{number}" for number in itertools.count())


@asynccontextmanager
async def in_memory() -> AsyncGenerator[AsyncEngine, None]:
    """Yield an engine on a database of its own in memory, which dies with the block.

    A second, idle connection keeps it alive: a cancelled statement costs the pool its connection.
    """
    address = f"{next(_memory_names)}?mode=memory&cache=shared"
    url = make_url(f"sqlite:///{address}&uri=true")
    async with aiosqlite.connect(address, uri=True), engine_for(url) as engine:
        yield engine


@asynccontextmanager
async def engine_for(url: URL) -> AsyncGenerator[AsyncEngine, None]:
    """Yield an engine, whose first use connects; afterwards none of its threads is left.

    Each connection has a thread. One whose statement was cancelled is given up, and its thread ends
    by itself: it must not outlive the event loop, which it tells of its end.
    """
    threads: list[Thread] = []

    def connect(*address: str, **options: Any) -> aiosqlite.Connection:
        connection = aiosqlite.connect(*address, **options)
        connection._thread.daemon = True  # as SQLAlchemy does: a disk that hangs keeps no process
        threads[:] = [*filter(_is_of_use, threads), connection._thread]
        return connection

    engine = _make_engine(url, connect)
    try:
        yield engine
    finally:
        await engine.dispose()
        await asyncio.to_thread(_join, threads)


def _is_of_use(thread: Thread) -> bool:
    return thread.ident is None or thread.is_alive()


def _join(threads: Sequence[Thread]) -> None:
    for thread in threads:
        if thread.ident is not None:
            thread.join(_SHUTDOWN_TIMEOUT)


def _make_engine(url: URL, connector: Callable[..., aiosqlite.Connection]) -> AsyncEngine:
    """Make the engine.

    One connection, so that coroutines never share a transaction and WAL has one writer.
    Transactions are begun by us, as the driver would begin them only at the first write.
    """
    engine = create_async_engine(
        url.set(drivername="sqlite+aiosqlite"),
        poolclass=AsyncAdaptedQueuePool,
        pool_size=1,
        max_overflow=0,
        hide_parameters=True,  # else every error tells prompts and interaction tokens
        connect_args={"isolation_level": None, "async_creator_fn": connector},
    )
    event.listen(engine.sync_engine, "connect", _set_pragmas)
    event.listen(engine.sync_engine, "begin", _begin)
    return engine


def prepare_file(path: Path) -> None:
    """Make the folder and the file, readable by nobody else; SQLite gives -wal and -shm its mode.

    Raises:
        OSError: the place can't be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _PRIVATE))
    for part in (path, *(path.with_name(path.name + end) for end in ("-wal", "-shm"))):
        if part.exists():
            part.chmod(_PRIVATE)


def is_intact(connection: Connection) -> bool:
    """Tell whether every page can be read and makes sense."""
    return connection.exec_driver_sql("PRAGMA quick_check(1)").scalars().all() == ["ok"]


def _set_pragmas(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
