"""The API takes the call and says nothing, for longer than anybody waits."""

import pytest

from bot.monitoring.api_gate import REACH
from db.records import JobState
from sandbox.modelhunter import Script
from tests.integration.jobs.api_faults.checks import assert_right
from tests.integration.jobs.api_faults.faults import CANCELLED, DELIVERED
from tests.integration.jobs.world import IMAGES, REQUESTER, World

MINUTES = 600.0


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", IMAGES), ("GET", "/tasks/*"), ("GET", "/results/*")],
    ids=["create", "get", "download"],
)
async def test_a_call_without_an_answer_is_repeated(
    silent_world: World, method: str, path: str
) -> None:
    """A call that is given up is asked again, or its effect is found; there is one task."""
    one = silent_world.process()
    silent_world.api.scripts.next(Script.quick())
    fault = silent_world.api.faults.add(method, path, delay=MINUTES)
    job = await silent_world.ask(one)
    await one.run_until(job.id)
    assert fault.injected == 1
    await assert_right(silent_world, one, job, DELIVERED)


async def test_a_task_list_without_an_answer(silent_world: World) -> None:
    """A list that does not answer proves no absence."""
    one = silent_world.process()
    silent_world.api.scripts.next(Script.quick())
    silent_world.api.faults.add("POST", IMAGES, cut="after")
    fault = silent_world.api.faults.add("GET", "/tasks", delay=MINUTES)
    job = await silent_world.ask(one)
    await one.run_until(job.id)
    assert fault.injected == 1
    await assert_right(silent_world, one, job, DELIVERED)


async def test_a_cancel_without_an_answer(silent_world: World) -> None:
    """A cancel whose answer does not come has its effect nevertheless."""
    one = silent_world.process()
    silent_world.api.scripts.next(Script.quick(200))
    job = await silent_world.ask(one)
    await one.run_until(job.id, lambda it: it.state is JobState.FOLLOWING)
    silent_world.api.faults.add("DELETE", "/tasks/*", delay=MINUTES)
    await one.recorder.request_cancel(job.id, REQUESTER)
    await one.run_until(job.id)
    await assert_right(silent_world, one, job, CANCELLED)


async def test_a_balance_without_an_answer(silent_world: World) -> None:
    """An API that answers no question can't be reached."""
    one = silent_world.process()
    silent_world.api.faults.add("GET", "/*", times=2, delay=MINUTES)
    assert not await one.watch.check()
    assert one.health.problem(REACH) is not None
