"""The API takes the call and says nothing, for longer than anybody waits."""

import pytest

from bot.monitoring.api_health import REACH, ApiWatch
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
async def test_a_silent_answer(impatient: World, method: str, path: str) -> None:
    """A call that is given up is asked again, or its effect is found; there is one task."""
    one = impatient.process()
    impatient.api.scripts.next(Script.quick())
    fault = impatient.api.faults.add(method, path, delay=MINUTES)
    job = await impatient.ask(one)
    await one.live(job.id)
    assert fault.injected == 1
    await assert_right(impatient, one, job, DELIVERED)


async def test_a_silent_list(impatient: World) -> None:
    """A list that does not answer proves no absence."""
    one = impatient.process()
    impatient.api.scripts.next(Script.quick())
    impatient.api.faults.add("POST", IMAGES, cut="after")
    fault = impatient.api.faults.add("GET", "/tasks", delay=MINUTES)
    job = await impatient.ask(one)
    await one.live(job.id)
    assert fault.injected == 1
    await assert_right(impatient, one, job, DELIVERED)


async def test_a_silent_cancel(impatient: World) -> None:
    """A cancel whose answer does not come has its effect all the same."""
    one = impatient.process()
    impatient.api.scripts.next(Script.quick(200))
    job = await impatient.ask(one)
    await one.live(job.id, lambda it: it.state is JobState.FOLLOWING)
    impatient.api.faults.add("DELETE", "/tasks/*", delay=MINUTES)
    await one.recorder.request_cancel(job.id, REQUESTER)
    await one.live(job.id)
    await assert_right(impatient, one, job, CANCELLED)


async def test_a_silent_balance(impatient: World) -> None:
    """A balance that does not come means that the API can't be reached."""
    one = impatient.process()
    impatient.api.faults.add("GET", "/balance", delay=MINUTES)
    assert not await ApiWatch(impatient.client, one.health, clock=impatient.clock).check()
    assert one.health.problem(REACH) is not None
