"""Hints elsewhere: marks jobs of other processes as woken, whose webhooks this process has got.

Several processes may share one database and one public address, and a webhook reaches any of them. The
owner of the job looks for the mark every second. That costs a statement, for tasks that may be no
job's at all; so there are at most a few of them a second, and only while other processes own jobs. A
hint that finds no place is dropped: the job is polled all the same.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Protocol

from bot.background import in_background, repeat_forever

log = logging.getLogger(__name__)

_MOST_WAITING = 100
_INTERVAL = 0.1  # seconds between two statements


class WakeElsewhere(Protocol):
    """The statement that marks a job as woken."""

    async def __call__(self, *, job_id: int | None, task_id: str | None) -> bool:
        """Mark the job with that task or id, if another process awaits its task; return whether."""


class HintsElsewhere:
    """Hints about jobs that this process does not await, a few at a time."""

    def __init__(
        self,
        wake: WakeElsewhere,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._wake = wake
        self._sleep = sleep
        self._has_others = False
        self._waiting: dict[tuple[int | None, str | None], None] = {}  # a set in order of time
        self._changed = asyncio.Event()

    def processes_counted(self, count: int) -> None:
        """Take note of how many processes own jobs, this one included."""
        self._has_others = count > 1

    def hinted(self, *, job_id: int | None, task_id: str | None) -> None:
        """Have the job marked soon, if it can be another process's and there is a place."""
        if self._has_others and len(self._waiting) < _MOST_WAITING:
            self._waiting[job_id, task_id] = None
            self._changed.set()

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Mark jobs until the block is left."""
        async with in_background(repeat_forever(self._turn), name="hints elsewhere"):
            yield

    async def _turn(self) -> float:
        await self._changed.wait()
        if not self._waiting:
            self._changed.clear()
            return 0.0
        job_id, task_id = next(iter(self._waiting))
        del self._waiting[job_id, task_id]
        if await self._wake(job_id=job_id, task_id=task_id):
            log.debug("a webhook was about a job of another process")
        await self._sleep(_INTERVAL)
        return 0.0
