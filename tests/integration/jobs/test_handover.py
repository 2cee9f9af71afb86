"""A gateway owns a job until it is answered; then any worker takes it."""

import asyncio
from collections.abc import Callable

import pytest

from bot.jobs import handover
from bot.jobs.handover import Handover
from bot.jobs.lifecycle.answer_window import ANSWER_WINDOW
from bot.jobs.process_names import process_name, takes_jobs
from bot.monitoring.health import Health
from db.errors import StoreFailed
from db.repositories.claims import Claims
from db.repositories.jobs import JobRepository
from tests.integration.jobs.world import LEASE, World

GATEWAY, WORKER = "one:gateway", "two:worker"


@pytest.fixture(autouse=True)
def quick_ticks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no test wait for a second to pass."""
    monkeypatch.setattr(handover, "_TICK", 0.0)


class Gateway:
    """A gateway without Discord: its jobs, its lease and what it says of itself."""

    def __init__(self, world: World, claims: Claims | None = None) -> None:
        self.health = Health()
        self.process = world.process(GATEWAY)
        self.owned, self.jobs = self.process.owned, self.process.jobs
        self.counted: list[int] = []
        self.lost = 0
        self.handover = Handover(
            claims or Claims(world.store, GATEWAY),
            self.owned,
            self.health,
            processes_counted=self.counted.append,
            lease_lost=self._lose,
            clock=world.clock,
            monotonic=world.clock,
        )

    def _lose(self) -> None:
        self.lost += 1


async def until(condition: Callable[[], bool]) -> None:
    """Wait until something is so; far longer than it can take."""
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 - the database has no event for a change
            await asyncio.sleep(0.001)


async def owner_of(world: World, job_id: int) -> str | None:
    """Return the owner in the row."""
    job = await JobRepository(world.store).get(job_id)
    assert job is not None
    return job.owner


async def until_free(world: World, job_id: int) -> None:
    """Wait until a job has no owner."""
    async with asyncio.timeout(20):
        while await owner_of(world, job_id) is not None:  # noqa: ASYNC110 - likewise
            await asyncio.sleep(0.001)


async def test_an_answered_job_is_handed_over(world: World) -> None:
    """A job of which Discord shows the card loses its owner, and its record is not kept."""
    gateway = Gateway(world)
    job = await world.accept(gateway.process)
    await gateway.jobs.set_message(job.id, 5)
    async with gateway.handover.running():
        gateway.handover.hand_over(job.id)
        await until_free(world, job.id)
        await until(lambda: len(gateway.owned) == 0)
    assert await Claims(world.store, WORKER).claim([]) == [job.id]


async def test_a_job_in_its_answer_window_stays(world: World) -> None:
    """A job whose card may be on its way is looked for by no other process."""
    gateway = Gateway(world)
    job = await world.accept(gateway.process)
    async with gateway.handover.running():
        await until(lambda: len(gateway.counted) > 5)
        assert await owner_of(world, job.id) == GATEWAY
        world.clock.now += ANSWER_WINDOW + 1
        await until_free(world, job.id)


class StumblingClaims(Claims):
    """Claims of a database that fails once when a job is handed over."""

    failures = 0

    async def hand_over(self, job_ids: object) -> list[int]:
        """Fail as a locked database does."""
        del job_ids
        self.failures += 1
        raise StoreFailed("locked")


async def test_a_handover_that_fails_is_repeated(world: World) -> None:
    """What the database did not take is handed over by the next turn."""
    claims = StumblingClaims(world.store, GATEWAY)
    gateway = Gateway(world, claims)
    job = await world.accept(gateway.process)
    async with gateway.handover.running():
        await until(lambda: len(gateway.counted) > 2)
        gateway.handover.hand_over(job.id)
        await until(lambda: claims.failures == 1)
        assert await owner_of(world, job.id) == GATEWAY
        await gateway.jobs.set_message(job.id, 5)
        await until_free(world, job.id)


async def test_jobs_of_a_killed_gateway_are_claimed(world: World) -> None:
    """A gateway that is killed before the answer loses its jobs as every process does."""
    gateway = Gateway(world)
    job = await world.accept(gateway.process)
    await Claims(world.store, GATEWAY).renew(1)
    worker = Claims(world.store, WORKER)
    assert await worker.claim([]) == []
    assert await worker.claim((await worker.ownership()).others) == [job.id]


async def test_a_gateway_without_workers_says_so(world: World) -> None:
    """After half a minute without a worker `/readyz` says that jobs wait, until there is one."""
    gateway = Gateway(world)
    async with gateway.handover.running():
        await until(lambda: len(gateway.counted) > 2)
        assert gateway.health.problems() == ()
        world.clock.now += LEASE + 1
        await until(lambda: bool(gateway.health.problems()))
        assert "No worker is running" in gateway.health.problems()[0]
        await Claims(world.store, "three:gateway").renew(1)
        before = len(gateway.counted)
        await until(lambda: len(gateway.counted) > before + 2)
        assert gateway.health.problems() != ()
        await Claims(world.store, WORKER).renew(1)
        await until(lambda: gateway.health.problems() == ())
        assert gateway.counted[-1] == 3


async def test_a_gateway_that_was_suspended_knows_it(world: World) -> None:
    """A gateway whose lease another process has ended says so, and goes on with a new one."""
    gateway = Gateway(world)
    async with gateway.handover.running():
        await until(lambda: len(gateway.counted) > 2)
        other = Claims(world.store, WORKER)
        await other.claim((await other.ownership()).others)
        world.clock.now += LEASE
        await until(lambda: gateway.lost == 1)


async def test_a_gateway_gives_back_what_it_has(world: World) -> None:
    """A gateway that stops leaves its jobs and no lease."""
    gateway = Gateway(world)
    job = await world.accept(gateway.process)
    async with gateway.handover.running():
        await until(lambda: bool(gateway.counted))
    assert await owner_of(world, job.id) is None
    assert (await Claims(world.store, WORKER).ownership()).others == frozenset()


def test_a_process_name_says_its_role() -> None:
    """Processes that claim no jobs are told by their names; older ones have no role and do."""
    assert [takes_jobs(process_name(role)) for role in ("all", "worker", "gateway")] == [
        True,
        True,
        False,
    ]
    assert takes_jobs("host:12:abcdef01")
    assert process_name("all") != process_name("all")
