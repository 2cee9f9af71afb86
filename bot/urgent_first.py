"""Urgent first: on a busy event loop, work that can wait gives way to what is awaited.

An event loop serves all that is ready in turn, so that in a burst of commands the creates and edits
of the first would hold up the answers to the last. Discord takes an answer to an interaction within
three seconds (Discord docs: Receiving and Responding), and nothing else is as short of time: answers go
before all else. Creates go before progress and reactions, as a task that is created later ends later.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

# Seconds between two looks, and by how much later a look comes while the loop is busy.
_INTERVAL = 0.02
_BUSY = 0.01


class UrgentFirst:
    """Work that is awaited, such as answers, to which other work gives way.

    What gives way to it also gives way to *before*, which goes first of all. It does so for *longest*
    seconds at the most, and nothing is awaited for more than *awaited_for* seconds. The defaults are
    those of answers, of which Discord takes none after three seconds.
    """

    def __init__(
        self,
        *,
        monotonic: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        before: "UrgentFirst | None" = None,
        longest: float = 2.0,
        awaited_for: float = 3.0,
    ) -> None:
        self._before = before
        self._longest = longest
        self._awaited_for = awaited_for
        self._monotonic = monotonic
        self._sleep = sleep
        # Each with the time since which it is awaited, the oldest first.
        self._awaited: deque[tuple[float, Callable[[], bool]]] = deque()
        self._in_order = asyncio.Lock()
        self._calm_until = 0.0  # the loop was not busy at the last look

    def expect(self, is_done: Callable[[], bool]) -> None:
        """Take note of work that is awaited until it *is_done*."""
        self._is_any_awaited()
        self._awaited.append((self._monotonic(), is_done))

    async def give_way(self) -> None:
        """Wait while work is awaited and the event loop is busy, for the longest time at the most.

        Work that waits for another computer keeps nothing up: the loop is not busy then. Those who
        give way go on in the order in which they came.
        """
        if self._before is not None:
            await self._before.give_way()
        begun = self._monotonic()
        async with self._in_order:
            while self._is_any_awaited():
                before = self._monotonic()
                if before < self._calm_until or before - begun >= self._longest:
                    return
                await self._sleep(_INTERVAL)
                now = self._monotonic()
                if now - before < _INTERVAL + _BUSY:
                    self._calm_until = now + _INTERVAL

    def _is_any_awaited(self) -> bool:
        """Whether the oldest is still awaited, once those that are done are dropped."""
        latest = self._monotonic() - self._awaited_for
        while self._awaited:
            begun_at, is_done = self._awaited[0]
            if begun_at > latest and not is_done():
                return True
            self._awaited.popleft()
        return False
