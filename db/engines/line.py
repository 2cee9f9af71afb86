"""Line: who may use a connection next.

What a user waits for is urgent and goes first. Of nine in a row one is of the background, so that
commands that keep coming never stop the jobs that run.
"""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

_URGENT_IN_A_ROW = 8


class Line:
    """A number of places, and two lines of those who wait for one."""

    def __init__(self, places: int) -> None:
        self._free = places
        self._urgent: deque[asyncio.Future[None]] = deque()
        self._background: deque[asyncio.Future[None]] = deque()
        self._in_a_row = 0

    @asynccontextmanager
    async def place(self, *, urgent: bool) -> AsyncGenerator[None]:
        """Hold a place until the block is left."""
        await self._take(urgent=urgent)
        try:
            yield
        finally:
            self._give_back()

    async def _take(self, *, urgent: bool) -> None:
        if self._free:
            self._free -= 1
            return
        waiter = asyncio.get_running_loop().create_future()
        (self._urgent if urgent else self._background).append(waiter)
        try:
            await waiter
        except asyncio.CancelledError:
            if not waiter.cancelled():  # it was given a place in the same moment
                self._give_back()
            raise

    def _give_back(self) -> None:
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
