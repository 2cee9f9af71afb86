"""A job that was sent is not sent again by a process whose database has lost what it had committed."""

import pytest

from db.records import JobState
from tests.databases import execute
from tests.integration.jobs.process import Process
from tests.integration.jobs.worker.posts import posts
from tests.integration.jobs.world import IMAGES, World

SET_BACK = (
    "update jobs set state = 'accepted', version = {version}, task_id = null, status = null,"
    " submitted_at = null, message_id = {message}"
)


@pytest.mark.parametrize("knows_card", [True, False], ids=["card", "no card"])
@pytest.mark.parametrize("state", [JobState.FOLLOWING, JobState.DELIVERING])
async def test_a_row_that_is_older_than_its_post(
    world: World, one: Process, state: JobState, knows_card: bool
) -> None:
    """However far its job was, its task is searched for and its result arrives, paid for once."""
    job = await world.ask(one)
    await one.run_until(job.id, lambda it: it.state is state)
    assert posts(world) == 1
    message = job.message_id if knows_card else "null"
    await execute(world.store, SET_BACK.format(version=job.version, message=message))
    ended = await one.run_until(job.id)
    assert posts(world) == 1
    assert (ended.state, ended.message_id) == (JobState.DELIVERED, job.message_id)


async def test_a_row_that_is_older_than_its_post_and_a_cancel(world: World, one: Process) -> None:
    """What was sent is not ended as never sent: the cancel is for its task."""
    job = await world.ask(one)
    await one.step(job.id)
    await execute(world.store, SET_BACK.format(version=job.version, message=job.message_id))
    await one.recorder.request_cancel(job.id, 11)
    ended = await one.run_until(job.id)
    assert posts(world) == 1
    assert ended.task_id == world.only_task()


async def test_a_post_without_effect_is_sent_again(world: World, one: Process) -> None:
    """What the API did not take was not sent."""
    world.api.faults.add("POST", IMAGES, status=503)
    job = await world.ask(one)
    await one.step(job.id)
    assert (await one.run_until(job.id)).state is JobState.DELIVERED
    assert posts(world) == 2
