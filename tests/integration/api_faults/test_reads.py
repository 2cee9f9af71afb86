"""A question goes wrong: it is asked again, and nothing else comes of it."""

import pytest

from bot.jobs.api_health import ACCOUNT, REACH, ApiWatch
from bot.jobs.outlook import TryLater
from db.records import JobState
from sandbox.modelhunter import Script, Step
from tests.integration.jobs.world import IMAGES, Process, World

from .judging import assert_right
from .troubles import DELIVERED, TROUBLES, strike

_REACHED = ("", None)  # the problems under ACCOUNT and REACH: none, none
# What a balance that can't be read says of the API: `account`, `reach`, or that it answered.
BALANCES = {
    "401": "account",
    "402": "account",
    "403": "account",
    "429": "reach",
    "429 in seconds": "reach",
    "429 until a date": "reach",
    "500": "reach",
    "500 after the effect": "reach",
    "502": "reach",
    "502 html": "reach",
    "503": "reach",
    "503 in seconds": "reach",
    "503 until a date": "reach",
    "503 html": "reach",
    "cut before": "reach",
    "cut within": "reach",
    "cut after": "reach",
}


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_the_task(world: World, one: Process, trouble: str) -> None:
    """A GET that goes wrong three times is asked a fourth time; no job ends for it."""
    world.api.scripts.next(Script.quick(20))
    fault = strike(world.api.faults, "GET", "/tasks/*", trouble, times=3)
    job = await world.ask(one)
    await one.live(job.id)
    assert fault.injected == 3
    await assert_right(world, one, job, DELIVERED)
    assert len(world.api.calls("POST")) == 1


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_the_list(world: World, one: Process, trouble: str) -> None:
    """A list that goes wrong three times proves no absence: the task is found by the fourth."""
    world.api.scripts.next(Script.quick(20))
    strike(world.api.faults, "POST", IMAGES, "cut after")
    fault = strike(world.api.faults, "GET", "/tasks", trouble, times=3)
    job = await world.ask(one)
    await one.live(job.id)
    assert fault.injected == 3
    await assert_right(world, one, job, DELIVERED)
    assert len(world.api.calls("POST")) == 1


@pytest.mark.parametrize("trouble", [name for name in TROUBLES if name[:3] in ("429", "503")])
async def test_when_it_is_asked_again(world: World, one: Process, trouble: str) -> None:
    """The API's wish for time is honoured, as seconds and as a date; a 429 slows everybody."""
    job = await world.ask(one)
    await one.live(job.id, lambda it: it.state is JobState.FOLLOWING)
    strike(world.api.faults, "GET", "/tasks/*", trouble)
    with pytest.raises(TryLater) as caught:
        await one.tracker.step(job.id)
    wanted = {"in seconds": 70.0, "until a date": 90.0}.get(trouble[4:])
    assert (caught.value.retry_after, caught.value.everybody) == (wanted, trouble[:3] == "429")


async def test_a_limit_on_the_list_slows_everybody(world: World, one: Process) -> None:
    """A 429 for many jobs at once is not answered by a question for each."""
    jobs = [await world.ask(one, number) for number in range(6)]
    for job in jobs:
        await one.live(job.id, lambda it: it.state is JobState.FOLLOWING)
    strike(world.api.faults, "GET", "/tasks", "429 in seconds")
    with pytest.raises(TryLater) as caught:
        await one.tracker.ask_together([job.id for job in jobs])
    assert (caught.value.retry_after, caught.value.everybody) == (70.0, True)


@pytest.mark.parametrize("word", ["dreaming", "", "SUCCEEDED?", "x" * 500, "processing"])
async def test_unknown_statuses(world: World, one: Process, word: str) -> None:
    """A status that nobody knows means that the task still goes on."""
    steps = (Step(0, "pending"), Step(3, word), Step(30, "succeeded"))
    quick = Script.quick()
    world.api.scripts.next(Script(steps=steps, result=quick.result, cost=quick.cost))
    job = await world.ask(one)
    await one.live(job.id)
    await assert_right(world, one, job, DELIVERED)


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_the_balance(world: World, one: Process, trouble: str) -> None:
    """A balance that can't be read stops nothing but for the key, and is well once it can be."""
    watch = ApiWatch(world.client, one.health)
    fault = strike(world.api.faults, "GET", "/balance", trouble)
    kind = BALANCES.get(trouble)
    assert await watch.look() is (kind is None)
    assert (one.health.problem(ACCOUNT) is not None) is (kind == "account")
    assert (one.health.problem(REACH) is not None) is (kind == "reach")
    assert await watch.look()
    assert (fault.injected, one.health.problems()) == (1, ())
