"""A tracker that follows a script, and remembers when it was called."""

import asyncio
import dataclasses
import random
from collections.abc import Mapping, Sequence

from bot.jobs.due_times import DueTimes
from bot.jobs.looks import Looks
from bot.jobs.owned_jobs import OwnedJobs
from bot.jobs.worker.api_pause import ApiPause
from bot.jobs.worker.scheduler import Scheduler
from bot.jobs.worker.task_ticks import TaskTicks
from bot.jobs.worker.tracker import Tracker
from bot.modelhunter import ModelHunterClient, Task
from db.records import JobState
from tests.unit.jobs.builders import a_job
from tests.unit.jobs.worker.scripted_api import ScriptedApi
from tests.virtual_time import START, clock


@dataclasses.dataclass(frozen=True, slots=True)
class Turn:
    """What one step does: takes some seconds, then says when to come back, or raises."""

    answer: float | BaseException | None = None
    takes: float = 0.0


@dataclasses.dataclass(slots=True)
class Step:
    """A step that was taken; times are seconds after the start."""

    job_id: int
    began: float
    listed: Task | None
    ended: float | None = None


class ScriptedTracker(Tracker):
    """Answer each step of a job with the next of its turns; after the last, the job has ended."""

    def __init__(self, **turns: Sequence[Turn]) -> None:
        self.turns = {int(name.removeprefix("job")): list(each) for name, each in turns.items()}
        self.steps: list[Step] = []
        self.most_at_once = 0
        self._in_flight: list[int] = []

    async def step(self, job_id: int, listed: Task | None = None) -> float | None:
        """Take the next turn of the job."""
        assert job_id not in self._in_flight, "two steps of one job at a time"
        left = self.turns.get(job_id)
        turn = left.pop(0) if left else Turn()
        taken = Step(job_id, clock() - START, listed)
        self.steps.append(taken)
        self._in_flight.append(job_id)
        self.most_at_once = max(self.most_at_once, len(self._in_flight))
        try:
            await asyncio.sleep(turn.takes)
        finally:
            self._in_flight.remove(job_id)
        taken.ended = clock() - START
        if isinstance(turn.answer, BaseException):
            raise turn.answer
        return turn.answer

    def times(self, job_id: int) -> list[float]:
        """Return when the steps of a job began, to the hundredth of a second."""
        return [round(step.began, 2) for step in self.steps if step.job_id == job_id]


def owned_jobs(states: Mapping[int, JobState]) -> OwnedJobs:
    """Return what a process knows of jobs in these states, by their ids."""
    owned = OwnedJobs("one")
    owned.note_all(
        a_job(
            state,
            id=job_id,
            task_id=f"task_{job_id}",
            owner="one",
            created_at=START - 60,
            submitted_at=START - 60,
        )
        for job_id, state in states.items()
    )
    return owned


def schedule_of(
    tracker: ScriptedTracker, api: ModelHunterClient | None = None, owned: OwnedJobs | None = None
) -> tuple[Scheduler, DueTimes]:
    """Return a scheduler and its due times, which always draw the same numbers."""
    randomness = random.Random(7)
    looks = Looks()
    due_times = DueTimes(monotonic=clock, randomness=randomness, looks=looks)
    owned, pause = owned or OwnedJobs("one"), ApiPause(clock)
    ticks = TaskTicks(
        api or ScriptedApi(),
        owned,
        due_times,
        pause,
        clock=clock,
        monotonic=clock,
        randomness=randomness,
        requests_per_second=10,
    )
    scheduler = Scheduler(tracker, due_times, ticks, owned, pause, looks, randomness=randomness)
    return scheduler, due_times
