"""Lanes: limits on how much is done at once, which one user's or channel's share can't fill.

A lane has places for whoever comes first, and a few more in reserve, which are given only to a key
that holds next to nothing. So one requester's hanging calls may take every ordinary place, and the
next requester does not wait for them.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Hashable
from contextlib import asynccontextmanager

# Places that a key may hold and still be given one of the reserve.
_FEW = 2


class Lane:
    """Places of one kind of work; those who wait are served in order, as far as they may be."""

    def __init__(self, places: int, *, reserve: int) -> None:
        self._places = places
        self._all = places + reserve
        self._held: Counter[Hashable] = Counter()
        self._taken = 0
        self._waiting: list[tuple[Hashable, asyncio.Future[None]]] = []

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
        self._waiting.append((key, waiter))
        try:
            await waiter
        except asyncio.CancelledError:
            if waiter.cancelled() or not waiter.done():
                self._waiting.remove((key, waiter))
            else:  # it was given a place in the same moment
                self._release(key)
            raise

    def has_place_for(self, key: Hashable) -> bool:
        """Return whether *key* would not have to wait."""
        if self._taken < self._places:
            return True
        return self._taken < self._all and self._held[key] < _FEW

    def _give(self, key: Hashable) -> None:
        self._taken += 1
        self._held[key] += 1

    def _release(self, key: Hashable) -> None:
        self._taken -= 1
        self._held[key] -= 1
        if not self._held[key]:
            del self._held[key]
        self._serve()

    def _serve(self) -> None:
        """Give free places to those who wait, in order, passing over who may not have one."""
        for waiting in tuple(self._waiting):
            key, waiter = waiting
            if waiter.done() or not self.has_place_for(key):
                continue
            self._waiting.remove(waiting)
            self._give(key)
            waiter.set_result(None)
