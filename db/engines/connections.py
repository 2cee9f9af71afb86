"""Connections: those of one kind, writer or readers, each in a thread of aiosqlite's.

SQLite's calls block, for as long as the disk or another process takes, so they leave the event loop.
aiosqlite hands each statement to the thread by itself; here a piece of work, as a transaction, is
handed over in one go. Between its statements it would else wait for the event loop, and everything
behind it too.

Work in a thread can't be overtaken, so only a few pieces are handed over ahead: enough that the
thread has work while the event loop is busy. What was handed over is carried out as a group, by the
first of it that the thread comes to. The others wait in the line. Work whose caller is cancelled, or
that comes too late to be of use, is left out if it has not begun. Work that has begun is carried out: SQLite can't be stopped in the
middle of a commit. Its caller does not wait for it: a disk that hangs would keep a stop waiting too.
"""

import asyncio
import operator
import sqlite3
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias, TypeVar

import aiosqlite

from db.engines.line import Line
from db.engines.work import Work, carry_out_next
from db.errors import StoreFailed

Result = TypeVar("Result")

_AHEAD = 16  # pieces of work a connection
# Seconds for a thread whose disk does not answer; the process is about to end anyway.
_SHUTDOWN_TIMEOUT = 1.0

Carrier: TypeAlias = Callable[[sqlite3.Connection, deque[Work]], None]

_waiting: Callable[["_Connection"], int] = operator.attrgetter("waiting")


class _Connection(aiosqlite.Connection):
    """aiosqlite's connection, whose thread carries out any work."""

    def __init__(self, connection: sqlite3.Connection, carry_out: Carrier) -> None:
        super().__init__(lambda: connection, iter_chunk_size=64)
        self._carry_out = carry_out
        self._handed_over: deque[Work] = deque()
        # A disk that hangs must not keep the process from its end.
        self._thread.daemon = True
        self.waiting = 0

    def hand_over(self, work: Work) -> Awaitable[object]:
        """Have the thread carry out *work*, and return its outcome for one who awaits it."""
        self._handed_over.append(work)
        outcome: Awaitable[object] = self._execute(self._outcome, work)  # type: ignore[no-untyped-call]
        return outcome

    def _outcome(self, work: Work) -> object:
        """Return the outcome of *work*, in the thread; it may have been carried out with another."""
        if not work.is_over:
            self._carry_out(self._conn, self._handed_over)
        return work.outcome()


class Connections:
    """One or several connections, which take their work from one line."""

    def __init__(self, connections: Sequence[_Connection]) -> None:
        self._connections = connections
        self._line = Line(_AHEAD * len(connections))
        self._is_open = True

    async def run(
        self,
        do: Callable[[sqlite3.Connection], Result],
        *,
        is_transaction: bool = False,
        urgent: bool = False,
        is_late: Callable[[], bool] | None = None,
    ) -> Result:
        """Return what *do* makes of one of the connections.

        Raises:
            NotBegun: It was not begun before *is_late*, which is asked in the thread, was true.
            StoreFailed: They are closed.
        """
        work = Work(do, is_transaction=is_transaction, is_late=is_late)
        async with self._line.place(urgent=urgent):
            if not self._is_open:
                raise StoreFailed("The database is closed.")
            least_busy = min(self._connections, key=_waiting)
            least_busy.waiting += 1
            try:
                result: Result = await least_busy.hand_over(work)  # type: ignore[assignment]
                return result
            finally:
                work.is_wanted = False
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


async def start(
    connections: Sequence[sqlite3.Connection], carry_out: Carrier = carry_out_next
) -> Connections:
    """Start a thread for each of these open connections."""
    started = [_Connection(connection, carry_out) for connection in connections]
    for connection in started:
        await connection
    return Connections(started)
