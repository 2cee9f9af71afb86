"""Connection thread: carries out work on a connection of its own, one piece after the other.

SQLite's calls block, for as long as the disk or another process takes, so they leave the event loop.
A piece of work is done in one go: a transaction that were handed to and fro for each statement would
wait for the event loop between them, and everything else in the line with it.

Work whose caller is cancelled is left out if it has not begun. Work that has begun is carried out:
SQLite can't be stopped in the middle of a commit, and half a transaction would be left to the next
one in the line. Its caller does not wait for it: a disk that hangs would keep a stop waiting too.
"""

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable, Sequence
from threading import Thread
from typing import Any, TypeVar

from db.engines.line import Line
from db.errors import StoreFailed

Result = TypeVar("Result")

# Seconds for a thread whose disk does not answer; the process is about to end anyway.
_SHUTDOWN_TIMEOUT = 1.0


class _Work:
    """Piece of work, and who waits for it."""

    __slots__ = ("_do", "_loop", "result")

    def __init__(self, do: Callable[[sqlite3.Connection], Any]) -> None:
        self._do = do
        self._loop = asyncio.get_running_loop()
        self.result: asyncio.Future[Any] = self._loop.create_future()

    def run(self, connection: sqlite3.Connection) -> None:
        """Carry it out and report what comes of it, in the thread."""
        if self.result.cancelled():
            return
        try:
            answer = self._do(connection)
        except BaseException as error:
            self._report(_fail, error)
        else:
            self._report(_succeed, answer)

    def _report(self, how: Callable[[asyncio.Future[Any], Any], None], what: object) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed, so no caller is left
            self._loop.call_soon_threadsafe(how, self.result, what)


def _succeed(result: asyncio.Future[Any], answer: object) -> None:
    if not result.done():
        result.set_result(answer)


def _fail(result: asyncio.Future[Any], error: BaseException) -> None:
    if not result.done():
        result.set_exception(error)


class ConnectionThreads:
    """Threads with a connection each, which take their work from one line."""

    def __init__(self, connections: Sequence[sqlite3.Connection], *, name: str) -> None:
        self._line: Line[_Work | None] = Line()
        self._is_open = True
        self._threads = [
            # A disk that hangs must not keep the process from its end.
            Thread(target=self._work, args=(connection,), name=name, daemon=True)
            for connection in connections
        ]
        for thread in self._threads:
            thread.start()

    async def run(
        self, do: Callable[[sqlite3.Connection], Result], *, urgent: bool = False
    ) -> Result:
        """Return what *do* makes of the connection of one of the threads.

        Raises:
            StoreFailed: The threads have ended.
        """
        if not self._is_open:
            raise StoreFailed("The database is closed.")
        work = _Work(do)
        self._line.put(work, urgent=urgent)
        result: Result = await work.result
        return result

    async def close(self) -> None:
        """Carry out what is in the line, close the connections and wait for the threads' end."""
        self._is_open = False
        for _ in self._threads:
            self._line.put(None)
        await asyncio.to_thread(self._join)

    def _join(self) -> None:
        for thread in self._threads:
            thread.join(_SHUTDOWN_TIMEOUT)

    def _work(self, connection: sqlite3.Connection) -> None:
        with contextlib.closing(connection):
            while (work := self._line.take()) is not None:
                work.run(connection)
                del work  # or its answer would be kept until the next
