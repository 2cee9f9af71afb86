"""What the API stamps by its own clock is found, however far that clock is from the bot's."""

import dataclasses
from collections.abc import AsyncGenerator
from decimal import Decimal

import pytest

from db.records import Job, JobState
from sandbox.modelhunter import Script
from tests.integration.jobs.world import HOUR, IMAGES, MINUTE, World, open_world
from tests.manual_clock import ManualClock

# Seconds by which the bot's clock is ahead of the API's.
OFFSETS = [-12 * HOUR, -2 * HOUR, -90.0, -40.0, 0.0, 40.0, 90.0, 2 * HOUR, 12 * HOUR]


@pytest.fixture(params=OFFSETS, ids=lambda ahead: f"{ahead:+.0f}s")
async def world(request: pytest.FixtureRequest) -> AsyncGenerator[World]:
    """Open a world whose bot and API do not agree on the time."""
    async with open_world(ManualClock(), ahead=request.param) as opened:
        yield opened


async def test_the_cost_of_a_failed_task_is_found(world: World) -> None:
    """A failed task that was paid for is settled at its cost."""
    failing = Script.failing("too dark", seconds=5)
    world.api.scripts.next(dataclasses.replace(failing, cost=Decimal("0.32")))
    one = world.process()
    job = await world.ask(one)
    ended = await one.run_until(job.id)
    assert (ended.state, ended.cost) == (JobState.FAILED, Decimal("0.32"))
    assert await world.spent() == Decimal("0.32")


async def test_many_tasks_are_found_in_the_list(world: World) -> None:
    """Young tasks are asked about by one page of the list."""
    one = world.process()
    jobs: list[Job] = []
    for number in range(10):
        world.api.scripts.next(Script.endless())
        jobs.append(await world.ask(one, number))
        await one.step(jobs[-1].id)
    world.api.requests.clear()
    assert await one.look_together([job.id for job in jobs]) == [job.id for job in jobs]
    assert {(await one.read(job.id)).status for job in jobs} == {"running"}
    assert [call.path for call in world.api.calls("GET")] == ["/tasks"]


async def test_a_lost_answer_is_found(world: World) -> None:
    """A task whose POST got no answer is adopted, and never made twice."""
    world.api.scripts.next(Script.quick(3))
    world.api.faults.add("POST", IMAGES, cut="after")
    one = world.process()
    job = await world.ask(one)
    assert (await one.run_until(job.id)).state is JobState.DELIVERED
    assert len(world.api.tasks) == len(world.api.calls("POST")) == 1


async def test_a_running_job_is_not_late(world: World) -> None:
    """How old a task is says the bot's clock alone."""
    world.api.scripts.next(Script.quick(5 * MINUTE))
    one = world.process()
    job = await world.ask(one)
    await one.run_until(job.id)
    assert not any(shown.late for shown in world.cards.shown)


async def test_tasks_among_many_of_other_programs(world: World) -> None:
    """Pages are read only as long as they are cheaper than a GET for each job."""
    one = world.process()
    jobs: list[Job] = []
    for number in range(5):
        world.api.scripts.next(Script.endless())
        jobs.append(await world.ask(one, number))
        await one.step(jobs[-1].id)
    for _ in range(130):
        world.clock.now += 0.01
        await world.client.create_task(jobs[0].endpoint, jobs[0].body)
    world.api.requests.clear()
    await one.look_together([job.id for job in jobs])
    assert {(await one.read(job.id)).status for job in jobs} == {"running"}
    assert len(world.api.calls("GET", "/tasks")) <= 2
    assert len(world.api.calls("GET")) <= 2 + 5
