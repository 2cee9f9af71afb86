"""What need not be kept is deleted: tokens, drafts, ended jobs."""

import asyncio
import dataclasses
import datetime
import os
import tempfile
from decimal import Decimal
from pathlib import Path

import pytest

from bot.jobs.retention import RetentionSweep
from db.errors import StoreFailed, UserBudgetSpent
from db.records import Draft, JobState, SpendingLimits
from db.repositories.drafts import Drafts
from db.repositories.retention import Retention
from tests.integration.jobs.process import Process
from tests.integration.jobs.world import DAY, MINUTE, World

ONE = Decimal(1)


def sweep_of(world: World, retention: Retention | None = None) -> RetentionSweep:
    """Return a retention sweep that keeps ended jobs for 30 days."""
    return RetentionSweep(
        retention or Retention(world.store),
        Drafts(world.store),
        retention_days=30,
        clock=world.clock,
        pause_after_error=0.0,
    )


async def test_expired_tokens_are_dropped(world: World, one: Process) -> None:
    """An interaction's token is dropped when it has expired, and not before."""
    job = await world.accept(one)
    world.clock.now += 15 * MINUTE
    await sweep_of(world).sweep()
    assert (await one.read(job.id)).interaction_token == "a-token"
    world.clock.now += 1
    await sweep_of(world).sweep()
    assert (await one.read(job.id)).interaction_token is None


async def test_old_drafts_are_deleted(world: World) -> None:
    """A question about a price is deleted after a quarter of an hour."""
    drafts = Drafts(world.store)
    draft = Draft(
        id=1,
        interaction_id=2,
        interaction_token="a-token",
        application_id=3,
        user_id=11,
        created_at=world.clock(),
        request={},
    )
    await drafts.add_draft(draft)
    world.clock.now += 15 * MINUTE
    await sweep_of(world).sweep()
    assert await drafts.get_draft(1) is not None
    world.clock.now += 1
    await sweep_of(world).sweep()
    assert await drafts.get_draft(1) is None


async def test_ended_jobs_are_deleted_after_thirty_days(world: World, one: Process) -> None:
    """A job and its prompt are deleted 30 days after its end; what it cost stays."""
    job = await world.ask(one)
    ended = await one.run_until(job.id)
    spent = await world.spent()
    day = world.clock()
    assert ended.ended_at is not None
    world.clock.now = ended.ended_at + 30 * DAY
    await sweep_of(world).sweep()
    assert await one.jobs.get(job.id) is not None
    world.clock.now += 1
    await sweep_of(world).sweep()
    assert await one.jobs.get(job.id) is None
    world.clock.now = day
    assert await world.spent() == spent > 0


async def test_spenders_are_forgotten_after_midnight(world: World, one: Process) -> None:
    """An hour after midnight the ledger does not name yesterday's requesters any more."""
    own = SpendingLimits(running_per_user=9, daily_budget=Decimal(9), daily_budget_per_user=ONE)
    job = await world.accept(one)
    second = dataclasses.replace(job, id=job.id + 1, price_high=ONE)
    await one.jobs.accept(second, own, owner="one")
    world.clock.now += DAY / 2 + 59 * MINUTE
    await sweep_of(world).sweep()
    with pytest.raises(UserBudgetSpent):
        await one.jobs.accept(dataclasses.replace(job, id=job.id + 2), own, owner="one")
    world.clock.now += MINUTE
    await sweep_of(world).sweep()
    assert await Retention(world.store).anonymize_ledger(datetime.date.max) == 0


async def test_running_jobs_are_not_deleted(world: World, one: Process) -> None:
    """A job that has not ended is never deleted, however old."""
    job = await world.accept(one)
    world.clock.now += 900 * DAY
    await sweep_of(world).sweep()
    assert await one.jobs.get(job.id) is not None


async def test_a_job_of_a_forgotten_requester_is_deleted(world: World, one: Process) -> None:
    """A job that runs when its requester asks to be forgotten goes with the change that closes it."""
    job = await world.ask(one)
    assert (await Retention(world.store).forget_user(11)).marked == 1
    await sweep_of(world).sweep()
    states = []
    while (found := await one.jobs.get(job.id)) is not None:
        states.append(found.state)
        world.clock.now += await one.step(job.id) or 0.0
        if found.state.is_final:
            assert await one.jobs.recent_of_user(11, 9) == ()
    assert states[-1] is JobState.DELIVERED
    assert found is None
    assert await world.spent() > 0


async def test_files_of_an_ended_process_are_deleted(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a killed process left on the disk is deleted by the sweep of another, without a new start."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    (tmp_path / "modelhunter-result-x").mkdir()
    (tmp_path / "modelhunter-result-x" / "video-1-1.mp4").write_bytes(b"film")
    await sweep_of(world).sweep()
    assert os.listdir(tmp_path) == []


class FailingRetention(Retention):
    """Fail once, then announce the next call."""

    def __init__(self, world: World) -> None:
        super().__init__(world.store)
        self.calls = 0
        self.again = asyncio.Event()

    async def clear_tokens(self, before_created_at: float) -> int:
        """Clear, but not the first time."""
        self.calls += 1
        if self.calls == 1:
            raise StoreFailed("(sqlite3.OperationalError) disk I/O error")
        self.again.set()
        return await super().clear_tokens(before_created_at)


async def test_a_failed_sweep_is_repeated(world: World) -> None:
    """An error of the database does not end the retention sweep."""
    retention = FailingRetention(world)
    async with sweep_of(world, retention).running(), asyncio.timeout(20):
        await retention.again.wait()
