"""Answers first: work that can wait gives way while users wait for answers on a busy event loop.

Discord takes an answer to an interaction within three seconds (Discord docs: Receiving and
Responding), and nothing else is as short of time. An event loop serves all that is ready in turn, so
that in a burst of commands the creates and edits of the first would hold up the answers to the last.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

# Seconds after which an answer is not awaited any more, as Discord would not take it.
_LATEST = 3.0
# Seconds for which work gives way at the most, whatever is awaited.
_LONGEST = 2.0
# Seconds between two looks, and by how much later a look comes while the loop is busy.
_INTERVAL = 0.02
_BUSY = 0.01


class AnswersFirst:
    """The answers that users wait for, to which other work gives way."""

    def __init__(
        self,
        *,
        monotonic: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._monotonic = monotonic
        self._sleep = sleep
        # Each with the time at which it was asked for, the oldest first.
        self._awaited: deque[tuple[float, Callable[[], bool]]] = deque()
        self._in_order = asyncio.Lock()
        self._calm_until = 0.0  # the loop was not busy at the last look

    def expect(self, is_given: Callable[[], bool]) -> None:
        """Take note that a user waits for an answer, until it *is_given*."""
        self._is_any_awaited()
        self._awaited.append((self._monotonic(), is_given))

    async def give_way(self) -> None:
        """Wait while an answer is awaited and the event loop is busy, for two seconds at the most.

        An answer that waits for Discord keeps nothing up: the loop is not busy then. Those who give
        way go on in the order in which they came.
        """
        begun = self._monotonic()
        async with self._in_order:
            while self._is_any_awaited():
                before = self._monotonic()
                if before < self._calm_until or before - begun >= _LONGEST:
                    return
                await self._sleep(_INTERVAL)
                now = self._monotonic()
                if now - before < _INTERVAL + _BUSY:
                    self._calm_until = now + _INTERVAL

    def _is_any_awaited(self) -> bool:
        """Whether the oldest answer is still awaited, once those that were given are dropped."""
        latest = self._monotonic() - _LATEST
        while self._awaited:
            asked_at, is_given = self._awaited[0]
            if asked_at > latest and not is_given():
                return True
            self._awaited.popleft()
        return False
