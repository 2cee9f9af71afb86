"""A question goes wrong: it is asked again, and nothing else comes of it."""

from decimal import Decimal

import pytest

from bot.jobs.worker.retry_later import RetryLater
from bot.monitoring.api_gate import ACCOUNT, REACH
from bot.monitoring.api_refusals import Route
from db.records import JobState
from sandbox.modelhunter import Script, Step
from tests.integration.jobs.api_faults.checks import assert_right
from tests.integration.jobs.api_faults.faults import DELIVERED, TROUBLES, add_fault
from tests.integration.jobs.process import Process
from tests.integration.jobs.world import IMAGES, World

ROUTE = Route("seedream/text-to-image", "seedream-4-0")
CHEAP = Decimal("0.01")

# What a balance that can't be read says, while the task list can be: a refusal is everybody's, and
# any other answer is none of anybody's concern.
BALANCES = dict.fromkeys(("401", "402", "403", "403 for a model"), "account")


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_a_failing_get_of_the_task(world: World, one: Process, trouble: str) -> None:
    """A GET that fails three times is repeated a fourth time; no job ends for it."""
    world.api.scripts.next(Script.quick(20))
    fault = add_fault(world.api.faults, "GET", "/tasks/*", trouble, times=3)
    job = await world.ask(one)
    await one.run_until(job.id)
    assert fault.injected == 3
    await assert_right(world, one, job, DELIVERED)
    assert len(world.api.calls("POST")) == 1


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_a_failing_task_list(world: World, one: Process, trouble: str) -> None:
    """A list that fails three times proves no absence: the task is found by the fourth."""
    world.api.scripts.next(Script.quick(20))
    add_fault(world.api.faults, "POST", IMAGES, "cut after")
    fault = add_fault(world.api.faults, "GET", "/tasks", trouble, times=3)
    job = await world.ask(one)
    await one.run_until(job.id)
    assert fault.injected == 3
    await assert_right(world, one, job, DELIVERED)
    assert len(world.api.calls("POST")) == 1


@pytest.mark.parametrize("trouble", [name for name in TROUBLES if name[:3] in ("429", "503")])
async def test_when_a_failed_get_is_repeated(world: World, one: Process, trouble: str) -> None:
    """The API's Retry-After is honoured, as seconds and as a date; a 429 slows every job."""
    job = await world.ask(one)
    await one.run_until(job.id, lambda it: it.state is JobState.FOLLOWING)
    add_fault(world.api.faults, "GET", "/tasks/*", trouble)
    with pytest.raises(RetryLater) as caught:
        await one.tracker.step(job.id)
    wanted = {"in seconds": 70.0, "until a date": 90.0}.get(trouble[4:])
    assert (caught.value.retry_after, caught.value.slows_all) == (wanted, trouble[:3] == "429")


async def test_a_429_of_the_task_list_slows_every_job(world: World, one: Process) -> None:
    """A 429 for many jobs at once is not answered by a question for each."""
    jobs = [await world.ask(one, number) for number in range(6)]
    for job in jobs:
        await one.run_until(job.id, lambda it: it.state is JobState.FOLLOWING)
    add_fault(world.api.faults, "GET", "/tasks", "429 in seconds")
    world.api.requests.clear()
    assert await one.look_together([job.id for job in jobs]) == []
    assert [call.path for call in world.api.calls("GET")] == ["/tasks"]
    assert one.pause.remaining() == 60.0
    assert await one.look_together([job.id for job in jobs]) == []
    assert len(world.api.calls("GET")) == 1


@pytest.mark.parametrize("word", ["dreaming", "", "SUCCEEDED?", "x" * 500, "processing"])
async def test_unknown_task_statuses_are_followed(world: World, one: Process, word: str) -> None:
    """An unknown status means that the task still goes on."""
    steps = (Step(0, "pending"), Step(3, word), Step(30, "succeeded"))
    quick = Script.quick()
    world.api.scripts.next(Script(steps=steps, result=quick.result, cost=quick.cost))
    job = await world.ask(one)
    await one.run_until(job.id)
    await assert_right(world, one, job, DELIVERED)


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_a_failing_balance(world: World, one: Process, trouble: str) -> None:
    """A balance that can't be read closes nothing while the list can be; one that is refused does."""
    watch = one.watch
    # A question whose connection is cut is asked a second time by the HTTP library itself.
    times = 2 if trouble in {"cut before", "cut after"} else 1
    fault = add_fault(world.api.faults, "GET", "/balance", trouble, times=times)
    kind = BALANCES.get(trouble)
    assert await watch.check() is (kind is None)
    assert (one.health.problem(ACCOUNT) is not None) is (kind == "account")
    assert await watch.check()
    assert (fault.injected, one.health.problems()) == (times, ())


# Answers in the API's own envelope, and answers that say that it has had the call.
_OWN = {name for name in TROUBLES if name[:1] in "45" and "html" not in name}
_OWN |= {"wrong types", "wrong types after the effect"}


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_what_shows_that_the_api_answers(world: World, one: Process, trouble: str) -> None:
    """Only the API's own envelope shows that it answers, never any HTTP response."""
    add_fault(world.api.faults, "GET", "/*", trouble, times=None)
    await one.watch.check()
    assert (one.health.problem(REACH) is None) is (trouble in _OWN)
    assert (one.gate.barrier(ROUTE, CHEAP) is None) is (trouble in _OWN - set(BALANCES))
    world.api.faults.clear()
    assert await one.watch.check()
    assert one.health.problems() == ()
