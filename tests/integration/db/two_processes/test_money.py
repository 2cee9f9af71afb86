"""Money is never spent twice nor past a limit, however many commands come at once and processes are killed."""

import asyncio
import contextlib
import dataclasses
import random
from collections import Counter
from collections.abc import AsyncGenerator
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.app.build import App, open_app
from bot.app.shared import Runtime
from bot.jobs.admission.intake import JobIntake
from bot.jobs.admission.requests import AdultModes, GenerationRequest, Quote, RequestContext
from bot.jobs.errors import DatabaseBusy, NotOwned, StaleJob
from bot.jobs.lifecycle import events
from bot.jobs.owned_jobs import OwnedJobs
from bot.jobs.recorder import JobRecorder
from bot.jobs.worker.retry_later import RetryLater
from bot.settings import Settings
from db.engines.engine import open_database
from db.errors import BudgetSpent, NotAccepted
from db.records import CancelControl, CardKind, Job, JobKind, JobState
from db.repositories.jobs import JobRepository
from sandbox.discord.server import TOKEN
from sandbox.modelhunter import Script
from tests.expired_leases import claim_expired
from tests.integration.jobs.killable_repository import KillableRepository, Killed
from tests.integration.jobs.process import Process
from tests.integration.jobs.recording_cards import RecordingCards
from tests.integration.jobs.world import ANSWER_DEADLINE, DAY, HOUR, LEASE, World, open_world
from tests.manual_clock import ManualClock
from tests.property.invariants import (
    check_ledger,
    check_sums,
    day_of,
    read_snapshot,
    skip_disk_sync,
)

USERS = 50
COMMANDS = 500
RUNNING = 2
JOBS_THAT_END = 40
TOO_BIG = 300_000  # bytes
RISK = 0.02  # that a process is killed before or after one of its writes
_FIRST_ID = 1_234_567_890_000_000_000


@pytest.fixture
def clock() -> ManualClock:
    """Return a clock that starts at noon."""
    return ManualClock()


@pytest.fixture
def address(tmp_path: Path) -> str:
    """Return where the database lies."""
    return f"sqlite:///{tmp_path}/bot.db"


@contextlib.asynccontextmanager
async def open_bot(
    address: str, clock: ManualClock, budget: Decimal, *, per_user: Decimal | None = None
) -> AsyncGenerator[App]:
    """Build the whole program on a database, and take commands; nothing is sent to anybody."""
    settings = Settings(
        discord_token=SecretStr(TOKEN),
        modelhunter_key=SecretStr("a-key"),
        modelhunter_url="http://127.0.0.1:9",
        database_url=address,
        max_running_per_user=RUNNING,
        daily_budget_usd=budget,
        daily_budget_per_user_usd=per_user,
    )
    runtime = Runtime(clock=clock, monotonic=clock, answer_deadline=ANSWER_DEADLINE)
    async with (
        open_app(settings, runtime) as app,
        app.gateway.running(),
    ):
        yield app


def a_quote(intake: JobIntake) -> Quote:
    """Return what each command asks for."""
    return intake.quote(
        GenerationRequest(
            kind=JobKind.IMAGE,
            prompt="a fox in the snow",
            model=None,
            options={},
            private=False,
        ),
        AdultModes.OFF,
    )


def a_context(number: int, *, user: int | None = None) -> RequestContext:
    """Return where the command of a number was used, and by whom."""
    return RequestContext(
        interaction_id=_FIRST_ID + 10 * number,
        interaction_token=f"token-{number}",
        application_id=5,
        user_id=number % USERS + 1 if user is None else user,
        guild_id=22,
        channel_id=33,
        locale="en-US",
        card_kind=CardKind.CHANNEL,
        cancel_control=CancelControl.REACTION,
        upload_limit=10 * 1024 * 1024,
        adult_modes=AdultModes.OFF,
    )


async def submit_all(apps: list[App]) -> Counter[str]:
    """Use 500 commands at once, each heard by one process, every tenth by all; count the answers."""
    waiting = [
        app.gateway.intake.submit(a_quote(app.gateway.intake), a_context(number))
        for number in range(COMMANDS)
        for app in (apps if number % 10 == 0 else [apps[number % len(apps)]])
    ]
    answers = await asyncio.gather(*waiting, return_exceptions=True)
    assert all(isinstance(it, Job | NotAccepted | DatabaseBusy) for it in answers), answers
    return Counter(type(answer).__name__ for answer in answers)


@pytest.mark.parametrize("processes", [1, 2])
@pytest.mark.parametrize("jobs_paid_for", [60, 1000])
async def test_500_commands_at_once_pass_no_limit(
    address: str, clock: ManualClock, processes: int, jobs_paid_for: int
) -> None:
    """500 commands at once by 50 users pass neither the limit of each nor the budget of the day."""
    async with contextlib.AsyncExitStack() as stack:
        probe = await stack.enter_async_context(open_bot(address, clock, Decimal(0)))
        price = a_quote(probe.gateway.intake).generation.price.high
        assert price > 0
        budget = price * jobs_paid_for + price / 2
        apps = [
            await stack.enter_async_context(open_bot(address, clock, budget))
            for _ in range(processes)
        ]
        answers = await submit_all(apps)
    async with open_database(address) as store:
        snapshot = await read_snapshot(store)
        check_ledger(snapshot)
        await check_sums(store, snapshot)
    kept = [job for job in snapshot.jobs.values() if not job.state.is_final]
    assert max(Counter(job.user_id for job in kept).values()) <= RUNNING
    assert sum(snapshot.amounts.values()) == price * len(kept) <= budget
    assert answers["Job"] == len(kept)
    if not answers["DatabaseBusy"]:
        assert len(kept) == min(jobs_paid_for, USERS * RUNNING)
        assert answers["BudgetSpent"] or answers["TooManyRunning"]
    # What came too late to be answered was taken back.
    assert {job.state for job in snapshot.jobs.values()} <= {JobState.ACCEPTED, JobState.REFUSED}


async def test_500_commands_at_once_pass_no_users_budget(address: str, clock: ManualClock) -> None:
    """Of 500 commands at once by 50 users, each gets as many as their own budget pays for."""
    async with open_bot(address, clock, Decimal(0)) as probe:
        price = a_quote(probe.gateway.intake).generation.price.high
    own = price * Decimal("1.5")
    async with contextlib.AsyncExitStack() as stack:
        apps = [
            await stack.enter_async_context(open_bot(address, clock, Decimal(1000), per_user=own))
            for _ in range(2)
        ]
        answers = await submit_all(apps)
    async with open_database(address) as store:
        snapshot = await read_snapshot(store)
        check_ledger(snapshot)
        await check_sums(store, snapshot)
    by_user = Counter(job.user_id for job in snapshot.jobs.values())
    assert max(by_user.values()) == 1
    assert answers["Job"] == len(snapshot.jobs)
    if not answers["DatabaseBusy"]:
        assert len(by_user) == USERS
        assert answers["UserBudgetSpent"]


async def test_a_budget_ends_at_midnight(address: str, clock: ManualClock) -> None:
    """A budget is a UTC day's; a job is paid by the day of its request, whenever it ends."""
    clock.now += DAY / 2 - 1  # a second before midnight
    async with open_bot(address, clock, Decimal(100)) as probe:
        price = a_quote(probe.gateway.intake).generation.price.high
    async with open_bot(address, clock, price) as app, open_database(address) as store:
        intake = app.gateway.intake
        quote = a_quote(intake)
        late = await intake.submit(quote, a_context(1))
        with pytest.raises(BudgetSpent):
            await intake.submit(quote, a_context(2))
        clock.now += 1
        early = await intake.submit(quote, a_context(3))
        with pytest.raises(BudgetSpent):
            await intake.submit(quote, a_context(4))
        # Yesterday's job ends today, and gives its money back to yesterday.
        yesterday = JobRecorder(
            JobRepository(store),
            show=RecordingCards().show,
            owned=OwnedJobs(str(late.owner)),
            clock=clock,
        )
        await yesterday.apply(late, events.NeverAnswered())
        with pytest.raises(BudgetSpent):
            await intake.submit(quote, a_context(5))
        snapshot = await read_snapshot(store)
        check_ledger(snapshot)
        await check_sums(store, snapshot)
    assert snapshot.days[early.id] == day_of(clock())
    assert snapshot.days[late.id] == day_of(clock() - DAY)
    assert (snapshot.amounts[late.id], snapshot.amounts[early.id]) == (Decimal(0), price)


async def test_the_ledger_is_the_sum_of_its_jobs(address: str, clock: ManualClock) -> None:
    """After any mix of endings, kills and takeovers the ledger is what the jobs cost."""
    chance = random.Random(20)
    async with open_bot(address, clock, Decimal(0)) as probe:
        price = a_quote(probe.gateway.intake).generation.price.high
    async with open_bot(address, clock, price * JOBS_THAT_END) as app:
        answers = await submit_all([app])
    async with open_world(clock, database_url=address) as world:
        await skip_disk_sync(world.store)
        world.cards.limit = TOO_BIG - 1
        world.api.scripts.next(*(_draw_script(chance) for _ in range(answers["Job"])))
        for _ in range(answers["Job"] // 8):
            world.api.faults.add(
                "POST",
                "/*/*",
                skip=chance.randrange(1, 40),
                **chance.choice([{"cut": "after"}, {"cut": "before"}, {"status": 429}]),  # type: ignore[arg-type]
            )
        snapshot = await read_snapshot(world.store)
        for job in snapshot.jobs.values():
            if chance.random() < 0.9:
                world.cards.message_ids[job.id] = job.id + 1
        processes = await _work_and_kill(world, chance)
        assert processes > 10
        snapshot = await read_snapshot(world.store)
        check_ledger(snapshot)
        await check_sums(world.store, snapshot)
    assert not any(job.open for job in snapshot.jobs.values())
    endings = Counter(job.state for job in snapshot.jobs.values())
    assert {JobState.DELIVERED, JobState.FAILED, JobState.CANCELLED} <= set(endings)
    made = Counter(str((task.metadata or {})["job_id"]) for task in world.api.tasks.values())
    assert set(made.values()) == {1}


async def _work_and_kill(world: World, chance: random.Random) -> int:
    """Let one process after the other work until nothing is open; return how many were killed."""
    kills = random.Random(5)
    for number in range(400):
        repository = KillableRepository(world.store, lambda *_: kills.random() < RISK)
        one = world.process(f"process-{number}", jobs=repository)
        world.clock.now += LEASE + 1
        if number > 100:
            world.clock.now += HOUR
        await claim_expired(one.claims)
        open_jobs = list(await one.claims.owned_ids())
        if not open_jobs:
            return number
        with contextlib.suppress(Killed):
            await _work(world, one, open_jobs, chance)
    raise AssertionError("there is always something left to do")


async def _work(world: World, one: Process, job_ids: list[int], chance: random.Random) -> None:
    """Take steps of jobs by chance, and now and then cancel one, until the process is killed."""
    for job_id in chance.sample(job_ids, len(job_ids)):
        if chance.random() < 0.1:
            await one.recorder.request_cancel(job_id, by=7)
        for _ in range(6):
            world.clock.now += chance.choice([0.0, 0.2])
            try:
                if await one.tracker.step(job_id) is None:
                    break
            except (RetryLater, NotOwned, StaleJob):
                break


def _draw_script(chance: random.Random) -> Script:
    """Return how a task will go; some cost more than was reserved, some nothing at all."""
    script = chance.choice(
        [
            Script.quick(0),
            Script.quick(60),
            Script.failing("no"),
            Script.endless(),
            Script.too_big(TOO_BIG),
            Script.expiring(2),
        ]
    )
    cost = chance.choice([None, Decimal(0), Decimal("0.01"), Decimal("3.5")])
    cancelled = chance.choice([None, Decimal("0.02")])
    return dataclasses.replace(script, cost=cost, cancelled_cost=cancelled)
