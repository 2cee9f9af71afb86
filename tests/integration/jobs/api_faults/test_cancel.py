"""The DELETE goes wrong: the request is kept, or refused in words, and the task goes on meanwhile."""

import pytest

from db.records import JobState
from sandbox.modelhunter import Script
from tests.integration.jobs.api_faults.checks import assert_right
from tests.integration.jobs.api_faults.faults import CANCELLED, DELIVERED, TROUBLES, strike
from tests.integration.jobs.world import REQUESTER, Process, World

# The API says that it does not do it, and means this request.
_NO = {"400", "409", "422"}


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_how_it_ends(world: World, one: Process, trouble: str) -> None:
    """A request outlives every trouble but a plain no; after that no the result is delivered."""
    world.api.scripts.next(Script.quick(200))
    job = await world.ask(one)
    await one.live(job.id, lambda it: it.state is JobState.FOLLOWING)
    strike(world.api.faults, "DELETE", "/tasks/*", trouble)
    await one.recorder.request_cancel(job.id, REQUESTER)
    ended = await one.live(job.id)
    # A DELETE whose answer was lost may be sent twice, and the second one is a no as well.
    assert ended.cancel_refused is (trouble in _NO) or trouble == "cut after"
    await assert_right(world, one, job, DELIVERED if trouble in _NO else CANCELLED)


@pytest.mark.parametrize("trouble", ["400", "403", "405", "500", "html"])
async def test_cancelling_never_works(world: World, one: Process, trouble: str) -> None:
    """Where no DELETE is ever taken the task is followed all the same, and its result delivered."""
    world.api.scripts.next(Script.quick(200))
    job = await world.ask(one)
    await one.live(job.id, lambda it: it.state is JobState.FOLLOWING)
    if trouble in TROUBLES:
        strike(world.api.faults, "DELETE", "/tasks/*", trouble, times=None)
    else:
        world.api.faults.add("DELETE", "/tasks/*", times=None, status=405)
    await one.recorder.request_cancel(job.id, REQUESTER)
    await one.live(job.id)
    await assert_right(world, one, job, DELIVERED)
