"""The API is away for an hour while twenty jobs are in every state."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from bot.jobs.errors import CardBusy
from bot.monitoring.api_refusals import Route
from db.records import Job, JobState, Reason
from db.repositories.ledger import Ledger, day_of
from sandbox.modelhunter import Script
from tests.integration.jobs.api_faults.checks import assert_ended
from tests.integration.jobs.api_faults.faults import (
    CANCELLED,
    DELIVERED,
    NEVER_FOUND,
    Ending,
    add_fault,
)
from tests.integration.jobs.api_faults.many_jobs import ManyJobs
from tests.integration.jobs.process import Process
from tests.integration.jobs.world import DAY, IMAGES, MINUTE, REQUESTER, World

FAILED = Ending(JobState.FAILED, Reason.API, spent=Decimal(0))
OUTAGES = ("503 until a date", "429", "502 html", "cut before")


class Crowd:
    """Twenty jobs, and how each of them must end."""

    def __init__(self, world: World, process: Process) -> None:
        self._world = world
        self._process = process
        self.endings: dict[int, Ending] = {}
        self.jobs: list[Job] = []
        world.api.scripts.choose = lambda _: Script.quick(40)

    async def ask(self, ending: Ending, script: Script | None = None) -> Job:
        """Ask for one more."""
        if script is not None:
            self._world.api.scripts.next(script)
        job = await self._world.ask(self._process, len(self.jobs))
        # Others are served all the while, or the breaker would keep these from being sent.
        self._process.gate.outcome_known(Route(job.endpoint, job.model))
        self.jobs.append(job)
        self.endings[job.id] = ending
        return job

    async def reach(self, job: Job, is_there: Callable[[Job], bool]) -> None:
        """Take the job as far as that."""
        await self._process.run_until(job.id, is_there)

    async def gather(self) -> None:
        """Make all twenty, the slow ones first, because the clock moves with each."""
        world, process = self._world, self._process
        for _ in range(2):
            add_fault(world.api.faults, "POST", IMAGES, "cut before")
            await self.reach(await self.ask(NEVER_FOUND), lambda it: it.state is JobState.UNCERTAIN)
        for _ in range(2):
            job = await self.ask(CANCELLED, Script.endless())
            await self.reach(job, lambda it: it.state is JobState.FOLLOWING)
            await process.recorder.request_cancel(job.id, REQUESTER)
        for _ in range(3):
            job = await self.ask(DELIVERED, Script.quick())
            await self.reach(job, lambda it: it.state is JobState.DELIVERING)
        job = await self.ask(FAILED, Script.failing("too dark"))
        await self.reach(job, lambda it: it.state is JobState.FAILED)
        world.cards.errors["finish"].append(CardBusy("not now"))
        for _ in range(4):
            await self.reach(await self.ask(DELIVERED), lambda it: it.state is JobState.FOLLOWING)
        for cut, ending in (("cut after", DELIVERED), ("cut before", NEVER_FOUND)):
            for _ in range(2):
                add_fault(world.api.faults, "POST", IMAGES, cut)
                await process.step((await self.ask(ending)).id)
        job = await self.ask(FAILED, Script.failing("too bright", seconds=60))
        await self.reach(job, lambda it: it.state is JobState.FOLLOWING)
        for _ in range(3):
            await self.ask(DELIVERED)


@pytest.mark.parametrize("outage", OUTAGES)
async def test_an_hour_of_outage(world: World, one: Process, outage: str) -> None:
    """After an hour of nothing but failures every job ends as it should, and the money is right."""
    crowd = Crowd(world, one)
    await crowd.gather()
    assert len(crowd.jobs) == 20
    many_jobs = ManyJobs(one, crowd.endings)
    add_fault(world.api.faults, "*", "*", outage, times=None)
    # After five minutes every wait is at its longest, and the next fifty bring the same again.
    await many_jobs.run(world.clock() + 5 * MINUTE)
    world.clock.now += 50 * MINUTE
    await many_jobs.run(world.clock() + 5 * MINUTE)
    world.api.faults.clear()
    # What is not found within minutes is searched for in vain for a day.
    await many_jobs.run(world.clock() + 5 * MINUTE)
    world.clock.now += DAY
    await many_jobs.run()
    for job in crowd.jobs:
        await assert_ended(world, one, job, crowd.endings[job.id])
    # What is not found although the list shows later jobs is released after an hour of that.
    kept = (ending.spent for ending in crowd.endings.values() if ending is not NEVER_FOUND)
    spent = sum(kept, Decimal(0))
    assert await Ledger(world.store).spent_on(day_of(crowd.jobs[0])) == spent
    assert one.health.problems() == ()
