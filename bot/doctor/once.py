"""Shared answers: a question that several checks have is asked one time."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

Answer = TypeVar("Answer")


class Once(Generic[Answer]):
    """Call that is made when its answer is first needed, and remembered.

    An error is not remembered: the next check that needs the answer asks again.
    """

    def __init__(self, ask: Callable[[], Awaitable[Answer]]) -> None:
        self._ask = ask
        self._answers: list[Answer] = []
        self._one_at_a_time = asyncio.Lock()

    async def __call__(self) -> Answer:
        """Return the answer; raises what the call raises."""
        async with self._one_at_a_time:
            if not self._answers:
                self._answers.append(await self._ask())
            return self._answers[0]

    @property
    def known(self) -> Answer | None:
        """The answer, if it was asked for and came."""
        return self._answers[0] if self._answers else None
