"""Loop lag: how late the event loop comes to what is due, measured twice a second."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

from bot.background import in_background, repeat_forever

INTERVAL = 0.5  # seconds between two measurements


class LoopLag:
    """Background work that sleeps, and reports by how many seconds it was woken too late."""

    def __init__(self, observe: Callable[[float], None], *, monotonic: Callable[[], float]) -> None:
        self._observe = observe
        self._monotonic = monotonic
        self._due: float | None = None

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Keep measuring until the block is left."""
        async with in_background(repeat_forever(self.turn), name="loop lag"):
            yield

    async def turn(self) -> float:
        """Report how late this turn is, and return the seconds until the next."""
        now = self._monotonic()
        if self._due is not None:
            self._observe(max(0.0, now - self._due))
        self._due = now + INTERVAL
        return INTERVAL
