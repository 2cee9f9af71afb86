"""What each step waits for, and who shares its lane."""

import asyncio

import pytest

from bot.jobs.worker.step_lanes import StepKind, StepLanes, kind_of, sharer_of
from db.records import Job, JobState
from tests.unit.jobs.builders import a_job
from tests.virtual_time import in_virtual_time


@pytest.mark.parametrize("state", JobState)
def test_what_each_step_waits_for(state: JobState) -> None:
    """Each state has its lane, shared by those who can hold one another up."""
    job = a_job(state, user_id=1, channel_id=2, model="m", task_id="t")
    kind = kind_of(job)
    assert (kind, sharer_of(job, kind)) == {
        JobState.ACCEPTED: (StepKind.CREATE, "m"),
        JobState.SUBMITTING: (StepKind.QUESTION, 1),
        JobState.FOLLOWING: (StepKind.QUESTION, 1),
        JobState.UNCERTAIN: (StepKind.QUESTION, 1),
        JobState.DELIVERING: (StepKind.DELIVERY, 1),
    }.get(state, (StepKind.CLOSING, 2))
    wanted = a_job(JobState.FOLLOWING, task_id="t", cancel_wanted_by=5)
    assert kind_of(wanted) is StepKind.CANCEL


async def _take_step(lanes: StepLanes, job: Job, seconds: float, done: list[int]) -> None:
    async with lanes.place_for(job):
        await asyncio.sleep(seconds)
        done.append(job.id)


@pytest.mark.parametrize("slow_channels", [1, 40, 200])
@in_virtual_time
async def test_endings_in_slow_channels_hold_up_none_in_another(slow_channels: int) -> None:
    """The steps of forty endings in each of some slow channels leave every other channel its place."""
    lanes, done = StepLanes(), list[int]()
    async with asyncio.TaskGroup() as tasks:
        for number in range(40 * slow_channels):
            slow = a_job(JobState.CANCELLED, id=number, channel_id=number % slow_channels)
            tasks.create_task(_take_step(lanes, slow, 60.0, done))
        await asyncio.sleep(1.0)
        other = a_job(JobState.CANCELLED, id=99_999, channel_id=777)
        tasks.create_task(_take_step(lanes, other, 1.0, done))
        await asyncio.sleep(1.5)
        assert done == [99_999]


@in_virtual_time
async def test_deliveries_take_no_place_before_the_call_that_needs_one() -> None:
    """A thousand deliveries that wait for files, a transcoder or Discord hold up no other step."""
    lanes, done = StepLanes(), list[int]()
    async with asyncio.TaskGroup() as tasks:
        for number in range(1000):
            slow = a_job(JobState.DELIVERING, id=number, channel_id=1, user_id=1)
            tasks.create_task(_take_step(lanes, slow, 300.0, done))
        await asyncio.sleep(1.0)
        image = a_job(JobState.DELIVERING, id=99_999, channel_id=1, user_id=1)
        tasks.create_task(_take_step(lanes, image, 1.0, done))
        await asyncio.sleep(1.5)
        assert done == [99_999]
