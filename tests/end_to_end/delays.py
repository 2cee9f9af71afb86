"""The time of Discord and the API, and delays of the API's answers."""

import asyncio
import contextlib
import time


class Delays:
    """The sandbox API's delays: each lasts its seconds, or until all of them are released."""

    def __init__(self) -> None:
        self._released = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        """Delay an answer of the API."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._released.wait()

    def release(self) -> None:
        """End every delay."""
        self._released.set()


class WorldClock:
    """The time of Discord and the API, which can be put forward."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        """Return the Unix seconds."""
        return time.time() + self.ahead
