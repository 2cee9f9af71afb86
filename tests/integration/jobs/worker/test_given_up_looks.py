"""What a user asks of a job does not wait for a step of it that changes nothing."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from bot.jobs.actions import JobActions
from bot.jobs.errors import LookGivenUp
from bot.jobs.queries import JobQueries
from db.records import Job, JobState
from db.repositories.retention import Retention
from sandbox.modelhunter import Script
from tests.integration.jobs.process import Process
from tests.integration.jobs.worker.delivering import delivering
from tests.integration.jobs.world import IMAGES, REQUESTER, World

PLACES = 32
ANSWER = 20.0  # seconds that a busy machine may take


def actions_of(world: World, process: Process) -> JobActions:
    """Return what users may do with the jobs of a process."""
    queries, retention = JobQueries(process.jobs), Retention(world.store)
    return JobActions(queries, process.recorder, retention, wake=process.due_times.wake)


async def take_step(process: Process, job: Job) -> None:
    """Take one step of the job as the scheduler does, in flight while it lasts."""
    process.due_times.wake(job.id)
    assert process.due_times.take_due() == [job.id]
    try:
        await process.tracker.step(job.id)
    finally:
        process.due_times.release(job.id, 0.0)


@asynccontextmanager
async def hanging(world: World, method: str, path: str) -> AsyncGenerator[asyncio.Event]:
    """Have the next call hang while the block lasts; yield what is set when it hangs."""
    hangs, go_on = asyncio.Event(), asyncio.Event()

    async def hang() -> None:
        hangs.set()
        await go_on.wait()

    world.api.faults.add(method, path, delay=0.001)
    world.clock.during_sleep = hang
    try:
        yield hangs
    finally:
        world.clock.during_sleep = None
        go_on.set()


async def given_up(step: asyncio.Task[None]) -> None:
    """Wait until a step has given up what it looked at."""
    with pytest.raises(LookGivenUp):
        await asyncio.wait_for(step, ANSWER)


async def following(world: World, process: Process) -> Job:
    """Bring a job to where its task goes on."""
    world.api.scripts.next(Script.endless())
    job = await world.ask(process)
    return await process.run_until(job.id, lambda it: it.status == "running")


async def test_a_cancel_during_a_question(world: World, one: Process) -> None:
    """While the question about a task hangs, the request to cancel it is sent."""
    job = await following(world, one)
    async with hanging(world, "GET", "/tasks/*") as hangs:
        step = asyncio.create_task(take_step(one, job), name="asks")
        await asyncio.wait_for(hangs.wait(), ANSWER)
        await actions_of(world, one).cancel(job.id, REQUESTER)
        await given_up(step)
        await take_step(one, job)
    assert len(world.api.calls("DELETE")) == 1
    assert (await one.read(job.id)).state is JobState.CANCELLED


async def test_a_cancel_while_the_task_is_waited_for_in_a_lane(world: World, one: Process) -> None:
    """While a job waits for a place to be sent, the request to cancel it ends it unsent."""
    job = await world.ask(one)
    async with AsyncExitStack() as stack:
        for _ in range(PLACES):
            await stack.enter_async_context(one.lanes.create(job))
        step = asyncio.create_task(take_step(one, job), name="waits for a place")
        await asyncio.sleep(0.05)
        await actions_of(world, one).cancel(job.id, REQUESTER)
        await given_up(step)
        await take_step(one, job)
    assert world.api.calls("POST") == []
    assert (await one.read(job.id)).state is JobState.CANCELLED


@pytest.mark.parametrize("path", ["/tasks/*", "/results/*"])
async def test_a_deleted_card_during_a_delivery(world: World, one: Process, path: str) -> None:
    """While the question or download of a delivery hangs, a deleted card ends the job."""
    job = await delivering(world, one)
    async with hanging(world, "GET", path) as hangs:
        step = asyncio.create_task(take_step(one, job), name="delivers")
        await asyncio.wait_for(hangs.wait(), ANSWER)
        await actions_of(world, one).card_deleted(job.message_id or 0)
        await given_up(step)
    closed = await one.read(job.id)
    assert (closed.state, closed.open) == (JobState.LINKED, False)
    assert world.cards.uploads == []


async def test_a_hint_during_a_question(world: World, one: Process) -> None:
    """A hint makes the bot ask anew at once, as an answer that hangs may be older; once in a row."""
    job = await following(world, one)
    async with hanging(world, "GET", "/tasks/*") as hangs:
        step = asyncio.create_task(take_step(one, job), name="asks")
        await asyncio.wait_for(hangs.wait(), ANSWER)
        one.due_times.wake_by(job.id, one.clock())
        await given_up(step)
        assert one.due_times.take_due() == [job.id]
        await one.tracker.step(job.id)
    assert _paths(world)[-2:] == [f"/tasks/{job.task_id}"] * 2


@pytest.mark.parametrize(("method", "path"), [("POST", IMAGES), ("DELETE", "/tasks/*")])
async def test_what_changes_something_is_not_given_up(
    world: World, one: Process, method: str, path: str
) -> None:
    """A create and a cancel are waited for, whatever comes in the meantime, and are sent once."""
    job = await world.ask(one) if method == "POST" else await following(world, one)
    actions = actions_of(world, one)
    if method == "DELETE":
        await actions.cancel(job.id, REQUESTER)
    async with hanging(world, method, path) as hangs:
        step = asyncio.create_task(take_step(one, job), name="changes something")
        await asyncio.wait_for(hangs.wait(), ANSWER)
        await actions.cancel(job.id, REQUESTER)
        one.due_times.wake_by(job.id, one.clock())
        await asyncio.sleep(0.05)
        assert not step.done()
    await asyncio.gather(step, return_exceptions=True)
    assert len(world.api.calls(method)) == 1
    assert (await one.run_until(job.id)).state is JobState.CANCELLED
    assert len(world.api.tasks) == 1


def _paths(world: World) -> Sequence[str]:
    return [call.path for call in world.api.calls("GET")]
