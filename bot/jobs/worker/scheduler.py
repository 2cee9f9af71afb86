"""When each job is looked at: one heap of due times for all of them. Decides nothing else."""

import asyncio
import dataclasses
import functools
import heapq
import itertools
import logging
import random
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from bot.background import in_background, repeat_forever
from bot.jobs.recorder import NotOwned, StaleJob
from bot.jobs.worker.batching import BatchPlan
from bot.jobs.worker.poll_intervals import backoff
from bot.jobs.worker.retry_later import RetryLater
from bot.jobs.worker.tracker import Tracker
from bot.modelhunter import Task

log = logging.getLogger(__name__)

_Result = TypeVar("_Result")

# From this many due at once, a page of the list is cheaper than a question for each.
_BATCH_FROM = 5
# Jobs due within this many seconds are looked at together.
_SLACK = 0.25
# One job's 429 holds the others up for this long at most; each then meets its own.
_LONGEST_PAUSE = 60.0
# Who was overtaken looks again at once, but lets the other one finish.
_AGAIN = 0.1
# How long steps in flight may take to come to their end when the process stops.
_SHUTDOWN_TIMEOUT = 3.0


@dataclasses.dataclass(slots=True, kw_only=True)
class _Batch:
    """Jobs that are due together, and what is asked once for all of them."""

    job_ids: list[int]
    plan: asyncio.Task[BatchPlan]
    listing: asyncio.Task[Mapping[int, Task]] | None = None


class Scheduler:
    """Own the due times and the steps in flight: one step per job at a time."""

    def __init__(
        self, tracker: Tracker, *, clock: Callable[[], float], randomness: random.Random
    ) -> None:
        self._tracker = tracker
        self._clock = clock
        self._randomness = randomness
        self._heap: list[tuple[float, int, int]] = []
        self._order = itertools.count()
        self._due: dict[int, float] = {}
        self._failures: dict[int, int] = {}
        self._in_flight: dict[int, asyncio.Task[float | None]] = {}
        self._shared: set[asyncio.Task[Any]] = set()
        self._again: set[int] = set()
        self._paused_until = 0.0
        self._changed = asyncio.Event()

    def __repr__(self) -> str:
        return f"<Scheduler {len(self._due)} waiting, {len(self._in_flight)} in flight>"

    def wake(self, job_id: int) -> None:
        """Look at the job now, or right after the step that is in flight."""
        if job_id in self._in_flight:
            self._again.add(job_id)
        else:
            self._put(job_id, self._clock())

    def schedule_many(self, job_ids: Iterable[int]) -> None:
        """Look at many jobs soon, spread over a second, as after a start."""
        for job_id in job_ids:
            if job_id in self._in_flight:
                # Claimed anew while its step works under the old fence, which will find it gone.
                self._again.add(job_id)
            else:
                self._put(job_id, self._clock() + self._randomness.random())

    def ensure_scheduled(self, job_ids: Iterable[int]) -> None:
        """Look at those of the jobs that are neither waiting nor in flight: a net below the rest."""
        for job_id in job_ids:
            if job_id not in self._due and job_id not in self._in_flight:
                self._put(job_id, self._clock())

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Keep looking at jobs until the block is left; steps in flight then get a few seconds."""
        try:
            async with in_background(repeat_forever(self._turn), name="schedule"):
                yield
        finally:
            await self._shut_down()

    async def _turn(self) -> float:
        await self._wait()
        self._start(self._take_due())
        return 0.0

    async def _wait(self) -> None:
        self._changed.clear()
        try:
            async with asyncio.timeout(self._next_delay()):
                await self._changed.wait()
        except TimeoutError:
            return

    def _next_delay(self) -> float | None:
        """Return the seconds until the next job is due, None when none is waiting."""
        while self._heap and not self._is_current(self._heap[0]):
            heapq.heappop(self._heap)
        if not self._heap:
            return None
        return max(0.0, self._heap[0][0] - self._clock())

    def _take_due(self) -> list[int]:
        now = self._clock()
        taken: list[int] = []
        while self._heap and self._heap[0][0] <= now + _SLACK:
            entry = heapq.heappop(self._heap)
            if self._is_current(entry):
                del self._due[entry[2]]
                taken.append(entry[2])
        return taken

    def _is_current(self, entry: tuple[float, int, int]) -> bool:
        return self._due.get(entry[2]) == entry[0]

    def _put(self, job_id: int, due: float) -> None:
        self._due[job_id] = due
        heapq.heappush(self._heap, (due, next(self._order), job_id))
        self._changed.set()

    def _start(self, job_ids: list[int]) -> None:
        batch: _Batch | None = None
        if len(job_ids) >= _BATCH_FROM or (job_ids and self._pause() > 0):
            plan = self._share(self._tracker.plan(job_ids), "needs of jobs")
            batch = _Batch(job_ids=job_ids, plan=plan)
        for job_id in job_ids:
            step = asyncio.create_task(self._step(job_id, batch), name=f"step of job {job_id}")
            self._in_flight[job_id] = step
            step.add_done_callback(functools.partial(self._finished, job_id))

    def _share(self, work: Coroutine[Any, Any, _Result], name: str) -> asyncio.Task[_Result]:
        task = asyncio.create_task(work, name=name)
        self._shared.add(task)
        task.add_done_callback(self._shared.discard)
        return task

    def _finished(self, job_id: int, step: asyncio.Task[float | None]) -> None:
        """Put the job back only now, so that it never has two steps in flight."""
        del self._in_flight[job_id]
        delay = None if step.cancelled() else step.result()
        if job_id in self._again:
            self._again.discard(job_id)
            delay = 0.0
        if delay is not None:
            self._put(job_id, self._clock() + delay)
        else:
            self._failures.pop(job_id, None)

    async def _step(self, job_id: int, batch: _Batch | None) -> float | None:
        """Take one step and return the seconds until the next, None at the end."""
        try:
            if batch and self._pause() > 0 and job_id in (await asyncio.shield(batch.plan)).api:
                return self._pause()
            listed = await self._listed(job_id, batch) if batch else None
            delay = await self._tracker.step(job_id, listed)
        except RetryLater as later:
            return self._back_off(job_id, later)
        except StaleJob:
            return _AGAIN
        except NotOwned:
            log.info("job %d: is not ours any more", job_id)
            return None
        except Exception:  # the border of one job: its trouble must not become another's
            log.exception("job %d: a step failed", job_id)
            return self._back_off(job_id, RetryLater())
        self._failures.pop(job_id, None)
        return delay

    async def _listed(self, job_id: int, batch: _Batch) -> Task | None:
        """Return what the list says of the job; who needs none does not wait for it."""
        listed = (await asyncio.shield(batch.plan)).listed
        if job_id not in listed:
            return None
        if batch.listing is None:
            young = [each for each in batch.job_ids if each in listed]
            batch.listing = self._share(self._tracker.list_tasks(young), "task list")
        return (await asyncio.shield(batch.listing)).get(job_id)

    def _pause(self) -> float:
        """Return for how many more seconds the API wants to be left in peace; 0 if it does not."""
        return max(0.0, self._paused_until - self._clock())

    def _back_off(self, job_id: int, later: RetryLater) -> float:
        failures = self._failures.get(job_id, 0)
        self._failures[job_id] = failures + 1
        delay = backoff(failures, self._randomness, later.retry_after)
        if later.slows_all:
            self._paused_until = max(self._paused_until, self._clock() + min(delay, _LONGEST_PAUSE))
        return delay

    async def _shut_down(self) -> None:
        steps = list(self._in_flight.values())
        if not steps:
            return
        await asyncio.wait(steps, timeout=_SHUTDOWN_TIMEOUT)
        slow = [*self._in_flight.values(), *self._shared]
        for task in slow:
            task.cancel()
        await asyncio.gather(*slow, return_exceptions=True)
