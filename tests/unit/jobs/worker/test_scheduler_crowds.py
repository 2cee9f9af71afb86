"""Many jobs that are due together, and the end of a schedule with steps in flight."""

import asyncio

import pytest

from bot.modelhunter import Task
from tests.unit.jobs.worker.scripted_tracker import ScriptedTracker, Turn, schedule_of
from tests.virtual_time import START, clock, in_virtual_time


@in_virtual_time
async def test_five_due_jobs_share_a_task_list() -> None:
    """Five jobs that are due together are asked about by one reading of the list."""
    tracker = ScriptedTracker()
    tracker.listed = {3: Task(id="task_3")}
    scheduler, due_times = schedule_of(tracker)
    async with scheduler.running():
        for job_id in range(1, 6):
            due_times.wake(job_id)
        await asyncio.sleep(1)
    assert tracker.asked_together == [[1, 2, 3, 4, 5]]
    assert {step.job_id: step.listed for step in tracker.steps} == {
        1: None,
        2: None,
        3: Task(id="task_3"),
        4: None,
        5: None,
    }


@in_virtual_time
async def test_four_due_jobs_are_asked_alone() -> None:
    """Four jobs are not worth a reading of the list."""
    tracker = ScriptedTracker()
    scheduler, due_times = schedule_of(tracker)
    async with scheduler.running():
        for job_id in range(1, 5):
            due_times.wake(job_id)
        await asyncio.sleep(1)
    assert tracker.asked_together == []
    assert len(tracker.steps) == 4


@in_virtual_time
async def test_jobs_due_nearly_together_share_a_task_list() -> None:
    """Jobs that are due within a quarter of a second share a reading of the list."""
    tracker = ScriptedTracker(
        **{f"job{number}": [Turn(2.0 + number / 100)] for number in range(10)}
    )
    scheduler, due_times = schedule_of(tracker)
    async with scheduler.running():
        for job_id in range(10):
            due_times.wake(job_id)
        await asyncio.sleep(5)
    assert [len(asked) for asked in tracker.asked_together] == [10, 10]


@in_virtual_time
async def test_a_failing_task_list_holds_up_no_job() -> None:
    """A list that can't be had holds no job up for good."""
    tracker = ScriptedTracker()
    tracker.list_trouble = RuntimeError("no list")
    scheduler, due_times = schedule_of(tracker)
    async with scheduler.running():
        due_times.schedule_many(range(6))
        await asyncio.sleep(0.01)
        for job_id in range(6):
            due_times.wake(job_id)
        await asyncio.sleep(1)
        tracker.list_trouble = None
        await asyncio.sleep(60)
    assert {step.job_id for step in tracker.steps} == set(range(6))


@in_virtual_time
async def test_jobs_that_need_no_task_list_do_not_wait_for_it() -> None:
    """A POST, a cancel or an ending is not held up by a list that other jobs wait for."""
    tracker = ScriptedTracker()
    tracker.list_takes = 1000.0
    tracker.unlisted, tracker.without_api = {6}, {7}
    scheduler, due_times = schedule_of(tracker)
    async with scheduler.running():
        for job_id in range(1, 8):
            due_times.wake(job_id)
        await asyncio.sleep(999)
        assert [(step.job_id, step.began) for step in tracker.steps] == [(6, 0.0), (7, 0.0)]
        await asyncio.sleep(2)
    assert len(tracker.steps) == 7
    assert tracker.asked_together == [[1, 2, 3, 4, 5]]


@in_virtual_time
async def test_a_task_list_that_no_job_needs_is_not_read() -> None:
    """Jobs of which the list says nothing cause no reading of it."""
    tracker = ScriptedTracker()
    tracker.unlisted = set(range(8))
    scheduler, due_times = schedule_of(tracker)
    async with scheduler.running():
        for job_id in range(8):
            due_times.wake(job_id)
        await asyncio.sleep(1)
    assert (len(tracker.steps), tracker.asked_together) == (8, [])


@in_virtual_time
async def test_shutdown_lets_steps_end() -> None:
    """At the end a step in flight gets its few seconds, and no new one begins."""
    tracker = ScriptedTracker(job1=[Turn(1.0, takes=3.0), Turn(1.0)])
    scheduler, due_times = schedule_of(tracker)
    async with scheduler.running():
        due_times.wake(1)
        await asyncio.sleep(1)
    assert [(step.began, step.ended) for step in tracker.steps] == [(0.0, 3.0)]
    assert clock() - START == 3.0


@in_virtual_time
async def test_shutdown_cancels_slow_steps() -> None:
    """A step that does not come to its end is cancelled after three seconds."""
    tracker = ScriptedTracker(job1=[Turn(1.0, takes=1000.0)], job2=[Turn(1.0, takes=2.0)])
    scheduler, due_times = schedule_of(tracker)
    async with scheduler.running():
        due_times.wake(1)
        due_times.wake(2)
        await asyncio.sleep(1)
    assert clock() - START == pytest.approx(4.0)
    assert {step.job_id: step.ended for step in tracker.steps} == {1: None, 2: 2.0}


@in_virtual_time
async def test_shutdown_leaves_no_background_task() -> None:
    """A reading of the list that takes too long ends with the schedule that began it."""
    tracker = ScriptedTracker()
    tracker.list_takes = 1000.0
    scheduler, due_times = schedule_of(tracker)
    async with scheduler.running():
        for job_id in range(8):
            due_times.wake(job_id)
        await asyncio.sleep(1)
    assert [task.get_name() for task in asyncio.all_tasks() - {asyncio.current_task()}] == []
