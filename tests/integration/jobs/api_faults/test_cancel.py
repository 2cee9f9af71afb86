"""The DELETE fails: the cancel request is kept, or refused, and the task goes on."""

import pytest

from db.records import JobState
from sandbox.modelhunter import Script
from tests.integration.jobs.api_faults.checks import assert_right
from tests.integration.jobs.api_faults.faults import CANCELLED, DELIVERED, TROUBLES, add_fault
from tests.integration.jobs.process import Process
from tests.integration.jobs.world import REQUESTER, World

# The API says that it does not do it, and means this request.
_NO = {"400", "409", "422"}


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_cancel_after_a_failing_delete(world: World, one: Process, trouble: str) -> None:
    """A cancel request survives every failure but a plain no; after that no the result is delivered."""
    world.api.scripts.next(Script.quick(200))
    job = await world.ask(one)
    await one.run_until(job.id, lambda it: it.state is JobState.FOLLOWING)
    add_fault(world.api.faults, "DELETE", "/tasks/*", trouble)
    await one.recorder.request_cancel(job.id, REQUESTER)
    ended = await one.run_until(job.id)
    # A DELETE whose answer was lost may be sent twice, and the second one is a no as well.
    assert ended.cancel_refused is (trouble in _NO) or trouble == "cut after"
    await assert_right(world, one, job, DELIVERED if trouble in _NO else CANCELLED)


@pytest.mark.parametrize("trouble", ["400", "403", "405", "500", "html"])
async def test_cancel_while_every_delete_fails(world: World, one: Process, trouble: str) -> None:
    """Where no DELETE is ever taken the task is followed nevertheless, and its result delivered."""
    world.api.scripts.next(Script.quick(200))
    job = await world.ask(one)
    await one.run_until(job.id, lambda it: it.state is JobState.FOLLOWING)
    if trouble in TROUBLES:
        add_fault(world.api.faults, "DELETE", "/tasks/*", trouble, times=None)
    else:
        world.api.faults.add("DELETE", "/tasks/*", times=None, status=405)
    await one.recorder.request_cancel(job.id, REQUESTER)
    await one.run_until(job.id)
    await assert_right(world, one, job, DELIVERED)
