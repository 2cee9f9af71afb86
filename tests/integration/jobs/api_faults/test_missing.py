"""The API has forgotten many tasks at once: that is no end of theirs but a fault for the operator."""

import pytest

from bot.jobs.worker.missing_tasks import MISSING
from db.records import Job, JobState, Reason
from sandbox.modelhunter import Script
from tests.integration.jobs.api_faults.checks import assert_ended
from tests.integration.jobs.api_faults.faults import DELIVERED
from tests.integration.jobs.api_faults.many_jobs import ManyJobs
from tests.integration.jobs.process import Process
from tests.integration.jobs.world import DAY, MINUTE, REQUESTER, World


async def _following(world: World, process: Process, count: int) -> list[Job]:
    jobs = []
    for number in range(count):
        world.api.scripts.next(Script.quick(30))
        job = await world.ask(process, number)
        await process.run_until(job.id, lambda it: it.state is JobState.FOLLOWING)
        jobs.append(job)
    world.api.faults.add("GET", "/tasks/*", times=None, status=404, code="TASK_NOT_FOUND")
    return jobs


async def test_many_tasks_at_404_are_an_alarm(
    world: World, one: Process, caplog: pytest.LogCaptureFixture
) -> None:
    """Six tasks at 404 for two days are no job's end but one message, and well again by themselves."""
    jobs = await _following(world, one, 6)
    many_jobs = ManyJobs(one, [job.id for job in jobs])
    await many_jobs.run(world.clock() + MINUTE)
    world.clock.now += 2 * DAY
    await many_jobs.run(world.clock() + MINUTE)
    assert {(await one.read(job.id)).state for job in jobs} == {JobState.FOLLOWING}
    loud = {record.getMessage() for record in caplog.records if record.levelname == "ERROR"}
    assert loud == {one.health.problem(MISSING)}
    world.api.faults.clear()
    await many_jobs.run()
    for job in jobs:
        await assert_ended(world, one, job, DELIVERED)
    assert one.health.problem(MISSING) is None


async def test_many_tasks_of_one_requester_at_404_are_no_alarm(world: World, one: Process) -> None:
    """While others' tasks are known, six of one requester's are their own trouble, and end alone."""
    jobs = await _following(world, one, 6)
    world.api.faults.clear()
    other = await world.ask(one, 10, user_id=REQUESTER + 1)
    world.api.scripts.next(Script.endless())
    await one.run_until(other.id, lambda it: it.state is JobState.FOLLOWING)
    for job in jobs:
        path = f"/tasks/{(await one.read(job.id)).task_id}"
        world.api.faults.add("GET", path, times=None, status=404, code="TASK_NOT_FOUND")
    many_jobs = ManyJobs(one, [job.id for job in [*jobs, other]])
    await many_jobs.run(world.clock() + MINUTE)
    assert one.health.problem(MISSING) is None
    world.clock.now += DAY
    await many_jobs.run(world.clock() + 30 * MINUTE)
    assert {(await one.read(job.id)).reason for job in jobs} == {Reason.UNKNOWN_TASK}
    assert (await one.read(other.id)).state is JobState.FOLLOWING
    assert one.health.problem(MISSING) is None


async def test_a_few_tasks_at_404_are_lost_after_a_day(world: World, one: Process) -> None:
    """Four tasks at 404 may well be gone: no alarm, and they are lost after a day."""
    jobs = await _following(world, one, 4)
    many_jobs = ManyJobs(one, [job.id for job in jobs])
    await many_jobs.run(world.clock() + MINUTE)
    world.clock.now += DAY
    await many_jobs.run()
    assert {(await one.read(job.id)).reason for job in jobs} == {Reason.UNKNOWN_TASK}
    assert one.health.problem(MISSING) is None


async def test_many_tasks_at_404_are_lost_after_a_week(world: World, one: Process) -> None:
    """After a week the tasks are taken for gone, so that no job stays open for ever."""
    jobs = await _following(world, one, 6)
    many_jobs = ManyJobs(one, [job.id for job in jobs])
    await many_jobs.run(world.clock() + MINUTE)
    assert one.health.problem(MISSING) is not None
    world.clock.now += 7 * DAY
    await many_jobs.run()
    assert {(await one.read(job.id)).state for job in jobs} == {JobState.LOST}
