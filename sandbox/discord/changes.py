"""Changes: lets tests and pages wait until the model is in a wanted state."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class Changes:
    """Wakes all coroutines that wait for a change of the model."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()
        self.count = 0

    def announce(self) -> None:
        """Announce that something may have changed."""
        self.count += 1
        for future in self._waiting:
            if not future.done():
                future.set_result(None)
        self._waiting.clear()

    async def until(self, find: Callable[[], T | None], timeout: float, what: str) -> T:
        """Return the first truthy answer of *find*, asked again after each change.

        Raises:
            TimeoutError: *timeout* seconds passed without one; names *what* was waited for.
        """
        try:
            async with asyncio.timeout(timeout):
                while not (found := find()):
                    await self._next()
        except TimeoutError:
            raise TimeoutError(f"waited {timeout:g} s for {what}") from None
        return found

    async def after(self, count: int) -> None:
        """Wait until there have been more changes than *count*."""
        while self.count <= count:
            await self._next()

    async def _next(self) -> None:
        future = asyncio.get_running_loop().create_future()
        self._waiting.add(future)
        try:
            await future
        finally:
            self._waiting.discard(future)
