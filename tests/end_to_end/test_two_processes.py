"""Two processes on one database by mistake: they share the work, and one outlives the other."""

import asyncio
import contextlib
import os
import signal
import sqlite3
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from db.records import JobState
from sandbox.bot_process import BotProcess
from sandbox.discord import SeenMessage
from sandbox.modelhunter import Script
from tests.end_to_end.checks import assert_playable
from tests.end_to_end.world import RESULTS, TIMEOUT, World
from tests.stored_database import read_rows

pytestmark = pytest.mark.both_engines

ANSWERS = "/interactions/*/callback"
ALREADY_ANSWERED = 40060


class Twins:
    """Two running bots, their common clock, and which of them has which job."""

    def __init__(self, world: World, bots: list[BotProcess], clock: Path) -> None:
        self._world = world
        self._bots = bots
        self._clock = clock

    def _pass_time(self) -> None:
        """Put the clocks of both forward by as much as counts between two looks at a lease."""
        self._clock.write_text(str(float(self._clock.read_text()) + 10.0), encoding="ascii")

    def owners(self) -> list[int]:
        """Return which process has each job, 0 for none, in the order of asking."""
        rows = read_rows(self._world.database_url, "select owner from jobs order by id")
        return [int(owner.split(":")[1]) if owner else 0 for (owner,) in rows]

    async def owner(self, job: int = 0) -> BotProcess:
        """Return the process that has a job."""
        return next(bot for bot in self._bots if bot.pid == self.owners()[job])

    def other(self, bot: BotProcess) -> BotProcess:
        """Return the twin."""
        return next(twin for twin in self._bots if twin is not bot)

    async def until_taken_over(self, by: BotProcess) -> None:
        """Let time pass until every job is *by*'s, which has to see each lease unrenewed for long."""
        async with asyncio.timeout(2 * TIMEOUT):
            while set(self.owners()) != {by.pid}:
                self._pass_time()
                await asyncio.sleep(1.0)


@pytest.fixture
async def twins(world: World, tmp_path: Path) -> AsyncGenerator[Twins]:
    """Start two bots with the same settings."""
    clock = tmp_path / "clock"
    clock.write_text("0", encoding="ascii")
    world.environment |= {"MAX_RUNNING_PER_USER": "20"}
    async with contextlib.AsyncExitStack() as stack:
        bots = [await stack.enter_async_context(world.bot_beside(clock)) for _ in range(2)]
        yield Twins(world, bots, clock)


def assert_nobody_was_refused(world: World, cards: list[SeenMessage]) -> None:
    """Check that users see the cards alone and replies to them, and that Discord refused every second answer."""
    ids = {card.id for card in cards}
    assert {it.id for it in world.robin.sees() if it.replied_to not in ids} == ids
    refused = {call.code for call in world.discord.calls_to("POST", ANSWERS) if not call.happened}
    assert refused <= {ALREADY_ANSWERED}


async def test_two_processes_answer_each_command_once(world: World, twins: Twins) -> None:
    """One card per job: of two processes that receive a command, one answers and the other is silent."""
    count = 8
    for _ in range(count):
        world.api.scripts.next(Script.quick(0.5))
    begun = [await world.begin("image") for _ in range(count)]
    answers = [await invocation.answer() for invocation in begun]
    cards = [answer.message for answer in answers if answer.message is not None]
    for card in cards:
        await assert_playable(await world.until_done(card))
    assert_nobody_was_refused(world, cards)
    assert len(cards) == len(world.api.tasks) == len(world.api.calls("POST")) == count
    assert len(_uploads(world)) == count
    assert 0 not in twins.owners()


async def test_two_processes_make_one_job_of_a_yes(world: World, tmp_path: Path) -> None:
    """One task per job: a price that was asked about and confirmed before two processes is one job."""
    world.environment["CONFIRM_ABOVE_USD"] = "0.0001"
    clock = tmp_path / "clock"
    clock.write_text("0", encoding="ascii")
    async with world.bot_beside(clock), world.bot_beside(clock):
        for _ in range(5):
            world.api.scripts.next(Script.quick(0))
            question = await world.ask("image")
            await world.until_done(await world.agree(question))
        cards = world.messages()
        # An answered question is taken away after the card is there.
        await world.until(lambda: len(world.robin.sees()) == 5, "the end of the last question")
        assert_nobody_was_refused(world, cards)
        assert len(cards) == len(world.api.tasks) == 5


async def test_two_processes_cancel_once(world: World, twins: Twins) -> None:
    """Only the requester's: a reaction that reaches two processes cancels once, whichever of them has the job."""
    assert twins is not None
    for _ in range(3):
        world.api.scripts.next(Script.endless())
        card = await world.ask("image")
        await world.until_offered(card)
        await world.until_following(card)
        await world.robin.react(card, "\N{CROSS MARK}")
        await world.until_state(card, JobState.CANCELLED)
    assert_nobody_was_refused(world, world.messages())
    assert len(world.api.tasks) == 3


async def test_jobs_of_a_killed_process_are_taken_over(world: World, twins: Twins) -> None:
    """Nothing is lost: jobs of a killed process are taken over when its lease has ended."""
    world.api.scripts.next(Script.quick(4))
    card = await world.ask("image")
    await world.until_following(card)
    victim = await twins.owner()
    await victim.kill()
    await twins.until_taken_over(by=twins.other(victim))
    done = await world.until_done(card)
    await assert_playable(done)
    assert_nobody_was_refused(world, [done])
    assert len(world.api.tasks) == len(_uploads(world)) == 1


async def test_a_process_stopped_for_longer_than_its_lease(world: World, twins: Twins) -> None:
    """Nothing is doubled: a process that was stopped through the end of its lease leaves its jobs to the other."""
    world.api.scripts.next(Script.quick(6))
    card = await world.ask("image")
    await world.until_following(card)
    sleeper = await twins.owner()
    async with _asleep(world, sleeper):
        await twins.until_taken_over(by=twins.other(sleeper))
        await world.until_done(card)
    await _has_looked_around(world, sleeper)
    assert (await world.until_state(card, JobState.DELIVERED)).attachments
    assert_nobody_was_refused(world, [card])
    assert len(world.api.tasks) == len(_uploads(world)) == 1
    # Awake again, it does its share.
    world.api.scripts.next(Script.quick(0))
    await world.until_done(await world.ask("image"))


async def test_a_process_stopped_during_its_post(world: World, twins: Twins) -> None:
    """One task per job: a POST whose sender was stopped is found, and not sent again by either process."""
    world.hold_answer("POST", "/*/text-to-image")
    world.api.scripts.next(Script.quick(0))
    card = await world.ask("image")
    await world.until_tasks(1)
    sleeper = await twins.owner()
    async with _asleep(world, sleeper):
        world.release_answers()
        await twins.until_taken_over(by=twins.other(sleeper))
        done = await world.until_done(card)
    await _has_looked_around(world, sleeper)
    await assert_playable(await world.until_state(done, JobState.DELIVERED))
    assert len(world.api.tasks) == len(world.api.calls("POST")) == len(_uploads(world)) == 1
    assert_nobody_was_refused(world, [card])


async def test_a_process_stopped_before_its_upload(world: World, twins: Twins) -> None:
    """A result is never posted twice: a process that was stopped before its upload does not post it again."""
    world.hold_answer("GET", RESULTS)
    world.api.scripts.next(Script.quick(0))
    card = await world.ask("image")
    await world.until_state(card, JobState.DELIVERING)
    sleeper = await twins.owner()
    async with _asleep(world, sleeper):
        world.release_answers()
        await twins.until_taken_over(by=twins.other(sleeper))
        await world.until_done(card)
    await _has_looked_around(world, sleeper)
    done = await world.until_state(card, JobState.DELIVERED)
    assert len(done.attachments) == 1
    assert len(_uploads(world)) == 1
    assert_nobody_was_refused(world, [card])


@contextlib.asynccontextmanager
async def _asleep(world: World, bot: BotProcess) -> AsyncGenerator[None]:
    """Stop a process while the block lasts, but not in a transaction: SQLite has one writer."""
    await _stop(bot)
    while not _may_be_written(world):
        os.kill(bot.pid, signal.SIGCONT)
        await asyncio.sleep(0.003)
        await _stop(bot)
    try:
        yield
    finally:
        os.kill(bot.pid, signal.SIGCONT)


async def _stop(bot: BotProcess) -> None:
    """Stop a process, and return when none of its threads runs any more."""
    os.kill(bot.pid, signal.SIGSTOP)
    threads = Path(f"/proc/{bot.pid}/task")
    while not _are_all_stopped(threads):  # noqa: ASYNC110 - the kernel sends no event
        await asyncio.sleep(0.001)


def _are_all_stopped(threads: Path) -> bool:
    """Whether no thread of a process runs (proc(5): the state follows the name in parentheses)."""
    states = [(thread / "stat").read_text(encoding="ascii") for thread in threads.iterdir()]
    return all(state.rpartition(")")[2].split()[0] in "TtZX" for state in states)


def _may_be_written(world: World) -> bool:
    if world.database_url.startswith("postgresql:"):
        held = "select 1 from pg_stat_activity where state like 'idle in transaction%'"
        return not read_rows(world.database_url, f"{held} and datname = current_database()")
    path = world.database_path
    with contextlib.closing(sqlite3.connect(path, timeout=0.5, isolation_level=None)) as database:
        try:
            database.execute("begin immediate")
        except sqlite3.OperationalError:
            return False
        database.execute("rollback")
    return True


async def _has_looked_around(world: World, bot: BotProcess) -> None:
    """Wait until a process that woke up has taken what steps it will, and a little longer."""
    before = len(world.discord.calls) + len(world.api.requests)
    await asyncio.sleep(2.5)
    assert bot.exit_code is None
    assert len(world.discord.calls) + len(world.api.requests) >= before


def _uploads(world: World) -> list[object]:
    return [call for call in world.discord.calls if call.uploads and call.happened]
