"""Pages of the task list against a question for each task, asked of the sandbox API."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping

from bot.modelhunter import Task
from db.records import JobState
from sandbox.modelhunter import Script
from tests.benchmarks.comparison import Comparison, Measure
from tests.integration.jobs.world import Process, World, open_world
from tests.manual_clock import ManualClock

JOBS = 300
ROUNDS = 5
_AT_ONCE = 32


async def compare() -> Comparison:
    """Ask about running jobs in both ways, several rounds each."""
    async with open_world(ManualClock()) as world:
        one = world.process()
        job_ids = await _follow(world, one)
        pages = await _measure(world, lambda: _by_pages(one, job_ids))
        each = await _measure(world, lambda: _each(one, job_ids))
    return Comparison(
        title=f"{JOBS} running tasks, asked about {ROUNDS} times",
        ours="pages of the list",
        theirs="a GET each",
        measures=[
            Measure("requests", pages[0], each[0]),
            Measure("seconds", pages[1], each[1]),
            Measure("processor seconds", pages[2], each[2]),
        ],
    )


async def _follow(world: World, one: Process) -> list[int]:
    job_ids = []
    for number in range(JOBS):
        world.api.scripts.next(Script.endless())
        job = await world.ask(one, number)
        await one.step(job.id)
        assert (await one.read(job.id)).state is JobState.FOLLOWING
        job_ids.append(job.id)
        # The list's cursor is a time: tasks of one millisecond would be skipped between pages.
        world.clock.now += 0.01
    return job_ids


async def _by_pages(one: Process, job_ids: list[int]) -> None:
    """Take a step of each job as the schedule does when many are due."""
    listed = await one.tracker.list_tasks(job_ids)
    assert len(listed) == JOBS
    await _step(one, job_ids, listed)


async def _each(one: Process, job_ids: list[int]) -> None:
    """Take a step of each job, which asks for its task alone."""
    await _step(one, job_ids, {})


async def _step(one: Process, job_ids: list[int], listed: Mapping[int, Task]) -> None:
    lane = asyncio.Semaphore(_AT_ONCE)

    async def step(job_id: int) -> None:
        async with lane:
            await one.tracker.step(job_id, listed.get(job_id))

    await asyncio.gather(*(step(job_id) for job_id in job_ids))


async def _measure(world: World, ask: Callable[[], Awaitable[None]]) -> tuple[float, float, float]:
    await ask()
    world.api.requests.clear()
    wall, processor = time.perf_counter(), time.process_time()
    for _ in range(ROUNDS):
        await ask()
    seconds = time.perf_counter() - wall
    return float(len(world.api.requests)), seconds, time.process_time() - processor
