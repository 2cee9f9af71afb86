"""Leases: taken, renewed, taken over when their owner is killed, and given back."""

import asyncio
import itertools
import random
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager

import pytest

from bot.jobs import leases
from bot.jobs.due_times import DueTimes
from bot.jobs.errors import StaleJob
from bot.jobs.leases import LeaseKeeper
from bot.jobs.lifecycle import events
from bot.jobs.lifecycle.answer_window import ANSWER_WINDOW
from bot.monitoring.health import Health
from db.errors import StoreFailed
from db.records import Job
from db.repositories.claims import Claims
from tests.expired_leases import claim_expired
from tests.integration.jobs.process import Process
from tests.integration.jobs.world import LEASE, World


class RecordedDueTimes(DueTimes):
    """Remember which jobs are to be looked at."""

    def __init__(self, world: World) -> None:
        super().__init__(monotonic=world.clock, randomness=random.Random(1))
        self.followed: list[int] = []
        self.missed: list[int] = []
        self.woken: list[int] = []

    def schedule_many(self, job_ids: Iterable[int]) -> None:
        """Note jobs that were claimed."""
        self.followed += job_ids

    def ensure_scheduled(self, job_ids: Iterable[int]) -> None:
        """Note jobs that were called."""
        self.missed += job_ids

    def wake(self, job_id: int) -> None:
        """Note a job that was woken."""
        self.woken.append(job_id)


class Keeper:
    """A lease keeper, and what it announced."""

    def __init__(
        self, world: World, owner: str, *, claims: Claims | None = None, ahead: float = 0.0
    ) -> None:
        self.due_times = RecordedDueTimes(world)
        self.health = Health()
        self.announced: list[int] = []
        self.looked_after: list[int] = []  # how many jobs were announced when a look was wanted
        self.compared: list[list[int]] = []
        self.counted: list[int] = []
        self.lost = 0
        self.leases = LeaseKeeper(
            claims or Claims(world.store, owner),
            self.due_times,
            self.health,
            self,
            clock=lambda: world.clock() + ahead,
            monotonic=world.clock,
        )

    def running(self) -> AbstractAsyncContextManager[None]:
        """Keep the leases for a block."""
        return self.leases.running()

    def jobs_claimed(self, jobs: Sequence[Job]) -> None:
        """Note jobs that were claimed."""
        self.announced += [job.id for job in jobs]

    def look_soon(self) -> None:
        """Note how many jobs are to be looked at."""
        self.looked_after.append(len(self.announced))

    def compare_cards(self, job_ids: Sequence[int]) -> None:
        """Note jobs whose cards are to be compared."""
        if job_ids:
            self.compared.append(list(job_ids))

    def jobs_lost(self) -> None:
        """Count how often others may have had the jobs."""
        self.lost += 1

    def jobs_woken(self, jobs: Sequence[Job]) -> None:
        """Note nothing: the due times have them."""

    def processes_counted(self, count: int) -> None:
        """Note how many processes there are."""
        self.counted.append(count)


@pytest.fixture(autouse=True)
def quick_ticks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no test wait for a second to pass."""
    monkeypatch.setattr(leases, "_TICK", 0.0)


async def eventually(condition: Callable[[], bool]) -> None:
    """Wait until something is so; far longer than it can take."""
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110, the database has no event for a change
            await asyncio.sleep(0.001)


async def some_ticks(world: World) -> None:
    """Let another process's ownership tick more often than a round of all its duties."""
    for _ in range(60):
        await Claims(world.store, "nobody").owned_ids()


async def renewals(world: World, owner: str) -> int:
    """Return how often a process has renewed its lease."""
    others = (await Claims(world.store, "nobody").ownership()).others
    return next((lease.renewals or 0 for lease in others if lease.owner == owner), 0)


async def let_leases_end(world: World) -> None:
    """Let the time of a lease pass, under the eyes of whoever ticks."""
    for _ in range(5):
        await some_ticks(world)
        world.clock.now += LEASE / 3
    await some_ticks(world)


async def test_free_jobs_are_claimed(world: World, one: Process) -> None:
    """What no process owns is claimed at the first tick, followed and announced."""
    job = await world.accept(one)
    await one.claims.release()
    two = Keeper(world, "two")
    async with two.running():
        await eventually(lambda: bool(two.announced))
        assert await Claims(world.store, "two").owned_ids() == [job.id]
    assert (two.due_times.followed, two.announced) == ([job.id], [job.id])


async def test_a_live_owner_keeps_its_jobs(world: World, one: Process) -> None:
    """A lease that lasts is respected, and one that has ended is not."""
    job = await world.accept(one)
    two = Keeper(world, "two")
    async with two.running():
        await some_ticks(world)
        assert (await one.read(job.id)).owner == "one"
        await let_leases_end(world)
        await eventually(lambda: two.due_times.followed == [job.id])
        taken = await one.read(job.id)
        assert (taken.owner, taken.version) == ("two", 2)


@pytest.mark.parametrize("ahead", [-12 * 3600.0, -40.0, 40.0, 12 * 3600.0])
async def test_leases_are_respected_by_another_clock(
    world: World, one: Process, ahead: float
) -> None:
    """However far ahead its clock is, a process takes no job whose owner renews its lease."""
    job = await world.accept(one)
    two = Keeper(world, "two", ahead=ahead)
    async with Keeper(world, "one").running(), two.running():
        for _ in range(3):
            await let_leases_end(world)
        assert two.due_times.followed == []
        assert (await one.read(job.id)).version == 1


async def test_leases_are_renewed(world: World, one: Process) -> None:
    """As long as a process runs its leases stay ahead of the clock."""
    await world.accept(one)
    kept = Keeper(world, "one")
    async with kept.running():
        for _ in range(3):
            before = await renewals(world, "one")
            world.clock.now += LEASE - 1
            async with asyncio.timeout(20):
                while await renewals(world, "one") <= before:
                    pass
    assert kept.announced == []


async def test_a_tick_counts_the_processes(world: World, one: Process) -> None:
    """At each tick a process learns how many there are: itself and who renews a lease."""
    await world.accept(one)
    await one.claims.renew(1)
    two = Keeper(world, "two")
    async with two.running():
        await some_ticks(world)
        assert set(two.counted) == {2}
        # The other one is killed, and its job is taken.
        await let_leases_end(world)
        await eventually(lambda: bool(two.announced) and two.counted[-1] == 1)


async def test_a_pending_answer_is_not_looked_for(world: World, one: Process) -> None:
    """A card that is on its way to Discord is looked for neither at the start nor later."""
    fresh = await world.accept(one, 1)
    answered = await world.ask(one, 2)
    kept = Keeper(world, "one")
    async with kept.running():
        await eventually(lambda: bool(kept.due_times.missed))
    assert set(kept.due_times.missed) == {answered.id}
    world.clock.now += ANSWER_WINDOW
    later = Keeper(world, "one")
    await claim_expired(one.claims)
    async with later.running():
        await eventually(lambda: fresh.id in later.due_times.missed)


async def test_a_clean_stop_releases_the_leases(world: World, one: Process) -> None:
    """After a clean stop another process need not wait for the lease."""
    job = await world.accept(one)
    async with Keeper(world, "one").running():
        pass
    left = await one.read(job.id)
    assert left.owner is None
    assert (await Claims(world.store, "two").ownership()).others == frozenset()
    assert await world.process("two").take_over() == [job.id]


async def test_a_cancel_request_of_another_process_wakes_the_owner(
    world: World, one: Process
) -> None:
    """A cancel that another process saved is looked at by the job's owner, once."""
    job = await world.accept(one)
    kept = Keeper(world, "one")
    async with kept.running():
        await world.process("two").recorder.request_cancel(job.id, 99)
        await eventually(lambda: bool(kept.due_times.woken))
        await some_ticks(world)
    assert kept.due_times.woken == [job.id]


class StumblingClaims(Claims):
    """Fail a few times."""

    failures = 3

    async def renew(self, number: int) -> bool:
        """Renew, unless this is one of the failures."""
        if self.failures:
            self.failures -= 1
            raise StoreFailed("(sqlite3.OperationalError) disk I/O error")
        return await super().renew(number)


class SlowClaims(Claims):
    """Let time pass with each look for requests, and fail at some renewals."""

    def __init__(
        self, world: World, owner: str, *, slowness: float, failing: Iterable[int]
    ) -> None:
        super().__init__(world.store, owner)
        self._clock = world.clock
        self._slowness = slowness
        self._failing = frozenset(failing)
        self._renewals = 0
        self._renewed_at = world.clock.now
        self.left: list[float] = []  # seconds of the shortest lease, after each look

    async def renew(self, number: int) -> bool:
        """Renew, unless this is one of the failures, of which each takes a second."""
        self._renewals += 1
        if self._renewals in self._failing:
            self._clock.now += 1.0
            raise StoreFailed("(sqlite3.OperationalError) disk I/O error")
        had_lease = await super().renew(number)
        self._renewed_at = self._clock.now
        return had_lease

    async def take_woken(self) -> tuple[Job, ...]:
        """Look for requests, slowly."""
        self._clock.now += self._slowness
        self.left.append(self._renewed_at + LEASE - self._clock.now)
        return await super().take_woken()


@pytest.mark.parametrize(
    ("slowness", "failing"),
    [(1.0, []), (3.5, []), (1.0, range(2, 6)), (1.0, [2, 4, 6, 8])],
    ids=["healthy", "slow ticks", "failures in a row", "failures between"],
)
async def test_a_lease_never_lapses_while_its_owner_lives(
    world: World, one: Process, slowness: float, failing: Iterable[int]
) -> None:
    """Neither a slow database nor one that fails now and then gives a living process's jobs away."""
    job = await world.accept(one)
    claims = SlowClaims(world, "one", slowness=slowness, failing=failing)
    async with Keeper(world, "one", claims=claims).running():
        await eventually(lambda: len(claims.left) >= 120)
        assert (await one.read(job.id)).version == 1
    assert min(claims.left) > LEASE / 3


async def test_an_expired_lease_of_ones_own_is_renewed(world: World, one: Process) -> None:
    """A process that was held up for long keeps its jobs as they are, if no other took them."""
    job = await world.accept(one)
    kept = Keeper(world, "one")
    async with kept.running():
        for _ in range(3):
            before = await renewals(world, "one")
            world.clock.now += 2 * LEASE
            async with asyncio.timeout(20):
                while await renewals(world, "one") <= before:
                    pass
        await some_ticks(world)
        assert (await one.read(job.id)).version == 1
    assert kept.announced == []


async def test_a_failing_renewal_is_reported(world: World, one: Process) -> None:
    """An error of the database is reported to the operator and gone again when the database answers."""
    job = await world.accept(one)
    await one.claims.release()
    told: list[str] = []

    class Telling(Health):
        def report(self, check: str, problem: str) -> None:
            told.append(problem)
            super().report(check, problem)

    two = Keeper(world, "two", claims=StumblingClaims(world.store, "two"))
    two.leases._health = two.health = Telling()
    async with two.running():
        await eventually(lambda: two.due_times.followed == [job.id] and not two.health.problems())
    assert set(told) == {"The database does not answer."}


async def test_a_process_that_comes_back_finds_its_jobs_gone(world: World, one: Process) -> None:
    """After a suspension it writes nothing of what it decided, and is told that others have its jobs."""
    job = await world.accept(one)
    kept = Keeper(world, "one")
    async with kept.running():
        await some_ticks(world)
    # The machine is suspended: it neither renews nor gives back.
    await one.claims.renew(99)
    suspended = await world.accept(one, 1)
    (taken, other) = await claim_expired(world.process("two").claims)
    assert (taken.id, other.id) == (job.id, suspended.id)
    with pytest.raises(StaleJob):
        await one.recorder.apply(suspended, events.SubmitStarted())
    assert (await one.read(suspended.id)) == other
    assert await one.claims.renew(100) is False


async def test_a_lost_lease_is_noticed(world: World, one: Process) -> None:
    """A process whose lease was ended by another forgets what it knows, and goes on with a new one."""
    await world.accept(one)
    kept = Keeper(world, "one")
    async with kept.running():
        await some_ticks(world)
        assert len(await claim_expired(Claims(world.store, "two"))) == 1
        world.clock.now += LEASE / 2
        await eventually(lambda: kept.lost == 1)
        assert await renewals(world, "one") > 1
    assert kept.lost == 1


async def test_ten_thousand_jobs_are_taken_over_some_at_a_time(
    world: World, one: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All jobs of a killed process change hands at once; their records come in bounded batches."""
    monkeypatch.setattr(leases, "RECORDS_AT_ONCE", 3)
    monkeypatch.setattr(leases, "CARDS_AT_ONCE", 2)
    jobs = [await world.accept(one, number) for number in range(10)]
    await one.claims.release()
    batches: list[int] = []

    class Counting(Claims):
        async def owned_among(self, job_ids: Sequence[int]) -> tuple[Job, ...]:
            batches.append(len(job_ids))
            if len(batches) == 2:
                raise StoreFailed("(sqlite3.OperationalError) disk I/O error")
            return await super().owned_among(job_ids)

    two = Keeper(world, "two", claims=Counting(world.store, "two"))
    async with two.running():
        await eventually(lambda: sum(map(len, two.compared)) == 10)
    ids = [job.id for job in jobs]
    newest_first = [*ids[7:], *ids[4:7], *ids[1:4], *ids[:1]]
    assert two.announced == two.due_times.followed == newest_first
    assert batches[:5] == [3, 3, 3, 3, 1]  # the second is tried again
    # The newest are looked at before the others are read, and so are those of the next try.
    assert two.looked_after == [3, 6, 10]
    assert list(itertools.chain(*two.compared)) == newest_first
    assert max(map(len, two.compared)) == 2
    # Released, claimed once and released.
    assert [(await one.read(job.id)).version for job in jobs] == [4] * 10
