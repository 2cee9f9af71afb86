"""Many jobs at once on one clock, each looked at when it is due, as the schedule does."""

import random
from collections.abc import Iterable

from bot.jobs.worker.poll_intervals import backoff
from bot.jobs.worker.retry_later import RetryLater
from tests.integration.jobs.process import Process

_SLACK = 0.25
_MOST_TURNS = 20_000


class ManyJobs:
    """Many jobs on one clock, which only moves to when the next one is due."""

    def __init__(self, process: Process, job_ids: Iterable[int]) -> None:
        self._process = process
        self._due = dict.fromkeys(job_ids, process.clock.now)
        self._failures: dict[int, int] = {}
        self._randomness = random.Random(3)

    async def run(self, until: float | None = None) -> None:
        """Go on until that time, in Unix seconds, or until nothing is left to do."""
        clock = self._process.clock
        for _ in range(_MOST_TURNS):
            if not self._due:
                return
            following = min(self._due.values())
            if until is not None and following > until:
                clock.now = until
                return
            clock.now = max(clock.now, following)
            await self._turn([it for it, due in self._due.items() if due <= clock.now + _SLACK])
        raise AssertionError(f"no end for {sorted(self._due)}")

    async def _turn(self, job_ids: list[int]) -> None:
        for job_id in job_ids:
            await self._step(job_id)

    async def _step(self, job_id: int) -> None:
        await self._process.check_api()
        try:
            delay = await self._process.tracker.step(job_id)
        except RetryLater as later:
            self._back_off(job_id, later)
            return
        self._failures.pop(job_id, None)
        if delay is None:
            del self._due[job_id]
        else:
            self._due[job_id] = self._process.clock.now + delay

    def _back_off(self, job_id: int, later: RetryLater) -> None:
        failures = self._failures.get(job_id, 0)
        self._failures[job_id] = failures + 1
        delay = backoff(failures, self._randomness, later.retry_after)
        self._due[job_id] = self._process.clock.now + delay
