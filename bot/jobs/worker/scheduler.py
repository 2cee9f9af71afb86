"""Scheduler: takes the jobs that are due, runs one step of each, and says when they are due again.

Jobs whose tasks go on are followed together on ticks (`task_ticks`) and take no step until something
has changed. What a step does is the tracker's to decide.
"""

import asyncio
import functools
import logging
import random
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from bot.background import in_background, repeat_forever
from bot.jobs.due_times import DueTimes
from bot.jobs.errors import LookGivenUp, NotOwned, StaleJob
from bot.jobs.looks import Looks
from bot.jobs.owned_jobs import OwnedJobs
from bot.jobs.worker.api_pause import ApiPause
from bot.jobs.worker.poll_intervals import backoff
from bot.jobs.worker.retry_later import RetryLater
from bot.jobs.worker.step_lanes import asks_api
from bot.jobs.worker.task_ticks import TaskTicks
from bot.jobs.worker.tracker import Tracker
from bot.monitoring.log_context import about_job

log = logging.getLogger(__name__)

# A step whose job changed underneath is repeated after this many seconds, when the other is done.
_STALE_DELAY = 0.1
# Seconds that steps in flight have to finish when the process stops.
_SHUTDOWN_TIMEOUT = 3.0


class Scheduler:
    """Loop over due times that owns the steps in flight: one step per job at a time."""

    def __init__(
        self,
        tracker: Tracker,
        due_times: DueTimes,
        ticks: TaskTicks,
        owned: OwnedJobs,
        pause: ApiPause,
        looks: Looks,
        *,
        randomness: random.Random,
    ) -> None:
        self._tracker = tracker
        self._due_times = due_times
        self._ticks = ticks
        self._owned = owned
        self._pause = pause
        self._looks = looks
        self._randomness = randomness
        self._failures: dict[int, int] = {}
        self._steps: dict[int, asyncio.Task[float | None]] = {}
        self._not_taken: set[int] = set()  # jobs whose step in flight could not be done

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Run steps until the block is left; those in flight then get a few seconds."""
        try:
            async with (
                in_background(repeat_forever(self._turn), name="scheduler"),
                self._ticks.running(),
            ):
                yield
        finally:
            await self._shut_down()

    async def _turn(self) -> float:
        await self._due_times.wait()
        for job_id in self._due_times.take_due():
            self._start(job_id)
        return 0.0

    def _start(self, job_id: int) -> None:
        """Begin the step of a job, unless it is followed on ticks or the API wants a pause."""
        job = self._owned.get(job_id)
        if job is not None:
            if not self._due_times.was_woken(job_id) and self._ticks.adopt(job):
                self._due_times.keep(job_id)
                return
            if asks_api(job) and (pause := self._pause.remaining()) > 0:
                # What the list showed is not stored, and is old after the pause.
                self._ticks.take_listed(job_id)
                self._ticks.step_ended(job_id, was_taken=False)
                self._due_times.release(job_id, pause)
                return
        step = asyncio.create_task(self._step(job_id), name=f"step of job {job_id}")
        self._steps[job_id] = step
        step.add_done_callback(functools.partial(self._finished, job_id))

    def _finished(self, job_id: int, step: asyncio.Task[float | None]) -> None:
        """Put the job back only now, so that it never has two steps in flight."""
        del self._steps[job_id]
        has_failed = step.cancelled() or step.exception() is not None
        was_taken = not has_failed and job_id not in self._not_taken
        self._not_taken.discard(job_id)
        self._ticks.step_ended(job_id, was_taken=was_taken)
        # Released however the step ended: a job left in flight would never be looked at again.
        delay = None if has_failed else step.result()
        job = self._owned.get(job_id)
        if was_taken and delay is not None and job is not None and self._ticks.adopt(job):
            self._due_times.keep(job_id)
            return
        if delay is None:
            self._ticks.drop(job_id)
        if not self._due_times.release(job_id, delay):
            self._failures.pop(job_id, None)

    async def _step(self, job_id: int) -> float | None:
        """Run one step and return the seconds until the next, None at the end of the job."""
        about_job(job_id)
        try:
            delay = await self._tracker.step(job_id, self._ticks.take_listed(job_id))
        except RetryLater as later:
            return self._back_off(job_id, later)
        except StaleJob:
            self._not_taken.add(job_id)
            return _STALE_DELAY
        except LookGivenUp:
            self._not_taken.add(job_id)
            return 0.0
        except NotOwned:
            log.info("job %d: is not ours any more", job_id)
            return None
        except Exception:  # the border of one job: its failure must not become another's
            log.exception("job %d: a step failed", job_id)
            return self._back_off(job_id, RetryLater())
        self._failures.pop(job_id, None)
        return delay

    def _back_off(self, job_id: int, later: RetryLater) -> float:
        self._not_taken.add(job_id)
        failures = self._failures.get(job_id, 0)
        self._failures[job_id] = failures + 1
        delay = backoff(failures, self._randomness, later.retry_after)
        if later.slows_all:
            self._pause.extend(delay)
        return delay

    async def _shut_down(self) -> None:
        self._looks.stop()
        steps = list(self._steps.values())
        if not steps:
            return
        await asyncio.wait(steps, timeout=_SHUTDOWN_TIMEOUT)
        slow = list(self._steps.values())
        for task in slow:
            task.cancel()
        await asyncio.gather(*slow, return_exceptions=True)
