"""When jobs are looked at: hours of it, in virtual time."""

import asyncio
import itertools

import pytest

from bot.jobs.errors import NotOwned, StaleJob
from bot.jobs.worker.retry_later import RetryLater
from db.records import JobState
from tests.unit.jobs.worker.scripted_tracker import (
    ScriptedTracker,
    Turn,
    owned_jobs,
    schedule_of,
)
from tests.virtual_time import in_virtual_time


def gaps(times: list[float]) -> list[float]:
    """Return the seconds between neighbours."""
    return [later - earlier for earlier, later in itertools.pairwise(times)]


@in_virtual_time
async def test_a_step_says_when_its_job_is_due() -> None:
    """A job is looked at when its last step said, until a step says that there is no more."""
    tracker = ScriptedTracker(job1=[Turn(2.0), Turn(5.0), Turn(None), Turn(1.0)])
    scheduler, due_times = schedule_of(tracker)
    async with scheduler.running():
        due_times.wake(1)
        await asyncio.sleep(60)
    assert tracker.times(1) == [0.0, 2.0, 7.0]
    assert repr(due_times) == "<DueTimes 0 waiting, 0 in flight, 0 kept>"


@in_virtual_time
async def test_a_woken_job_is_due_now() -> None:
    """A job that waits for its time is looked at at once when it is woken, and only once."""
    tracker = ScriptedTracker(job1=[Turn(600.0), Turn(10.0)])
    scheduler, due_times = schedule_of(tracker)
    async with scheduler.running():
        due_times.wake(1)
        await asyncio.sleep(5)
        due_times.wake(1)
        due_times.wake(1)
        await asyncio.sleep(1000)
    assert tracker.times(1) == [0.0, 5.0, 15.0]


@in_virtual_time
async def test_one_step_of_a_job_at_a_time() -> None:
    """Wakes during a step run the job once more right after it, however many they were."""
    tracker = ScriptedTracker(job1=[Turn(600.0, takes=3.0), Turn(None, takes=3.0), Turn(1.0)])
    scheduler, due_times = schedule_of(tracker)
    async with scheduler.running():
        due_times.wake(1)
        for _ in range(5):
            await asyncio.sleep(0.5)
            due_times.wake(1)
        await asyncio.sleep(60)
    assert tracker.times(1) == [0.0, 3.0]
    assert tracker.most_at_once == 1


@in_virtual_time
async def test_a_job_claimed_anew_during_its_step() -> None:
    """A job that this process claims again during its step is looked at again, though the step found it gone."""
    tracker = ScriptedTracker(job1=[Turn(NotOwned("1"), takes=3.0), Turn(None)])
    scheduler, due_times = schedule_of(tracker)
    async with scheduler.running():
        due_times.wake(1)
        await asyncio.sleep(1)
        due_times.schedule_many([1])
        await asyncio.sleep(60)
    assert tracker.times(1) == [0.0, 3.0]


@in_virtual_time
async def test_a_job_of_another_process_is_dropped() -> None:
    """A job that is not ours any more is let go."""
    tracker = ScriptedTracker(job1=[Turn(NotOwned("1")), Turn(1.0)])
    scheduler, due_times = schedule_of(tracker)
    async with scheduler.running():
        due_times.wake(1)
        await asyncio.sleep(600)
    assert tracker.times(1) == [0.0]


@in_virtual_time
async def test_a_job_that_changed_during_its_step() -> None:
    """A job that was changed elsewhere during its step is looked at again soon."""
    tracker = ScriptedTracker(job1=[Turn(StaleJob("1")), Turn(None)])
    scheduler, due_times = schedule_of(tracker)
    async with scheduler.running():
        due_times.wake(1)
        await asyncio.sleep(2)
    assert len(tracker.times(1)) == 2


@in_virtual_time
async def test_jobs_taken_over_at_once_are_spread() -> None:
    """Many jobs taken over at once are looked at within a second, not in one instant."""
    tracker = ScriptedTracker()
    scheduler, due_times = schedule_of(tracker)
    async with scheduler.running():
        due_times.schedule_many(range(100))
        await asyncio.sleep(2)
    began = [step.began for step in tracker.steps]
    assert len(began) == 100
    assert max(began) <= 1.0
    assert len(set(began)) > 2


@in_virtual_time
async def test_waits_after_failed_steps_grow() -> None:
    """Failures in a row wait longer and longer, up to a minute; one success forgets them."""
    trouble = [Turn(RetryLater()) for _ in range(9)]
    tracker = ScriptedTracker(job1=[*trouble, Turn(100.0), Turn(RetryLater())])
    scheduler, due_times = schedule_of(tracker)
    async with scheduler.running():
        due_times.wake(1)
        await asyncio.sleep(3600)
    waited = gaps(tracker.times(1))
    for failures, seconds in enumerate(waited[:9]):
        longest = min(60.0, 2.0 * 2**failures)
        assert longest / 2 - 0.02 <= seconds <= longest + 0.02
    assert waited[9] == pytest.approx(100, abs=0.02)
    assert waited[10] <= 2.02


@in_virtual_time
async def test_a_step_waits_for_retry_after() -> None:
    """A job does not come back before the time that was asked for."""
    tracker = ScriptedTracker(job1=[Turn(RetryLater(90.0))])
    scheduler, due_times = schedule_of(tracker)
    async with scheduler.running():
        due_times.wake(1)
        await asyncio.sleep(600)
    assert gaps(tracker.times(1)) == [90.0]


@in_virtual_time
async def test_one_429_slows_every_job() -> None:
    """While the API limits the rate it is not asked, not even about a job that is woken."""
    tracker = ScriptedTracker(
        job1=[Turn(RetryLater(30.0, slows_all=True))], job2=[Turn(5.0)], job3=[Turn(None)]
    )
    owned = owned_jobs({1: JobState.UNCERTAIN, 2: JobState.UNCERTAIN, 3: JobState.UNCERTAIN})
    scheduler, due_times = schedule_of(tracker, owned=owned)
    async with scheduler.running():
        due_times.wake(2)
        await asyncio.sleep(1)
        due_times.wake(1)
        await asyncio.sleep(1)
        due_times.wake(3)
        await asyncio.sleep(600)
    assert tracker.times(1) == [1.0, 31.0]
    assert tracker.times(2) == [0.0, 31.0]
    assert tracker.times(3) == [31.0]


@in_virtual_time
async def test_a_429_slows_only_jobs_that_need_the_api() -> None:
    """What concerns Discord alone, a cancel before the POST or an ending, does not wait for it."""
    tracker = ScriptedTracker(
        job1=[Turn(RetryLater(30.0, slows_all=True))],
        job2=[Turn(0.0), Turn(None)],
        job3=[Turn(None)],
    )
    owned = owned_jobs({1: JobState.UNCERTAIN, 2: JobState.CANCELLED, 3: JobState.UNCERTAIN})
    scheduler, due_times = schedule_of(tracker, owned=owned)
    async with scheduler.running():
        due_times.wake(1)
        await asyncio.sleep(1)
        due_times.wake(2)
        due_times.wake(3)
        await asyncio.sleep(600)
    assert tracker.times(2) == [1.0, 1.0]
    assert tracker.times(3) == [30.0]


@in_virtual_time
async def test_a_long_429_holds_up_one_job() -> None:
    """Other jobs are held up for a minute at most, and then meet their own limit."""
    tracker = ScriptedTracker(job1=[Turn(RetryLater(600.0, slows_all=True))], job2=[Turn(5.0)])
    owned = owned_jobs({1: JobState.UNCERTAIN, 2: JobState.UNCERTAIN})
    scheduler, due_times = schedule_of(tracker, owned=owned)
    async with scheduler.running():
        due_times.wake(1)
        await asyncio.sleep(1)
        due_times.wake(2)
        await asyncio.sleep(1000)
    assert tracker.times(1) == [0.0, 600.0]
    assert tracker.times(2) == [60.0, 65.0]


@in_virtual_time
async def test_a_job_that_fell_out_is_scheduled_again() -> None:
    """A job that fell out of the schedule is looked at; one that waits or works is left alone."""
    tracker = ScriptedTracker(job1=[Turn(600.0)], job2=[Turn(600.0, takes=10.0)])
    scheduler, due_times = schedule_of(tracker)
    async with scheduler.running():
        due_times.wake(1)
        due_times.wake(2)
        await asyncio.sleep(5)
        due_times.ensure_scheduled([1, 2, 3])
        await asyncio.sleep(60)
    assert [(step.job_id, step.began) for step in tracker.steps] == [(1, 0.0), (2, 0.0), (3, 5.0)]


@in_virtual_time
async def test_one_failure_slows_one_job() -> None:
    """A failure that is not meant for every job is one job's own."""
    tracker = ScriptedTracker(job1=[Turn(RetryLater(30.0))], job2=[Turn(5.0), Turn(5.0)])
    scheduler, due_times = schedule_of(tracker)
    async with scheduler.running():
        due_times.wake(1)
        due_times.wake(2)
        await asyncio.sleep(60)
    assert tracker.times(1) == [0.0, 30.0]
    assert tracker.times(2) == [0.0, 5.0, 10.0]


@in_virtual_time
async def test_an_unforeseen_error_of_one_job(caplog: pytest.LogCaptureFixture) -> None:
    """An unforeseen error is logged and the job tried again, and no other job notices."""
    tracker = ScriptedTracker(job1=[Turn(KeyError("oh"))], job2=[Turn(1.0)])
    scheduler, due_times = schedule_of(tracker)
    async with scheduler.running():
        due_times.wake(1)
        due_times.wake(2)
        await asyncio.sleep(60)
    assert len(tracker.times(1)) == 2
    assert tracker.times(2) == [0.0, 1.0]
    assert "job 1: a step failed" in caplog.text


@in_virtual_time
async def test_a_job_whose_step_was_cancelled_is_looked_at_again() -> None:
    """A step that ended without an answer leaves no job in flight, so that it can be scheduled."""
    tracker = ScriptedTracker(job1=[Turn(asyncio.CancelledError()), Turn(None)])
    scheduler, due_times = schedule_of(tracker)
    async with scheduler.running():
        due_times.wake(1)
        await asyncio.sleep(5)
        assert repr(due_times) == "<DueTimes 0 waiting, 0 in flight, 0 kept>"
        due_times.ensure_scheduled([1])
        await asyncio.sleep(5)
    assert tracker.times(1) == [0.0, 5.0]
