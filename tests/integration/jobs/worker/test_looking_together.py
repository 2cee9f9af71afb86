"""Many young jobs are asked about by pages of the list, and a burst of them in turns."""

import asyncio
import dataclasses
from decimal import Decimal

import pytest

from bot.jobs.worker.deliver import DeliverStep
from bot.jobs.worker.task_questions import KEPT_FOR
from bot.modelhunter import TaskStatus
from db.records import Job, JobState
from sandbox.modelhunter import Script
from tests.integration.jobs.process import Process
from tests.integration.jobs.world import MINUTE, REQUESTER, World


async def follow_many(world: World, one: Process, count: int, script: Script) -> list[int]:
    """Bring *count* jobs to the API and return their ids."""
    job_ids = []
    for number in range(count):
        world.api.scripts.next(script)
        job = await world.ask(one, number)
        await one.step(job.id)
        job_ids.append(job.id)
    assert {(await one.read(job_id)).state for job_id in job_ids} == {JobState.FOLLOWING}
    world.api.requests.clear()
    return job_ids


async def look(one: Process, job_ids: list[int]) -> list[Job]:
    """Look at the jobs on a tick, with the steps that come of it, and return them afterwards."""
    await one.look_together(job_ids)
    return [await one.read(job_id) for job_id in job_ids]


async def test_thirty_tasks_cost_one_page(world: World, one: Process) -> None:
    """Thirty running tasks cost one GET, and each job learns its status and progress."""
    job_ids = await follow_many(world, one, 30, Script.endless())
    jobs = await look(one, job_ids)
    assert {(job.status, job.progress) for job in jobs} == {("running", 50.0)}
    assert [call.path for call in world.api.calls("GET")] == ["/tasks"]


async def test_more_than_a_hundred_tasks_cost_two_pages(world: World, one: Process) -> None:
    """A hundred and twenty tasks cost two pages."""
    job_ids = await follow_many(world, one, 120, dataclasses.replace(Script.endless()))
    # The sandbox API's cursor is a time: tasks of the same millisecond would be skipped at the edge.
    for number, record in enumerate(list(world.api.tasks.values())):
        moved = dataclasses.replace(record, created_at=record.created_at + number / 1000)
        world.api.tasks[record.id] = moved  # type: ignore[index]
    jobs = await look(one, job_ids)
    assert {job.status for job in jobs} == {"running"}
    assert [call.path for call in world.api.calls("GET")] == ["/tasks", "/tasks"]


async def test_a_finished_task_is_asked_for_alone(world: World, one: Process) -> None:
    """The list shows no results, so each task that ended is asked for."""
    job_ids = await follow_many(world, one, 6, Script.endless())
    world.api.scripts.next(Script.quick(5))
    done = await world.ask(one, 100)
    await one.step(done.id)
    world.api.requests.clear()
    jobs = await look(one, [*job_ids, done.id])
    assert [job.state for job in jobs] == [*[JobState.FOLLOWING] * 6, JobState.DELIVERING]
    assert [call.path for call in world.api.calls("GET")] == [
        "/tasks",
        f"/tasks/{jobs[-1].task_id}",
    ]


async def test_few_tasks_are_asked_for_alone(world: World, one: Process) -> None:
    """Four jobs are not worth a list."""
    job_ids = await follow_many(world, one, 4, Script.endless())
    world.clock.now += MINUTE
    jobs = await look(one, job_ids)
    assert {job.status for job in jobs} == {"running"}
    assert world.api.calls("GET", "/tasks") == []


async def test_tasks_are_asked_for_alone_without_the_list(world: World, one: Process) -> None:
    """A list that can't be had, or is silent about a task, leaves a question for each."""
    job_ids = await follow_many(world, one, 5, Script.endless())
    world.api.faults.add("GET", "/tasks", status=500)
    jobs = await look(one, job_ids)
    assert {job.status for job in jobs} == {"running"}
    assert len(world.api.calls("GET", "/tasks/*")) == 5


async def test_an_end_in_the_list_is_not_believed(world: World, one: Process) -> None:
    """What the list calls an end is not believed before the task itself says so."""
    (job_id,) = await follow_many(world, one, 1, Script.endless())
    task = await world.client.get_task(world.only_task())
    ended = task.model_copy(update={"status": TaskStatus.FAILED})
    await one.tracker.step(job_id, ended)
    assert (await one.read(job_id)).state is JobState.FOLLOWING


@pytest.mark.parametrize("age", [KEPT_FOR - 1.0, KEPT_FOR])
async def test_a_list_that_shows_results(world: World, one: Process, age: float) -> None:
    """An entry with its result is answer enough, and its address is used until it is a minute old."""
    (job_id,) = await follow_many(world, one, 1, Script.quick(5))
    world.clock.now += 10.0
    listed = await world.client.get_task(world.only_task())
    world.api.requests.clear()
    await one.tracker.step(job_id, listed)
    assert (await one.read(job_id)).state is JobState.DELIVERING
    assert world.api.calls("GET") == []
    world.clock.now += age
    assert (await one.run_until(job_id)).state is JobState.DELIVERED
    assert len(world.api.calls("GET", "/tasks/*")) == (0 if age < KEPT_FOR else 1)


async def test_an_address_of_the_list_that_is_refused(world: World, one: Process) -> None:
    """An address that came with the ending and is refused is replaced at once by a fresh one."""
    (job_id,) = await follow_many(world, one, 1, Script.quick(5))
    world.clock.now += 10.0
    listed = await world.client.get_task(world.only_task())
    await one.tracker.step(job_id, listed)
    world.api.requests.clear()
    world.api.faults.add("GET", "/results/*", status=403)
    await one.tracker.step(job_id)
    assert (await one.read(job_id)).state is JobState.DELIVERED
    assert len(world.api.calls("GET", "/tasks/*")) == 1


async def test_a_list_that_shows_errors(world: World, one: Process) -> None:
    """An entry with its error is answer enough, as is its cost."""
    failing = dataclasses.replace(Script.failing("no foxes", seconds=5), cost=Decimal("0.02"))
    (job_id,) = await follow_many(world, one, 1, failing)
    world.clock.now += 10.0
    (listed,) = (await world.client.list_tasks()).tasks
    world.api.requests.clear()
    await one.tracker.step(job_id, listed)
    failed = await one.read(job_id)
    assert (failed.state, failed.error_message) == (JobState.FAILED, "no foxes")
    assert failed.cost == Decimal("0.02")
    assert world.api.calls("GET") == []


async def test_at_most_32_calls_at_once(world: World, one: Process) -> None:
    """A burst of commands makes 32 calls at a time, however many wait."""
    job_ids = [(await world.ask(one, number)).id for number in range(40)]
    in_flight, most, full, go_on = 0, 0, asyncio.Event(), asyncio.Event()

    async def meanwhile() -> None:
        nonlocal in_flight, most
        in_flight += 1
        most = max(most, in_flight)
        if in_flight == 32:
            full.set()
        await go_on.wait()
        in_flight -= 1

    world.api.faults.add("POST", "*", times=None, delay=0.001)
    world.clock.during_sleep = meanwhile
    async with asyncio.TaskGroup() as steps:
        for job_id in job_ids:
            steps.create_task(one.tracker.step(job_id))
        await asyncio.wait_for(full.wait(), 20)
        # A call that is let in wrongly arrives long before all these are answered.
        for _ in range(50):
            await one.read(job_ids[0])
            await world.client.balance()
        go_on.set()
    assert most == 32
    assert len(world.api.tasks) == 40


async def test_hanging_questions_hold_up_nothing_else(world: World, one: Process) -> None:
    """While 40 questions hang, a create, a cancel, an ending and another's question go on."""
    world.api.scripts.choose = lambda _request: Script.endless()
    stuck = [await world.ask(one, number) for number in range(40)]
    for job in stuck:
        await one.step(job.id)
    cancelled, other = await world.ask(one, 60), await world.ask(one, 61, user_id=REQUESTER + 1)
    await one.step(cancelled.id)
    await one.step(other.id)
    ended, new = await world.ask(one, 62), await world.ask(one, 63)
    await one.recorder.request_cancel(cancelled.id, REQUESTER)
    await one.recorder.request_cancel(ended.id, REQUESTER)
    await one.step(ended.id)
    go_on, full, hanging = asyncio.Event(), asyncio.Event(), 0

    async def hang() -> None:
        nonlocal hanging
        hanging += 1
        if hanging == 32:
            full.set()
        await go_on.wait()

    world.api.faults.add("GET", "/tasks/*", times=32, delay=0.001)
    world.clock.during_sleep = hang
    steps = [asyncio.create_task(one.step(job.id), name="hanging") for job in stuck]
    try:
        await asyncio.wait_for(full.wait(), 20)
        for job in (new, cancelled, ended, other):
            await asyncio.wait_for(one.step(job.id), 20)
        assert not go_on.is_set()
    finally:
        go_on.set()
        await asyncio.gather(*steps)
    assert (await one.read(new.id)).task_id is not None
    assert (await one.read(cancelled.id)).state is JobState.CANCELLED
    assert not (await one.read(ended.id)).open


async def test_stuck_deliveries_hold_up_no_ending(
    world: World, one: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While as many deliveries as may be do not come on, a cancelled job's end is shown."""
    world.api.scripts.choose = lambda _request: Script.quick(1)
    stuck = [await world.ask(one, number) for number in range(16)]
    for job in stuck:
        await one.run_until(job.id, lambda it: it.state is JobState.DELIVERING)
    cancelled = await world.ask(one, 50)
    await one.recorder.request_cancel(cancelled.id, REQUESTER)
    await one.step(cancelled.id)
    go_on, full, begun = asyncio.Event(), asyncio.Event(), 0
    deliver = DeliverStep.deliver

    async def wait(self: DeliverStep, job: Job) -> Job:
        nonlocal begun
        begun += 1
        if begun == len(stuck):
            full.set()
        await go_on.wait()
        return await deliver(self, job)

    monkeypatch.setattr(DeliverStep, "deliver", wait)
    deliveries = [asyncio.create_task(one.step(job.id), name="stuck") for job in stuck]
    try:
        await asyncio.wait_for(full.wait(), 20)
        await asyncio.wait_for(one.step(cancelled.id), 20)
    finally:
        go_on.set()
        await asyncio.gather(*deliveries)
    assert not (await one.read(cancelled.id)).open
