"""A gateway and workers on one database: users notice nothing of it, whichever is killed."""

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncGenerator
from pathlib import Path

import aiohttp
import pytest

from db.records import JobState
from sandbox.bot_process import BotProcess
from sandbox.modelhunter import Script
from tests.end_to_end.checks import assert_playable
from tests.end_to_end.world import CANCEL, RESULTS, TIMEOUT, World


def owner_pids(world: World) -> list[int]:
    """Return the process of each job, 0 for none, in the order of asking."""
    path = world.database_url.removeprefix("sqlite:///")
    with contextlib.closing(sqlite3.connect(path)) as database:
        rows = database.execute("select owner from jobs order by id").fetchall()
    return [int(owner.split(":")[1]) if owner else 0 for (owner,) in rows]


@contextlib.asynccontextmanager
async def halves(world: World, clock: Path) -> AsyncGenerator[tuple[BotProcess, BotProcess]]:
    """Run a gateway and a worker."""
    async with (
        world.bot_ahead(clock, ROLE="gateway") as gateway,
        world.bot_ahead(clock, ROLE="worker") as worker,
    ):
        yield gateway, worker


@pytest.fixture
def clock(tmp_path: Path) -> Path:
    """Give the file by which the processes' time is put forward."""
    path = tmp_path / "clock"
    path.write_text("0", encoding="ascii")
    return path


def _pass_time(clock: Path) -> None:
    clock.write_text(str(float(clock.read_text()) + 10.0), encoding="ascii")


async def until_owned_by(world: World, bot: BotProcess, clock: Path | None = None) -> None:
    """Wait until a process has every job; *clock* is put forward meanwhile."""
    async with asyncio.timeout(2 * TIMEOUT):
        while set(owner_pids(world)) != {bot.pid}:
            if clock is not None:
                _pass_time(clock)
            await asyncio.sleep(1.0 if clock else 0.02)


async def test_a_gateway_answers_and_a_worker_works(world: World, clock: Path) -> None:
    """One card per job: the gateway answers with it, and the worker takes the job to its end."""
    world.hold_answer("GET", RESULTS)
    world.api.scripts.next(Script.quick(0))
    async with halves(world, clock) as (_, worker):
        card = await world.ask("image")
        await world.until_offered(card)
        await until_owned_by(world, worker)
        world.release_answers()
        await assert_playable(await world.until_done(card))
    assert len(world.api.tasks) == len(world.api.calls("POST")) == 1
    assert world.discord.gateway.identifies == 1


async def test_a_reaction_reaches_the_worker(world: World, clock: Path) -> None:
    """Only the requester's: ❌ comes to the gateway, and the worker cancels the task."""
    world.api.scripts.next(Script.endless())
    async with halves(world, clock):
        card = await world.ask("image")
        await world.until_offered(card)
        await world.until_following(card)
        await world.robin.react(card, CANCEL)
        await world.until_state(card, JobState.CANCELLED)
    assert len(world.api.calls("DELETE")) == 1


async def test_a_reaction_while_no_worker_runs(world: World, clock: Path) -> None:
    """A cancel is a saved request: one that no worker could carry out is carried out by the next."""
    world.api.scripts.next(Script.endless())
    async with halves(world, clock) as (_, worker):
        card = await world.ask("image")
        await world.until_offered(card)
        await world.until_following(card)
        await worker.kill()
        await world.robin.react(card, CANCEL)
        async with world.bot_ahead(clock, ROLE="worker") as next_worker:
            await until_owned_by(world, next_worker, clock)
            await world.until_state(card, JobState.CANCELLED)


async def test_a_killed_worker_is_replaced(world: World, clock: Path) -> None:
    """Nothing is lost: jobs of a killed worker are taken over by another worker."""
    world.api.scripts.next(Script.quick(4))
    async with halves(world, clock) as (_, worker), world.bot_ahead(clock, ROLE="worker") as other:
        card = await world.ask("image")
        await world.until_following(card)
        workers = {worker.pid: worker, other.pid: other}
        victim = workers.pop(owner_pids(world)[0])
        await victim.kill()
        (left,) = workers.values()
        await until_owned_by(world, left, clock)
        await assert_playable(await world.until_done(card))
    assert len(world.api.tasks) == 1


async def test_a_killed_gateway_ends_no_job(world: World, clock: Path) -> None:
    """Delivered is more than succeeded: a worker delivers also while no gateway runs."""
    world.api.scripts.next(Script.quick(1))
    async with halves(world, clock) as (gateway, worker):
        card = await world.ask("image")
        await world.until_offered(card)
        await until_owned_by(world, worker)
        await gateway.kill()
        await assert_playable(await world.until_done(card))


async def test_a_gateway_killed_before_its_answer(world: World, clock: Path) -> None:
    """Nothing is charged for a card that no user sees: the worker finds none and sends nothing."""
    world.discord.faults.add("POST", "/interactions/*/callback", cut="before", times=10)
    async with halves(world, clock) as (gateway, worker):
        begun = await world.begin("image")
        await world.until(lambda: bool(owner_pids(world)), "a row")
        await gateway.kill()
        del begun
        world.discord.faults.clear()
        await until_owned_by(world, worker, clock)
        await world.until(lambda: world.saved_states() == ["refused"], "the end of the job")
    assert world.api.calls("POST") == []


async def test_each_role_is_named(world: World, unused_tcp_port: int) -> None:
    """`/readyz` and the log say which half a process runs, and a worker needs no session."""
    port = str(unused_tcp_port)
    async with (
        world.bot(),
        world.bot(ROLE="worker", HTTP_PORT=port),
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{port}/readyz") as response,
    ):
        said = await response.json()
        assert (said["ready"], said["reasons"], said["role"]) == (True, [], "worker")
    assert "role: worker" in world.words()
    assert world.discord.gateway.identifies == 1
    assert [call.method for call in world.discord.calls_to("PUT", "/applications/*/commands")] == [
        "PUT"
    ]
