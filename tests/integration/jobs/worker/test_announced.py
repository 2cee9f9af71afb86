"""A question that a webhook has led to goes with those about tasks that have ended."""

import asyncio
from collections.abc import Sequence

import pytest

from bot.modelhunter import Task, Urgency
from db.records import JobState
from sandbox.modelhunter import Script
from tests.integration.jobs.process import Process
from tests.integration.jobs.world import World


async def _follow(world: World, one: Process, count: int) -> Sequence[int]:
    world.api.scripts.next(*(Script.endless() for _ in range(count)))
    jobs = [await world.ask(one, number) for number in range(count)]
    for job in jobs:
        await one.run_until(job.id, lambda it: it.state is JobState.FOLLOWING)
    return [job.id for job in jobs]


@pytest.mark.parametrize("is_announced", [True, False])
async def test_its_urgency(
    world: World, one: Process, monkeypatch: pytest.MonkeyPatch, is_announced: bool
) -> None:
    """Its turn is the one of an ending, as its requester waits."""
    (job_id,) = await _follow(world, one, 1)
    asked: list[Urgency] = []
    get_task = world.client.get_task

    async def note(task_id: str, *, urgency: Urgency = Urgency.QUESTION) -> Task:
        asked.append(urgency)
        return await get_task(task_id, urgency=urgency)

    monkeypatch.setattr(world.client, "get_task", note)
    if is_announced:
        one.announced.add(job_id)
    await one.step(job_id)
    assert asked == [Urgency.ENDING if is_announced else Urgency.QUESTION]


async def test_its_place(world: World, one: Process, monkeypatch: pytest.MonkeyPatch) -> None:
    """Questions that hang take none of its places."""
    *hanging, announced = await _follow(world, one, 60)
    get_task, is_hanging = world.client.get_task, asyncio.Event()
    asked = 0

    async def hang(task_id: str, *, urgency: Urgency = Urgency.QUESTION) -> Task:
        nonlocal asked
        if urgency is Urgency.ENDING:
            return await get_task(task_id, urgency=urgency)
        asked += 1
        is_hanging.set()
        await asyncio.Event().wait()
        raise AssertionError

    monkeypatch.setattr(world.client, "get_task", hang)
    steps = [asyncio.create_task(one.step(job_id), name=f"step {job_id}") for job_id in hanging]
    await is_hanging.wait()
    one.announced.add(announced)
    async with asyncio.timeout(10):
        await one.step(announced)
    assert asked < len(hanging)  # they are more than have a place
    for step in steps:
        step.cancel()
    await asyncio.gather(*steps, return_exceptions=True)
