"""Scheduler: takes the jobs that are due, runs one step of each, and says when they are due again.

Jobs that are due together form a batch, whose questions to the API are shared: one reading of the
task list instead of a GET for each. What a step does is the tracker's to decide.
"""

import asyncio
import dataclasses
import functools
import logging
import random
from collections.abc import AsyncGenerator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from bot.background import in_background, repeat_forever
from bot.jobs.due_times import DueTimes
from bot.jobs.errors import NotOwned, StaleJob
from bot.jobs.worker.batching import BatchPlan
from bot.jobs.worker.poll_intervals import backoff
from bot.jobs.worker.retry_later import RetryLater
from bot.jobs.worker.tracker import Tracker
from bot.modelhunter import Task

log = logging.getLogger(__name__)

_Result = TypeVar("_Result")

# From this many due at once, a page of the list is cheaper than a GET for each.
_BATCH_FROM = 5
# A 429 of one job pauses the others for this many seconds at most; each then meets its own.
_LONGEST_PAUSE = 60.0
# A step whose job changed underneath is repeated after this many seconds, when the other is done.
_STALE_DELAY = 0.1
# Seconds that steps in flight have to finish when the process stops.
_SHUTDOWN_TIMEOUT = 3.0


@dataclasses.dataclass(slots=True, kw_only=True)
class _Batch:
    """Jobs that are due together, and what the API is asked once for all of them."""

    job_ids: list[int]
    plan: asyncio.Task[BatchPlan]
    listing: asyncio.Task[Mapping[int, Task]] | None = None


class Scheduler:
    """Loop over due times that owns the steps in flight: one step per job at a time."""

    def __init__(
        self,
        tracker: Tracker,
        due_times: DueTimes,
        *,
        monotonic: Callable[[], float],
        randomness: random.Random,
    ) -> None:
        self._tracker = tracker
        self._due_times = due_times
        self._monotonic = monotonic
        self._randomness = randomness
        self._failures: dict[int, int] = {}
        self._steps: dict[int, asyncio.Task[float | None]] = {}
        self._shared: set[asyncio.Task[Any]] = set()
        self._paused_until = 0.0

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Run steps until the block is left; those in flight then get a few seconds."""
        try:
            async with in_background(repeat_forever(self._turn), name="scheduler"):
                yield
        finally:
            await self._shut_down()

    async def _turn(self) -> float:
        await self._due_times.wait()
        self._start(self._due_times.take_due())
        return 0.0

    def _start(self, job_ids: list[int]) -> None:
        batch: _Batch | None = None
        if len(job_ids) >= _BATCH_FROM or (job_ids and self._pause() > 0):
            plan = self._share(self._tracker.plan(job_ids), "batch plan")
            batch = _Batch(job_ids=job_ids, plan=plan)
        for job_id in job_ids:
            step = asyncio.create_task(self._step(job_id, batch), name=f"step of job {job_id}")
            self._steps[job_id] = step
            step.add_done_callback(functools.partial(self._finished, job_id))

    def _share(self, work: Coroutine[Any, Any, _Result], name: str) -> asyncio.Task[_Result]:
        task = asyncio.create_task(work, name=name)
        self._shared.add(task)
        task.add_done_callback(self._shared.discard)
        return task

    def _finished(self, job_id: int, step: asyncio.Task[float | None]) -> None:
        """Put the job back only now, so that it never has two steps in flight."""
        del self._steps[job_id]
        # Released however the step ended: a job left in flight would never be looked at again.
        has_ended = step.cancelled() or step.exception() is not None
        if not self._due_times.release(job_id, None if has_ended else step.result()):
            self._failures.pop(job_id, None)

    async def _step(self, job_id: int, batch: _Batch | None) -> float | None:
        """Run one step and return the seconds until the next, None at the end of the job."""
        try:
            if batch and self._pause() > 0 and job_id in (await self._plan(batch)).api:
                return self._pause()
            listed = await self._listed(job_id, batch) if batch else None
            delay = await self._tracker.step(job_id, listed)
        except RetryLater as later:
            return self._back_off(job_id, later)
        except StaleJob:
            return _STALE_DELAY
        except NotOwned:
            log.info("job %d: is not ours any more", job_id)
            return None
        except Exception:  # the border of one job: its failure must not become another's
            log.exception("job %d: a step failed", job_id)
            return self._back_off(job_id, RetryLater())
        self._failures.pop(job_id, None)
        return delay

    async def _listed(self, job_id: int, batch: _Batch) -> Task | None:
        """Return the job's task as the list has it; a job that needs no list does not wait for it."""
        listed = (await self._plan(batch)).listed
        if job_id not in listed:
            return None
        if batch.listing is None:
            young = [each for each in batch.job_ids if each in listed]
            batch.listing = self._share(self._tracker.list_tasks(young), "task list")
        try:
            return (await asyncio.shield(batch.listing)).get(job_id)
        except RetryLater:
            raise
        except Exception as error:  # what is shared must not fail each of those who share it
            log.warning("the task list can't be read: %r", error)
            return None

    async def _plan(self, batch: _Batch) -> BatchPlan:
        """Return the plan of the batch; if it failed, each of its jobs is looked at alone."""
        try:
            return await asyncio.shield(batch.plan)
        except Exception as error:  # as above
            log.warning("%d jobs can't be looked at together: %r", len(batch.job_ids), error)
            return BatchPlan(api=frozenset(batch.job_ids), listed=frozenset())

    def _pause(self) -> float:
        """Return for how many more seconds the API asked for no requests; 0 if it did not."""
        return max(0.0, self._paused_until - self._monotonic())

    def _back_off(self, job_id: int, later: RetryLater) -> float:
        failures = self._failures.get(job_id, 0)
        self._failures[job_id] = failures + 1
        delay = backoff(failures, self._randomness, later.retry_after)
        if later.slows_all:
            self._paused_until = max(
                self._paused_until, self._monotonic() + min(delay, _LONGEST_PAUSE)
            )
        return delay

    async def _shut_down(self) -> None:
        steps = list(self._steps.values())
        if not steps:
            return
        await asyncio.wait(steps, timeout=_SHUTDOWN_TIMEOUT)
        slow = [*self._steps.values(), *self._shared]
        for task in slow:
            task.cancel()
        await asyncio.gather(*slow, return_exceptions=True)
