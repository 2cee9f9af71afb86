"""The end of a schedule with steps or a reading in flight."""

import asyncio

import pytest

from bot.modelhunter import EntryPage, PageQuery, Urgency
from db.records import JobState
from tests.unit.jobs.worker.scripted_api import ScriptedApi
from tests.unit.jobs.worker.scripted_tracker import ScriptedTracker, Turn, owned_jobs, schedule_of
from tests.virtual_time import START, clock, in_virtual_time


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

    class SilentApi(ScriptedApi):
        async def list_entries(
            self, query: PageQuery, *, urgency: Urgency = Urgency.QUESTION
        ) -> EntryPage:
            del query, urgency
            await asyncio.sleep(1000)
            raise AssertionError("the schedule has ended by now")

    tracker = ScriptedTracker()
    owned = owned_jobs(dict.fromkeys(range(1, 9), JobState.FOLLOWING))
    scheduler, due_times = schedule_of(tracker, SilentApi(), owned)
    async with scheduler.running():
        due_times.schedule_many(range(1, 9))
        await asyncio.sleep(8)
    assert tracker.steps == []
    assert [task.get_name() for task in asyncio.all_tasks() - {asyncio.current_task()}] == []
