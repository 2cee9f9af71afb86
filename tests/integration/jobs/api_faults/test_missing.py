"""The API has forgotten many tasks at once: that is no end of theirs but a fault for the operator."""

import pytest

from bot.jobs.worker.missing_tasks import MISSING
from db.records import Job, JobState, Reason
from sandbox.modelhunter import Script
from tests.integration.jobs.api_faults.checks import assert_ended
from tests.integration.jobs.api_faults.faults import DELIVERED
from tests.integration.jobs.api_faults.many_jobs import Together
from tests.integration.jobs.world import DAY, MINUTE, Process, World


async def _following(world: World, process: Process, count: int) -> list[Job]:
    jobs = []
    for number in range(count):
        world.api.scripts.next(Script.quick(30))
        job = await world.ask(process, number)
        await process.live(job.id, lambda it: it.state is JobState.FOLLOWING)
        jobs.append(job)
    world.api.faults.add("GET", "/tasks/*", times=None, status=404, code="TASK_NOT_FOUND")
    return jobs


async def test_many_at_once(world: World, one: Process, caplog: pytest.LogCaptureFixture) -> None:
    """Six tasks at 404 for two days are no job's end but one message, and well again by themselves."""
    jobs = await _following(world, one, 6)
    together = Together(one, [job.id for job in jobs])
    await together.live(world.clock() + MINUTE)
    world.clock.now += 2 * DAY
    await together.live(world.clock() + MINUTE)
    assert {(await one.read(job.id)).state for job in jobs} == {JobState.FOLLOWING}
    loud = {record.getMessage() for record in caplog.records if record.levelname == "ERROR"}
    assert loud == {one.health.problem(MISSING)}
    world.api.faults.clear()
    await together.live()
    for job in jobs:
        await assert_ended(world, one, job, DELIVERED)
    assert one.health.problem(MISSING) is None


async def test_a_few(world: World, one: Process) -> None:
    """Four tasks at 404 may well be gone: no alarm, and they are lost after a day."""
    jobs = await _following(world, one, 4)
    together = Together(one, [job.id for job in jobs])
    await together.live(world.clock() + MINUTE)
    world.clock.now += DAY
    await together.live()
    assert {(await one.read(job.id)).reason for job in jobs} == {Reason.UNKNOWN_TASK}
    assert one.health.problem(MISSING) is None


async def test_nobody_did_anything(world: World, one: Process) -> None:
    """After a week the tasks are taken for gone, so that no job stays open for ever."""
    jobs = await _following(world, one, 6)
    together = Together(one, [job.id for job in jobs])
    await together.live(world.clock() + MINUTE)
    assert one.health.problem(MISSING) is not None
    world.clock.now += 7 * DAY
    await together.live()
    assert {(await one.read(job.id)).state for job in jobs} == {JobState.LOST}
