"""Task ticks: looks at all tasks that go on by one reading of the task list, every few seconds.

A task that is looked at alone costs a request, a due time and a step. On a tick one page of the list
answers for a hundred, and one that has not changed costs a look-up in a dictionary: no statement, no
step, no due time. What has changed, has ended or was not shown is woken, and becomes a step.

- Every 5 s is a common tick, for the tasks whose turn it is (`poll_intervals`): those that are older
  than ten minutes at every third, older than an hour at every twelfth.
- Every 2 s is one for tasks younger than 30 s. While these are few they are asked for alone, each in
  its own time, and never come so far.
- A task that a complete reading did not show is asked for alone. So is every task while the list
  can't be read; those that were looked at longest ago come first, and no more are asked for than the
  rate of requests allows, so that the list, when it is back, is behind none of them.
- Jobs that were claimed are looked at at once, between two ticks: the newest first, while the records
  of the others are still read, then all of them together (`bot.jobs.leases`).
- After a 429 nothing is asked until the pause is over.
"""

import asyncio
import heapq
import logging
import random
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager

from bot.background import in_background, repeat_forever
from bot.jobs.due_times import DueTimes
from bot.jobs.owned_jobs import OwnedJobs
from bot.jobs.worker.api_pause import ApiPause
from bot.jobs.worker.followed_tasks import (
    NEVER,
    FollowedTask,
    FollowedTasks,
    change_in,
    is_followed_together,
)
from bot.jobs.worker.list_reading import LIST_FROM, ListReading
from bot.jobs.worker.poll_intervals import YOUNG, backoff
from bot.jobs.worker.task_list import Entry
from bot.modelhunter import ModelHunterClient, ModelHunterError, Task, Unavailable
from db.records import Job

log = logging.getLogger(__name__)

COMMON_TICK = 5.0
YOUNG_TICK = 2.0
# Seconds after some claimed jobs in which the next some are taken up, if there are any.
_TAKING_UP = 1.0


class TaskTicks:
    """Loop over the ticks; what it finds is woken, and the list's word kept for the step."""

    def __init__(
        self,
        api: ModelHunterClient,
        owned: OwnedJobs,
        due_times: DueTimes,
        pause: ApiPause,
        *,
        clock: Callable[[], float],
        monotonic: Callable[[], float],
        randomness: random.Random,
        requests_per_second: float,
        floor: Callable[[], float] = lambda: 0.0,
        is_announced: Callable[[int], bool] = lambda _job_id: False,
        on_known: Callable[[], None] = lambda: None,
        looked: Callable[[float], None] = lambda _late: None,
    ) -> None:
        """*floor* is the shortest interval now, but for jobs whose end *is_announced*.

        *on_known* is called when the API shows a task, and *looked* with the seconds from a common
        tick, or the first that was missed, until the tasks had been looked at.
        """
        self._owned = owned
        self._due_times = due_times
        self._pause = pause
        self._clock = clock
        self._monotonic = monotonic
        self._randomness = randomness
        self._rate = requests_per_second
        self._floor = floor
        self._is_announced = is_announced
        self._on_known = on_known
        self._looked = looked
        self._unserved: float | None = None  # the first tick since which no look was possible
        self._tasks = FollowedTasks()
        self._reading = ListReading(api, monotonic=monotonic, followed=lambda: len(self._tasks))
        self._young: dict[int, float] = {}  # when each started, by job id
        self._listed: dict[int, Task] = {}
        self._asked: set[int] = set()  # jobs that were woken to be asked for alone
        self._failures = 0
        self._called = asyncio.Event()
        self._taken_up_at = NEVER

    def __repr__(self) -> str:
        return f"<TaskTicks {len(self._tasks)} followed>"

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Look at the tasks until the block is left."""
        async with (
            in_background(repeat_forever(self._common_turn), name="common ticks"),
            in_background(repeat_forever(self._young_turn), name="young ticks"),
        ):
            yield

    def take_up(self, jobs: Iterable[Job]) -> None:
        """Follow those of the claimed *jobs* that need no due time of their own."""
        self._taken_up_at = self._monotonic()
        for job in jobs:
            if self._due_times.is_idle(job.id) and self.adopt(job):
                self._due_times.keep(job.id)

    def look_soon(self) -> None:
        """Have the tasks looked at now that were never looked at."""
        self._called.set()

    def adopt(self, job: Job) -> bool:
        """Follow the task of *job* on the ticks; return whether it needs no due time of its own."""
        if not is_followed_together(job):
            self.drop(job.id)
            return False
        if self._is_one_of_few_young(job):
            self._tasks.drop(job.id)
            return False
        is_new = not self._tasks.is_followed(job.id)
        followed = self._tasks.put(job, looked_at=self._monotonic())
        if followed.has_vanished:
            followed.has_vanished = False
            self._reading.note_left_out()
        if is_new and job.id not in self._young:
            followed.looked_at = NEVER
        return True

    def drop(self, job_id: int) -> None:
        """Forget a job whose task is not followed on the ticks any more."""
        self._tasks.drop(job_id)
        self._young.pop(job_id, None)
        self._listed.pop(job_id, None)
        self._asked.discard(job_id)

    def take_listed(self, job_id: int) -> Task | None:
        """Return what the list has just shown of the task, for the step that begins now."""
        return self._listed.pop(job_id, None)

    def step_ended(self, job_id: int, *, was_taken: bool) -> None:
        """Take note that a step of the job has ended; what was not stored is to be shown again."""
        self._asked.discard(job_id)
        if not was_taken:
            self._tasks.show_again(job_id)

    def _is_one_of_few_young(self, job: Job) -> bool:
        now = self._clock()
        started = job.created_at if job.submitted_at is None else job.submitted_at
        if now - started >= YOUNG:
            self._young.pop(job.id, None)
            return False
        self._young[job.id] = started
        if len(self._young) >= LIST_FROM:
            self._drop_old(now)
        return len(self._young) < LIST_FROM

    def _drop_old(self, now: float) -> None:
        self._young = {each: at for each, at in self._young.items() if now - at < YOUNG}

    async def _common_turn(self) -> float:
        if await self._is_called():
            await self.look(only_new=True)
        else:
            await self.look_in_turn()
        return 0.0

    async def look_in_turn(self) -> None:
        """Take a common tick, and report how late the tasks are looked at.

        A tick at which they can't be, as in a pause, makes those that follow later.
        """
        tick = self._monotonic() // COMMON_TICK * COMMON_TICK
        self._unserved = tick if self._unserved is None else self._unserved
        was_possible = await self.look(slack=COMMON_TICK / 2)
        if len(self._tasks):
            self._looked(self._monotonic() - self._unserved)
        if was_possible:
            self._unserved = None

    async def _is_called(self) -> bool:
        """Wait for the next common tick; return whether a look is wanted before it."""
        try:
            async with asyncio.timeout(self._until_next(COMMON_TICK)):
                await self._called.wait()
        except TimeoutError:
            return False
        self._called.clear()
        return True

    async def _young_turn(self) -> float:
        self._drop_old(self._clock())
        if self._young:
            await self.look(slack=YOUNG_TICK / 2, only_young=True)
        return self._until_next(YOUNG_TICK)

    def _until_next(self, tick: float) -> float:
        """Return the seconds to the next tick of a grid that all ticks of this length share."""
        return tick - self._monotonic() % tick

    async def look(
        self, *, slack: float = 0.0, only_young: bool = False, only_new: bool = False
    ) -> bool:
        """Look once at all tasks whose turn it is, give or take *slack* seconds.

        Returns whether that was possible: after a 429 it is not, until the pause is over.
        """
        due = self._due(slack, only_young=only_young)
        if only_new or self._monotonic() - self._taken_up_at < _TAKING_UP:
            # While claimed jobs are still taken up, the others are no reason to read the list twice.
            due = {
                task_id: task
                for task_id, task in due.items()
                if (task.looked_at == NEVER) is only_new
            }
        if not due or self._pause.remaining() > 0:
            return not due
        is_complete = False
        if len(due) >= LIST_FROM:
            try:
                is_complete = await self._read_list(due)
            except ModelHunterError as error:
                log.info("the task list can't be read: %s", error)
                if isinstance(error, Unavailable) and error.status == 429:
                    self._slow_down(error)
                    return False
        self._ask_alone(due, has_vanished=is_complete)
        return True

    def _due(self, slack: float, *, only_young: bool) -> dict[str, FollowedTask]:
        due, floor = self._due_with(0.0, slack), self._floor()
        if floor > 0:
            # A webhook may be ahead of what the API answers, so that its task does not slow down.
            slow = self._due_with(floor, slack)
            due = {
                task_id: task
                for task_id, task in due.items()
                if task_id in slow or self._is_announced(task.job_id)
            }
        if only_young:
            return {task_id: task for task_id, task in due.items() if task.job_id in self._young}
        return due

    def _due_with(self, floor: float, slack: float) -> dict[str, FollowedTask]:
        now, monotonic = self._clock(), self._monotonic() + slack
        return self._tasks.due(now, monotonic, floor=floor, kept=self._due_times.kept)

    async def _read_list(self, due: dict[str, FollowedTask]) -> bool:
        """Read the list, and take out of *due* what it shows; return whether it was complete."""
        begun, wanted = self._monotonic(), dict(due)

        def show(entries: Sequence[Entry]) -> bool:
            self._compare(entries, due, begun)
            return bool(due)

        is_complete = await self._reading.read(wanted, show)
        self._failures = 0
        return is_complete

    def _compare(
        self, entries: Sequence[Entry], due: dict[str, FollowedTask], looked_at: float
    ) -> None:
        """Compare a page with what is known, and wake what differs."""
        now = self._clock()
        shown, changed = self._tasks.look_through(entries, now, looked_at, known=self._owned.ids)
        for task_id in shown:
            due.pop(task_id, None)
        for task, entry in changed:
            if not self._due_times.is_kept(task.job_id):
                continue
            task.looked_at = max(task.looked_at, looked_at)
            job = self._owned.get(task.job_id)
            if job is None:
                self._due_times.wake(task.job_id)
            elif (listed := change_in(task, entry, job, now)) is not None:
                self._listed[job.id] = listed
                self._due_times.wake(job.id)
        if shown:
            self._on_known()

    def _ask_alone(self, due: Mapping[str, FollowedTask], *, has_vanished: bool) -> None:
        """Have those of *due* asked for alone that were looked at longest ago."""
        kept = [task for task in due.values() if self._due_times.is_kept(task.job_id)]
        room = max(1, int(self._rate * COMMON_TICK) - len(self._asked))
        for task in heapq.nsmallest(room, kept, key=lambda task: task.looked_at):
            task.has_vanished = has_vanished
            self._asked.add(task.job_id)
            self._due_times.wake(task.job_id)

    def _slow_down(self, error: Unavailable) -> None:
        self._pause.extend(backoff(self._failures, self._randomness, error.retry_after))
        self._failures += 1
