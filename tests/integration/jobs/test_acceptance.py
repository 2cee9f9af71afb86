"""A row is written in time, or it is taken back and never sent."""

import asyncio
import dataclasses
from decimal import Decimal

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.jobs import acceptance
from bot.jobs.refusals import DatabaseBusy
from db.errors import TooManyRunning
from db.jobs import JobRepository
from db.records import Job, JobState, Reason, SpendingLimits

from .world import LEASE, Process, World


class SlowRepository(JobRepository):
    """Write nothing before the gate is open."""

    def __init__(self, engine: AsyncEngine) -> None:
        super().__init__(engine)
        self.gate = asyncio.Event()
        self.trouble: Exception | None = None

    async def accept(self, job: Job, limits: SpendingLimits, **more: object) -> Job:
        """Accept, in the end."""
        await self.gate.wait()
        if self.trouble is not None:
            raise self.trouble
        return await super().accept(job, limits, **more)  # type: ignore[arg-type]


@pytest.fixture
def slow(world: World, monkeypatch: pytest.MonkeyPatch) -> SlowRepository:
    """Return a database that is slower than our patience."""
    monkeypatch.setattr(acceptance, "PATIENCE", 0.001)
    return SlowRepository(world.engine)


async def test_patience_leaves_time_for_an_answer() -> None:
    """Of Discord's three seconds, half is left for the sentence that says why not."""
    assert acceptance.PATIENCE == 1.5


async def test_accepted_at_once(world: World, one: Process) -> None:
    """A row that is written in time belongs to the process, with its money set aside."""
    job = await world.accept(one)
    assert (job.owner, job.fence, job.state) == ("one", 1, JobState.ACCEPTED)
    assert job.lease_until == world.clock() + LEASE
    assert await world.spent() == job.price_high


async def test_too_slow(world: World, slow: SlowRepository) -> None:
    """A row that comes too late is taken back, costs nothing and is never sent."""
    one = world.process(jobs=slow)
    async with one.acceptance.open():
        with pytest.raises(DatabaseBusy):
            await world.accept(one)
        slow.gate.set()
    (row,) = await JobRepository(world.engine).recent_of_user(11, 9)
    assert (row.state, row.reason) == (JobState.REFUSED, Reason.NEVER_SENT)
    assert await world.spent() == Decimal(0)
    await one.live(row.id)
    assert world.api.calls("POST") == []


async def test_a_late_row_is_finished_with(world: World, slow: SlowRepository) -> None:
    """Somebody looks at the row that was taken back, so that it is closed and can be deleted."""
    one = world.process(jobs=slow)
    async with one.acceptance.open():
        with pytest.raises(DatabaseBusy):
            await world.accept(one)
        slow.gate.set()
    (woken,) = await one.claims.take_woken("one")
    assert not (await one.live(woken.id)).open


async def test_too_slow_and_refused(world: World, slow: SlowRepository) -> None:
    """A row that would not have been accepted anyway leaves nothing behind."""
    slow.trouble = TooManyRunning(2, 2)
    one = world.process(jobs=slow)
    async with one.acceptance.open():
        with pytest.raises(DatabaseBusy):
            await world.accept(one)
        slow.gate.set()
    assert await slow.recent_of_user(11, 9) == ()


async def test_too_slow_and_broken(
    world: World, slow: SlowRepository, caplog: pytest.LogCaptureFixture
) -> None:
    """A row that fails after its time is the operator's to know."""
    slow.trouble = OSError("disk full")
    one = world.process(jobs=slow)
    async with one.acceptance.open():
        with pytest.raises(DatabaseBusy):
            await world.accept(one)
        slow.gate.set()
    assert "a job could not be written" in caplog.text


async def test_the_process_dies_before_it_takes_a_row_back(world: World, one: Process) -> None:
    """A row that came too late and was left behind has no card, so another process ends it."""
    job = await world.accept(one)
    world.clock.now += LEASE + 1
    two = world.process("two")
    await two.take_over()
    ended = await two.live(job.id)
    assert (ended.state, ended.reason) == (JobState.REFUSED, Reason.NEVER_SENT)
    assert world.api.calls("POST") == []


async def test_a_limit_is_told_at_once(world: World, one: Process) -> None:
    """What the database refuses is what the caller hears."""
    strict = acceptance.Acceptance(
        one.jobs,
        one.journal,
        limits=SpendingLimits(running_per_user=1, daily_budget=Decimal(9)),
        owner="one",
        lease_until=world.clock,
    )
    job = await world.accept(one, 1)
    with pytest.raises(TooManyRunning):
        await strict.accept(dataclasses.replace(job, id=job.id + 1))
