"""A hint leads to one look at a job, soon, and costs at most one a second."""

import dataclasses
import itertools
import random
import sys
import tracemalloc
from collections.abc import Sequence

import pytest

from bot.jobs.due_times import DueTimes
from bot.jobs.owned_jobs import OwnedJobs
from bot.jobs.task_hints import TaskHints
from bot.jobs.webhook_liveness import NET_INTERVAL, WebhookLiveness
from db.records import Job, JobState
from tests.manual_clock import ManualClock
from tests.unit.jobs.builders import FINAL, a_job

FAR = 60.0


class Elsewhere:
    """Keeps what is passed on."""

    def __init__(self) -> None:
        self.count = 0
        self.last: tuple[int | None, str | None] = (None, None)

    def hinted(self, *, job_id: int | None, task_id: str | None) -> None:
        """Count a hint that is about no job of this process."""
        self.count += 1
        self.last = (job_id, task_id)


class Stage:
    """Hints, and the due times that they move."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.due_times = DueTimes(monotonic=self.clock, randomness=random.Random(1))
        self.liveness = WebhookLiveness(monotonic=self.clock)
        self.elsewhere = Elsewhere()
        self.owned = OwnedJobs("one")
        self.hints = TaskHints(
            self.owned, self.due_times, self.liveness, self.elsewhere, monotonic=self.clock
        )

    def follow(self, number: int = 1, **changes: object) -> Job:
        """Have a job that is followed and was just asked about, due again in a minute."""
        found: dict[str, object] = {"owner": "one", "task_id": f"task_{number}", **changes}
        job = dataclasses.replace(
            a_job(JobState.FOLLOWING),
            id=number,
            **found,  # type: ignore[arg-type]
        )
        self.owned.note(job)
        self.due_times.wake(number)
        self.due_times.take_due()
        self.due_times.release(number, FAR)
        return job

    def change(self, job: Job, **changes: object) -> None:
        """Save a change of the job, as the recorder does."""
        after = dataclasses.replace(job, **changes)  # type: ignore[arg-type]
        self.owned.note(after)
        self.hints.job_changed(job, after)

    def look(self, seconds: float = 0.0) -> Sequence[int]:
        """Let time pass, and return the jobs that are looked at then, each due in a minute again."""
        self.clock.now += seconds
        taken = self.due_times.take_due()
        for job_id in taken:
            self.due_times.release(job_id, FAR)
        return taken


@pytest.fixture
def stage() -> Stage:
    """Give a test hints about no job yet."""
    return Stage()


@pytest.mark.parametrize("by_task", [True, False])
def test_a_hint_makes_its_job_due_now(stage: Stage, by_task: bool) -> None:
    """The job is looked at at once, and no other one is."""
    stage.follow(1)
    stage.follow(2)
    if by_task:
        stage.hints.hint_task("task_1")
    else:
        stage.hints.hint_job(1)
    assert stage.look() == [1]


def test_a_flood_about_one_job_is_one_look_a_second(stage: Stage) -> None:
    """However many hints there are, signed or not, the job is looked at once a second."""
    stage.follow()
    looks = 0
    for number in range(10_000):
        if number % 2:
            stage.hints.hint_task("task_1")
        else:
            stage.hints.hint_job(1)
        looks += len(stage.look(0.001))
    assert 10 <= looks <= 11


def test_the_true_hint_after_a_lie_is_not_lost(stage: Stage) -> None:
    """A hint within the second after another one has its look when the second is over."""
    stage.follow()
    stage.hints.hint_job(1)
    assert stage.look() == [1]
    stage.clock.now += 0.3
    stage.hints.hint_task("task_1")
    assert stage.look() == []
    assert stage.look(0.7) == [1]


def test_a_hint_announces_an_end_for_a_while(stage: Stage) -> None:
    """What a webhook was about just now is what a requester waits for, and nothing else is."""
    stage.follow(1)
    stage.follow(2)
    assert not stage.hints.is_announced(1)
    stage.hints.hint_job(1)
    assert [stage.hints.is_announced(number) for number in (1, 2, 3)] == [True, False, False]
    stage.clock.now += 31
    assert not stage.hints.is_announced(1)


def test_a_hint_amid_a_step_has_a_look_after_it(stage: Stage) -> None:
    """The step may have asked before the task ended, so that there is another one after it."""
    stage.follow()
    stage.due_times.wake(1)
    assert stage.due_times.take_due() == [1]
    stage.hints.hint_task("task_1")
    assert stage.due_times.take_due() == []
    stage.due_times.release(1, FAR)
    assert stage.look() == [1]


def test_a_hint_amid_the_last_step_brings_no_job_back(stage: Stage) -> None:
    """A job that has ended stays out of the due times."""
    stage.follow()
    stage.due_times.wake(1)
    stage.due_times.take_due()
    stage.hints.hint_job(1)
    assert not stage.due_times.release(1, None)
    assert stage.look(FAR) == []


def test_a_job_whose_post_is_not_answered_is_hinted_at_by_its_mark(stage: Stage) -> None:
    """A task may end before the bot has read its id; the mark that it echoes names the job."""
    job = stage.follow(task_id=None, state=JobState.SUBMITTING)
    stage.hints.hint_task("task_new", job.id)
    assert stage.look() == [1]


def test_the_mark_of_a_job_with_another_task_is_not_believed(stage: Stage) -> None:
    """What is known of a job is not what an event says."""
    stage.follow()
    stage.hints.hint_task("task_x", 1)
    assert stage.look(1.0) == []


def test_a_job_that_is_searched_for_is_looked_at_more_rarely(stage: Stage) -> None:
    """A search reads the task list, so that hints lead to ever fewer of them."""
    stage.follow(task_id=None, state=JobState.UNCERTAIN)
    looks = list[float]()
    begun = stage.clock.now
    for _ in range(3_000):
        stage.hints.hint_job(1)
        stage.clock.now += 1.0
        for job_id in stage.due_times.take_due():
            looks.append(stage.clock.now - begun)
            stage.due_times.release(job_id, 10_000.0)
    gaps = [later - earlier for earlier, later in itertools.pairwise(looks)]
    assert gaps == pytest.approx([10, 20, 40, 80, 160, 320, 600, 600, 600], abs=1.0)


def test_a_job_that_was_searched_for_is_looked_at_at_once(stage: Stage) -> None:
    """Once its task is known, a hint waits for no search, however many there were."""
    job = stage.follow(task_id=None, state=JobState.UNCERTAIN)
    for _ in range(200):
        stage.hints.hint_job(1)
        stage.look(1.0)
    stage.change(job, task_id="task_1", state=JobState.FOLLOWING)
    stage.hints.hint_task("task_1")
    assert stage.look() == [1]


@pytest.mark.parametrize("state", [JobState.ACCEPTED, JobState.DELIVERING, *FINAL])
def test_a_job_that_awaits_no_task_has_nothing_to_learn(stage: Stage, state: JobState) -> None:
    """Before the POST and after the end a hint changes nothing: a delivery keeps its pauses."""
    job = stage.follow()
    stage.change(job, state=state)
    stage.hints.hint_job(1)
    stage.hints.hint_task("task_1")
    stage.hints.hint_task("task_1", 1)
    assert stage.look(1.0) == []
    assert len(stage.hints) == 0


def test_a_flood_about_unknown_tasks_takes_no_memory(stage: Stage) -> None:
    """Ten thousand hints about as many tasks and jobs leave nothing behind, and no job is due."""
    stage.follow()
    names = [(sys.intern(f"task_x{number}"), 10**17 + number) for number in range(10_000)]
    stage.hints.hint_task(*names[0])
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        for task_id, job_id in names:
            stage.hints.hint_task(task_id, job_id)
            stage.hints.hint_job(job_id)
        kept = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert kept < 4_096
    assert stage.look(1.0) == []
    assert stage.elsewhere.count == 2 * 10_000 + 1


def test_what_is_remembered_goes_with_the_jobs(stage: Stage) -> None:
    """There is never more of what has ended or was taken over than there are jobs."""
    for number in range(1, 1_001):
        job = stage.follow(number)
        stage.hints.hint_job(number)
        if number % 2:
            stage.owned.forget(number)
        else:
            stage.change(job, state=JobState.FAILED, status="failed")
    stage.follow(2_000)
    stage.hints.hint_job(2_000)
    assert len(stage.hints) <= len(stage.owned)


@pytest.mark.parametrize(
    ("state", "status", "floor"),
    [
        (JobState.DELIVERING, "succeeded", NET_INTERVAL),
        (JobState.FAILED, "failed", NET_INTERVAL),
        (JobState.CANCELLED, "cancelled", 0.0),
        (JobState.LOST, "running", 0.0),
        (JobState.FOLLOWING, "running", 0.0),
    ],
)
def test_only_an_end_that_was_hinted_at_slows_the_polls(
    stage: Stage, state: JobState, status: str, floor: float
) -> None:
    """A hint counts for nothing unless the API then says that the task completed or failed."""
    job = stage.follow()
    stage.hints.hint_job(1)
    stage.change(job, state=state, status=status)
    assert stage.liveness.poll_interval_floor() == floor


def test_a_lie_of_long_before_the_end_announces_nothing(stage: Stage) -> None:
    """A webhook announces the end that is seen right after it, and no later one."""
    job = stage.follow()
    stage.hints.hint_job(1)
    stage.clock.now += 31
    stage.change(job, state=JobState.DELIVERING, status="succeeded")
    assert stage.liveness.poll_interval_floor() == 0.0


@pytest.mark.parametrize("by_task", [True, False])
def test_a_webhook_behind_the_poll_is_heard(stage: Stage, by_task: bool) -> None:
    """The poll was faster; the webhook arrives all the same."""
    job = stage.follow()
    stage.change(job, state=JobState.DELIVERING, status="succeeded")
    stage.clock.now += 2
    if by_task:
        stage.hints.hint_task("task_1")
    else:
        stage.hints.hint_job(1)
    assert stage.liveness.poll_interval_floor() == NET_INTERVAL
