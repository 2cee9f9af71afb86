"""Connections: those of one kind, writer or readers, each in a thread of aiosqlite's.

SQLite's calls block, for as long as the disk or another process takes, so they leave the event loop.
aiosqlite hands each statement to the thread by itself; here a piece of work, as a transaction, is
handed over in one go. Between its statements it would else wait for the event loop, and everything
behind it too.

Work in a thread can't be overtaken, so only a few pieces are handed over ahead: enough that the
thread has work while the event loop is busy. The others wait in the line. Work whose caller is cancelled
is left out if it has not begun. Work that has begun is carried out: SQLite can't be stopped in the
middle of a commit. Its caller does not wait for it: a disk that hangs would keep a stop waiting too.
"""

import asyncio
import operator
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import aiosqlite

from db.engines.line import Line
from db.errors import StoreFailed

Result = TypeVar("Result")

_AHEAD = 16  # pieces of work a connection
# Seconds for a thread whose disk does not answer; the process is about to end anyway.
_SHUTDOWN_TIMEOUT = 1.0

_waiting: Callable[["_Connection"], int] = operator.attrgetter("waiting")


class _Connection(aiosqlite.Connection):
    """aiosqlite's connection, which carries out any function in its thread."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__(lambda: connection, iter_chunk_size=64)
        # A disk that hangs must not keep the process from its end.
        self._thread.daemon = True
        self.waiting = 0

    def hand_over(self, work: Callable[[sqlite3.Connection], Result | None]) -> Awaitable[Result]:
        """Return what *work* makes of the connection, for one who awaits it while it is wanted."""
        result: Awaitable[Result] = self._execute(work, self._conn)  # type: ignore[no-untyped-call]
        return result


class Connections:
    """One or several connections, which take their work from one line."""

    def __init__(self, connections: Sequence[_Connection]) -> None:
        self._connections = connections
        self._line = Line(_AHEAD * len(connections))
        self._is_open = True

    async def run(
        self, do: Callable[[sqlite3.Connection], Result], *, urgent: bool = False
    ) -> Result:
        """Return what *do* makes of one of the connections.

        Raises:
            StoreFailed: They are closed.
        """
        is_wanted = True

        def work(connection: sqlite3.Connection) -> Result | None:
            return do(connection) if is_wanted else None

        async with self._line.place(urgent=urgent):
            if not self._is_open:
                raise StoreFailed("The database is closed.")
            least_busy = min(self._connections, key=_waiting)
            least_busy.waiting += 1
            try:
                result: Result = await least_busy.hand_over(work)
                return result
            finally:
                is_wanted = False
                least_busy.waiting -= 1

    async def close(self) -> None:
        """Carry out what was handed over, and close the connections."""
        self._is_open = False
        for connection in self._connections:
            try:
                async with asyncio.timeout(_SHUTDOWN_TIMEOUT):
                    await connection.close()
            except TimeoutError:
                continue


async def start(connections: Sequence[sqlite3.Connection]) -> Connections:
    """Start a thread for each of these open connections."""
    started = [_Connection(connection) for connection in connections]
    for connection in started:
        await connection
    return Connections(started)
