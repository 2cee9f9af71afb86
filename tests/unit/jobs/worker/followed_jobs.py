"""Jobs that are followed on ticks, with steps that do what the tracker's would."""

import dataclasses
import random
from collections.abc import Iterable

from bot.jobs.due_times import DueTimes
from bot.jobs.lifecycle.transitions import advance
from bot.jobs.owned_jobs import OwnedJobs
from bot.jobs.worker.api_pause import ApiPause
from bot.jobs.worker.followed_tasks import says_enough
from bot.jobs.worker.task_events import task_seen
from bot.jobs.worker.task_ticks import COMMON_TICK, TaskTicks
from bot.modelhunter import TaskNotFound
from db.records import Job, JobState
from tests.manual_clock import ManualClock
from tests.unit.jobs.builders import a_job
from tests.unit.jobs.worker.scripted_api import ListedTask, ScriptedApi

RATE = 10


class FollowedJobs:
    """A process that follows jobs on ticks, whose time passes by hand."""

    def __init__(self, api: ScriptedApi) -> None:
        self.api = api
        self.clock = ManualClock()
        self.owned = OwnedJobs("one")
        self.due_times = DueTimes(monotonic=self.clock, randomness=random.Random(1))
        self.pause = ApiPause(self.clock)
        self.floor = 0.0
        self.late: list[float] = []  # by how many seconds each common tick was
        self.announced: set[int] = set()  # jobs about which a webhook has just come
        self.ticks = TaskTicks(
            api,
            self.owned,
            self.due_times,
            self.pause,
            clock=self.clock,
            monotonic=self.clock,
            randomness=random.Random(1),
            requests_per_second=RATE,
            floor=lambda: self.floor,
            is_announced=lambda job_id: job_id in self.announced,
            looked=self.late.append,
        )
        self.steps: list[int] = []  # of which job each step was
        self.asked: list[int] = []  # of which job each question was
        self.ended: set[int] = set()

    def follow(self, number: int, *, age: float = 60.0) -> ListedTask:
        """Follow one job more, whose task is *age* seconds old."""
        job, task = self._start(number, age)
        self._adopt(job)
        return task

    def claim(self, numbers: Iterable[int], *, age: float = 60.0) -> None:
        """Take up jobs that another process has followed, each younger than the one before."""
        jobs = [self._start(number, age - number / 100)[0] for number in numbers]
        self.owned.note_all(jobs)
        self.ticks.take_up(jobs)

    def _start(self, number: int, age: float) -> tuple[Job, ListedTask]:
        started = self.clock.now - age
        task = ListedTask(f"task_{number}", started, mark=str(number))
        self.api.put(task)
        job = a_job(
            JobState.FOLLOWING,
            id=number,
            task_id=task.id,
            owner="one",
            status="running",
            created_at=started,
            submitted_at=started,
        )
        return job, task

    async def tick(self, seconds: float = COMMON_TICK) -> None:
        """Let the time of a tick pass, look, and take the steps that come of it."""
        self.clock.now += seconds
        await self.ticks.look(slack=COMMON_TICK / 2)
        for job_id in self.due_times.take_due():
            await self._step(job_id)

    def progress_of(self, number: int) -> float | None:
        """Return the progress that is known of a job."""
        job = self.owned.get(number)
        return None if job is None else job.progress

    async def _step(self, job_id: int) -> None:
        job, listed = self.owned.get(job_id), self.ticks.take_listed(job_id)
        assert job is not None
        assert job_id not in self.ended
        self.steps.append(job_id)
        if listed is None or not says_enough(listed, job):
            self.asked.append(job_id)
            try:
                listed = await self.api.get_task(str(job.task_id))
            except TaskNotFound:
                self.ticks.step_ended(job_id, was_taken=False)
                self.due_times.release(job_id, COMMON_TICK)
                return
        self.ticks.step_ended(job_id, was_taken=True)
        after = advance(job, task_seen(listed), self.clock())
        if after.state is JobState.FOLLOWING:
            self._adopt(after)
        else:
            self.ended.add(job_id)
            self.owned.forget(job_id)
            self.ticks.drop(job_id)
            self.due_times.release(job_id, None)

    def _adopt(self, job: Job) -> None:
        self.owned.note(job)
        if self.ticks.adopt(job):
            self.due_times.keep(job.id)
        else:
            self.due_times.release(job.id, COMMON_TICK)


def foreign(count: int, *, since: float, status: str = "running") -> list[ListedTask]:
    """Return tasks of other programs, created one after the other."""
    return [
        dataclasses.replace(ListedTask(f"foreign_{n}", since + n / 100), status=status)
        for n in range(count)
    ]
