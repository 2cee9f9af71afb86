"""Due times: when each job is looked at next, one heap for all jobs.

The state of the scheduler, apart from its loop: a command, a claimed lease or a step puts a due
time in, and the scheduler alone takes jobs out. A job is waiting, in flight or kept, and only one of
these, so that it has one step at a time. A kept job has no due time: it is looked at with all the
others that the next reading of the task list shows (`bot.jobs.worker.task_ticks`), until it is woken.
"""

import asyncio
import math
import random
from collections.abc import Callable, Collection, Iterable

from bot.due_heap import DueHeap
from bot.jobs.looks import Looks

# Jobs due within this many seconds are looked at together.
_SLACK = 0.25


class DueTimes:
    """Heap of due times, in seconds of a monotonic clock.

    A job that is put in again replaces its earlier entry.
    """

    def __init__(
        self,
        *,
        monotonic: Callable[[], float],
        randomness: random.Random,
        looks: Looks | None = None,
        taken: Callable[[float], None] = lambda _late: None,
    ) -> None:
        """*looks* are those of steps in flight, which give way to what wakes their jobs.

        *taken* is called with the seconds by which each job is taken too late.
        """
        self._monotonic = monotonic
        self._randomness = randomness
        self._due = DueHeap[int]()
        self._in_flight: set[int] = set()
        self._woken_in_flight: set[int] = set()
        self._wanted_by: dict[int, float] = {}  # of jobs in flight
        self._woken: set[int] = set()  # waiting or in flight because of it
        self._kept: set[int] = set()
        self._changed = asyncio.Event()
        self._looks = looks or Looks()
        self._taken = taken

    def __repr__(self) -> str:
        return (
            f"<DueTimes {len(self._due)} waiting, {len(self._in_flight)} in flight, "
            f"{len(self._kept)} kept>"
        )

    @property
    def waiting(self) -> int:
        """How many jobs have a due time."""
        return len(self._due)

    @property
    def in_flight(self) -> int:
        """How many jobs have a step in flight."""
        return len(self._in_flight)

    def wake(self, job_id: int) -> None:
        """Make the job due now, or right after the step that is in flight."""
        if job_id in self._in_flight:
            self._wake_in_flight(job_id)
        else:
            self._woken.add(job_id)
            self._put(job_id, self._monotonic())

    def wake_by(self, job_id: int, due: float) -> None:
        """Make the job due at *due* at the latest, or right after the step that is in flight."""
        if job_id in self._in_flight:
            self._wanted_by[job_id] = min(due, self._wanted_by.get(job_id, due))
            self._looks.give_up_for_hint(job_id, max(0.0, due - self._monotonic()))
        elif self._due.due_of(job_id) > due:
            self._woken.add(job_id)
            self._put(job_id, due)

    def was_woken(self, job_id: int) -> bool:
        """Return whether the job is in flight because it was woken, rather than in its time."""
        return job_id in self._woken

    def schedule_many(self, job_ids: Iterable[int]) -> None:
        """Make many jobs due soon, spread over a second, as after a start."""
        for job_id in job_ids:
            if job_id in self._in_flight:
                # Claimed anew while its step works on the old version, which will be rejected.
                self._wake_in_flight(job_id)
            else:
                self._put(job_id, self._monotonic() + self._randomness.random())

    def ensure_scheduled(self, job_ids: Iterable[int]) -> None:
        """Make due those of the jobs that are neither waiting nor in flight: a safety net."""
        for job_id in job_ids:
            if not self._is_known(job_id):
                self._put(job_id, self._monotonic())

    def without_due_time(self, job_ids: Iterable[int]) -> list[int]:
        """Return those of the jobs that are neither waiting nor in flight nor kept."""
        return [job_id for job_id in job_ids if not self._is_known(job_id)]

    def take_due(self) -> list[int]:
        """Return the jobs that are due, which are in flight until they are released."""
        now = self._monotonic()
        taken: list[int] = []
        while (due := self._due.first_due()) is not None:
            if (job_id := self._due.take_due(now + _SLACK)) is None:
                break
            self._taken(max(0.0, now - due))
            taken.append(job_id)
        self._in_flight.update(taken)
        return taken

    def release(self, job_id: int, delay: float | None) -> bool:
        """End the flight of a job, due again after *delay* seconds; return whether it is.

        None means that nothing is left to do, unless the job was woken in the meantime.
        """
        was_woken = job_id in self._woken_in_flight
        wanted_by = self._land(job_id)
        if delay is None and not was_woken:
            self._looks.forget(job_id)
            return False
        due = self._monotonic() + (delay or 0.0)
        if wanted_by <= due:
            self._woken.add(job_id)
        self._put(job_id, min(due, wanted_by))
        return True

    def keep(self, job_id: int) -> None:
        """Keep a job that is in flight, unless it was woken in the meantime, or that is idle."""
        wanted_by = self._land(job_id)
        if wanted_by == math.inf:
            self._kept.add(job_id)
        else:
            self._woken.add(job_id)
            self._put(job_id, wanted_by)

    def is_idle(self, job_id: int) -> bool:
        """Return whether the job is neither waiting nor in flight."""
        return job_id not in self._due and job_id not in self._in_flight

    @property
    def kept(self) -> Collection[int]:
        """The jobs that are kept, as they are now and become."""
        return self._kept

    def is_kept(self, job_id: int) -> bool:
        """Return whether the job is neither waiting nor in flight because it was kept."""
        return job_id in self._kept

    def _wake_in_flight(self, job_id: int) -> None:
        self._woken_in_flight.add(job_id)
        self._looks.give_up(job_id)

    def _land(self, job_id: int) -> float:
        """End the flight of a job; return when it is due because of what was wanted in the meantime."""
        self._in_flight.discard(job_id)
        self._woken.discard(job_id)
        self._looks.step_ended(job_id)
        now, due = self._monotonic(), self._wanted_by.pop(job_id, math.inf)
        if job_id in self._woken_in_flight:
            self._woken_in_flight.discard(job_id)
            due = now
        return max(now, due)

    def _is_known(self, job_id: int) -> bool:
        return job_id in self._due or job_id in self._in_flight or job_id in self._kept

    async def wait(self) -> None:
        """Return when a job is due, or earlier when a due time has changed."""
        self._changed.clear()
        try:
            async with asyncio.timeout(self._next_delay()):
                await self._changed.wait()
        except TimeoutError:
            return

    def _next_delay(self) -> float | None:
        """Return the seconds until the next job is due, None when none is waiting."""
        due = self._due.first_due()
        return None if due is None else max(0.0, due - self._monotonic())

    def _put(self, job_id: int, due: float) -> None:
        self._kept.discard(job_id)
        self._due.put(job_id, due)
        self._changed.set()
