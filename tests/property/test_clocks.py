"""However the clocks are set while a job runs, it is sent once, asked about on time and paid for once."""

import asyncio
import dataclasses
from collections.abc import Sequence
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from bot.clock import LARGEST_OFFSET, SteadyClock
from db.records import Job, JobState
from sandbox.modelhunter import Script
from tests.integration.jobs.process import Process
from tests.integration.jobs.world import IMAGES, World, open_world
from tests.manual_clock import ManualClock
from tests.property.profile import machine_settings

OFFSETS = st.floats(-LARGEST_OFFSET, LARGEST_OFFSET)
COST = Decimal("0.04")
TAKES = 10.0  # seconds at the API


class Machine:
    """A machine whose clock is wrong, with a process that has read Discord's time at its login."""

    def __init__(self, world: World, owner: str, *, wrong: float, discord: float) -> None:
        self.wrong = wrong
        time = world.clock
        self.clock = SteadyClock(wall=lambda: time.now + self.wrong, monotonic=time)
        self.clock.set(time.now + discord)
        self.process: Process = world.process(owner, clock=self.clock)


async def follow(
    world: World, job: Job, machines: Sequence[Machine], wrong: Sequence[float], restart_at: int
) -> Job:
    """Take the steps of the job in their time, on the second machine from step *restart_at* on.

    Before each step the machine's clock is set.
    """
    machine = machines[0]
    for number in range(60):
        if number == restart_at:
            await machine.process.claims.release()
            machine = machines[1]
            assert await machine.process.take_over() == [job.id]
        machine.wrong = wrong[number % len(wrong)]
        delay = await machine.process.step(job.id)
        if delay is None:
            break
        world.clock.now += delay
    return await machine.process.read(job.id)


@machine_settings(examples=20, steps=1)
@given(
    wrong=st.lists(OFFSETS, min_size=1, max_size=8),
    api=OFFSETS,
    discord=OFFSETS,
    restart_at=st.integers(0, 9),
    loses_answer=st.booleans(),
)
def test_a_job_does_not_notice_that_clocks_are_set(
    wrong: list[float], api: float, discord: float, restart_at: int, loses_answer: bool
) -> None:
    """Whatever the clocks of machine, API and Discord show, there is one task, settled at its cost."""

    async def run() -> None:
        async with open_world(ManualClock(), ahead=api) as world:
            world.api.scripts.next(dataclasses.replace(Script.quick(TAKES), cost=COST))
            if loses_answer:
                world.api.faults.add("POST", IMAGES, cut="after")
            machines = [
                Machine(world, owner, wrong=wrong[number % len(wrong)], discord=discord)
                for number, owner in enumerate(("one", "two"))
            ]
            began = world.clock.now
            job = await world.ask(machines[0].process, created_at=machines[0].clock())
            ended = await follow(world, job, machines, wrong, restart_at)
            assert (ended.state, ended.cost, ended.open) == (JobState.DELIVERED, COST, False)
            assert world.clock.now - began < TAKES + 20
            assert not any(shown.late for shown in world.cards.shown)
            assert len(world.api.tasks) == len(world.api.calls("POST")) == 1
            assert len(world.cards.uploads) == 1

    asyncio.run(run())
