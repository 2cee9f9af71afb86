"""Lanes: limits on how much is done at once, which one user's or channel's share can't fill.

A lane has places for whoever comes first, and a few more in reserve, which are given only to a key
that holds next to nothing. So one requester's hanging calls may take every ordinary place, and the
next requester does not wait for them. Those who wait are served by turns, one of each key, and keys
that hold next to nothing go first. However many wait, giving a place costs the same.
"""

import asyncio
from collections import Counter, deque
from collections.abc import AsyncGenerator, Hashable
from contextlib import asynccontextmanager

# Places that a key may hold and still be given one of the reserve.
_FEW = 2


class Lane:
    """Places of one kind of work: *places* for all, and a *reserve* for keys that hold less than *few*."""

    def __init__(self, places: int, *, reserve: int, few: int = _FEW) -> None:
        self._places = places
        self._all = places + reserve
        self._enough = few
        self._held: Counter[Hashable] = Counter()
        self._taken = 0
        self._waiting: dict[Hashable, deque[asyncio.Future[None]]] = {}
        # The keys that wait, in the order in which they are served.
        self._with_few: dict[Hashable, None] = {}
        self._with_enough: dict[Hashable, None] = {}

    @asynccontextmanager
    async def place(self, key: Hashable) -> AsyncGenerator[None]:
        """Hold a place for *key* until the block is left."""
        await self._take(key)
        try:
            yield
        finally:
            self._release(key)

    async def _take(self, key: Hashable) -> None:
        if self.has_place_for(key):
            self._give(key)
            return
        waiter = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(key, deque()).append(waiter)
        self._line_up(key)
        try:
            await waiter
        except asyncio.CancelledError:
            if not waiter.cancelled():  # it was given a place in the same moment
                self._release(key)
            raise

    def has_place_for(self, key: Hashable) -> bool:
        """Return whether *key* would not have to wait."""
        if self._taken < self._places:
            return True
        return self._taken < self._all and self._held[key] < self._enough

    def _give(self, key: Hashable) -> None:
        self._taken += 1
        self._held[key] += 1

    def _release(self, key: Hashable) -> None:
        self._taken -= 1
        self._held[key] -= 1
        if not self._held[key]:
            del self._held[key]
        if key in self._with_enough and self._held[key] < self._enough:
            del self._with_enough[key]
            self._line_up(key)
        self._serve()

    def _line_up(self, key: Hashable) -> None:
        """Put a key that waits behind those that hold as much, unless it is there already."""
        if key not in self._with_few and key not in self._with_enough:
            line = self._with_few if self._held[key] < self._enough else self._with_enough
            line[key] = None

    def _serve(self) -> None:
        """Give free places to those who wait."""
        while (line := self._line_to_serve()) is not None:
            key = next(iter(line))
            del line[key]
            if (waiter := self._next_waiter(key)) is not None:
                self._give(key)
                waiter.set_result(None)
            if key in self._waiting:
                self._line_up(key)

    def _line_to_serve(self) -> dict[Hashable, None] | None:
        if self._with_few and self._taken < self._all:
            return self._with_few
        return self._with_enough if self._with_enough and self._taken < self._places else None

    def _next_waiter(self, key: Hashable) -> asyncio.Future[None] | None:
        """Return the next of *key* that still waits, taken out; those that were cancelled go too."""
        waiting = self._waiting[key]
        while waiting:
            waiter = waiting.popleft()
            if not waiting:
                del self._waiting[key]
            if not waiter.done():
                return waiter
        return None
