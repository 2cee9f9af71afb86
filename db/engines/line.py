"""Line: who may use a connection next.

What a user waits for is urgent and goes first. Of nine in a row one is of the background, so that
commands that keep coming never stop the jobs that run.
"""

import asyncio
from collections import deque
from types import TracebackType

_URGENT_IN_A_ROW = 8


class Line:
    """A number of places, and two lines of those who wait for one."""

    def __init__(self, places: int) -> None:
        self._free = places
        self._urgent: deque[asyncio.Future[None]] = deque()
        self._background: deque[asyncio.Future[None]] = deque()
        self._in_a_row = 0

    def place(self, *, urgent: bool) -> "Place":
        """Return what waits for a place and holds it, in an `async with`."""
        return Place(self, urgent=urgent)

    async def take(self, *, urgent: bool) -> None:
        """Wait for a place and take it."""
        if self._free:
            self._free -= 1
            return
        waiter = asyncio.get_running_loop().create_future()
        (self._urgent if urgent else self._background).append(waiter)
        try:
            await waiter
        except asyncio.CancelledError:
            if not waiter.cancelled():  # it was given a place in the same moment
                self.give_back()
            raise

    def give_back(self) -> None:
        """Give a place to the next in line."""
        while (waiter := self._next()) is not None:
            if not waiter.done():
                waiter.set_result(None)
                return
        self._free += 1

    def _next(self) -> asyncio.Future[None] | None:
        if self._urgent and (not self._background or self._in_a_row < _URGENT_IN_A_ROW):
            self._in_a_row += 1
            return self._urgent.popleft()
        self._in_a_row = 0
        return self._background.popleft() if self._background else None


class Place:
    """A place in a line, held until the block is left.

    Each statement takes one, for which a generator as a context manager takes as long as the rest
    of the way to the thread.
    """

    __slots__ = ("_line", "_urgent")

    def __init__(self, line: Line, *, urgent: bool) -> None:
        self._line = line
        self._urgent = urgent

    async def __aenter__(self) -> None:
        await self._line.take(urgent=self._urgent)

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._line.give_back()
