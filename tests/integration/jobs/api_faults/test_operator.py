"""The key stops working while jobs run: the operator hears it once, and the jobs wait."""

import pytest

from bot.monitoring.api_gate import ACCOUNT
from db.records import JobState
from sandbox.modelhunter import Script
from tests.integration.jobs.api_faults.checks import assert_ended
from tests.integration.jobs.api_faults.faults import CANCELLED, DELIVERED
from tests.integration.jobs.api_faults.many_jobs import ManyJobs
from tests.integration.jobs.process import Process
from tests.integration.jobs.world import MINUTE, REQUESTER, World


@pytest.mark.parametrize("count", [2, 6])
async def test_jobs_wait_until_the_key_works_again(
    world: World, one: Process, count: int, caplog: pytest.LogCaptureFixture
) -> None:
    """Few jobs or many: one message, no ending, a kept request, and all is well with the key."""
    world.api.scripts.choose = lambda _: Script.quick(100)
    jobs = [await world.ask(one, number) for number in range(count)]
    for job in jobs:
        await one.run_until(job.id, lambda it: it.state is JobState.FOLLOWING)
    world.api.barred_keys[world.api.key] = "KEY_REVOKED"
    watch = one.watch
    many_jobs = ManyJobs(one, [job.id for job in jobs])
    await one.recorder.request_cancel(jobs[0].id, REQUESTER)
    await many_jobs.run(world.clock() + MINUTE)
    assert not await watch.check()
    loud = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert loud == [one.health.problem(ACCOUNT)]
    assert {(await one.read(job.id)).state for job in jobs} == {JobState.FOLLOWING}
    world.api.barred_keys.clear()
    assert await watch.check()
    assert one.health.problems() == ()
    # The request is carried out before the task has come to its own end.
    await one.step(jobs[0].id)
    await many_jobs.run()
    for job in jobs:
        await assert_ended(world, one, job, CANCELLED if job is jobs[0] else DELIVERED)
