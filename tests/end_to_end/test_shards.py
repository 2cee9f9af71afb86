"""Gateways that share the shards: each has its part, and a spare goes on where one was killed."""

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncGenerator, Callable
from pathlib import Path

import pytest

from db.records import JobState
from sandbox.bot_process import BotProcess
from sandbox.discord.people import Person
from sandbox.modelhunter import Script
from tests.end_to_end.checks import assert_playable
from tests.end_to_end.world import CANCEL, PROMPT, TIMEOUT, World

SHARDS = 4


def holders(world: World) -> dict[int, int]:
    """Return the process of each shard that is held, by the shard's number."""
    path = world.database_url.removeprefix("sqlite:///")
    with contextlib.closing(sqlite3.connect(path)) as database:
        rows = database.execute(
            "select name, owner from leases where name like 'shard %'"
            " and owner in (select owner from processes)"
        ).fetchall()
    return {
        int(name.removeprefix("shard ").split("/")[0]): int(owner.split(":")[1])
        for name, owner in rows
    }


def held_by(world: World, *bots: BotProcess) -> list[int]:
    """Return how many shards each of these has, and whether nothing is left out."""
    found = list(holders(world).values())
    return [found.count(bot.pid) for bot in bots]


@pytest.fixture
def clock(tmp_path: Path) -> Path:
    """Give the file by which the processes' time is put forward."""
    path = tmp_path / "clock"
    path.write_text("0", encoding="ascii")
    return path


def _pass_time(clock: Path) -> None:
    clock.write_text(str(float(clock.read_text()) + 10.0), encoding="ascii")


async def passing(clock: Path, is_so: Callable[[], bool]) -> None:
    """Wait until something is so, while the processes' time is put forward."""
    async with asyncio.timeout(2 * TIMEOUT):
        while not is_so():
            _pass_time(clock)
            await asyncio.sleep(1.0)


def shard_of(guild: int) -> int:
    """Return the shard of a server."""
    return (guild >> 22) % SHARDS


@pytest.fixture
async def gateways(world: World, clock: Path) -> AsyncGenerator[tuple[BotProcess, ...]]:
    """Run two gateways with two shards each, a spare, and a worker."""
    world.discord.model.shards = SHARDS
    world.discord.model.max_concurrency = SHARDS
    async with (
        world.bot_ahead(clock, ROLE="gateway") as one,
        world.bot_ahead(clock, ROLE="worker"),
    ):
        await passing(clock, lambda: held_by(world, one) == [SHARDS])
        async with world.bot_ahead(clock, ROLE="gateway") as two:
            await passing(clock, lambda: held_by(world, one, two) == [2, 2])
            async with world.bot_ahead(clock, ROLE="gateway") as spare:
                yield one, two, spare


def servers(world: World) -> dict[int, int]:
    """Return a server on each shard, with one channel, by the shard's number."""
    found = {shard_of(world.discord.guild): world.discord.guild}
    while len(found) < SHARDS:
        guild = world.discord.create_guild("another")
        found.setdefault(shard_of(guild), guild)
    return found


async def test_a_spare_takes_over(
    world: World, clock: Path, gateways: tuple[BotProcess, ...]
) -> None:
    """One of two gateways is killed: the spare has its shards, and a ❌ tapped meanwhile is obeyed."""
    one, two, spare = gateways
    world.api.scripts.next(Script.endless())
    card = await world.ask("image")
    await world.until_offered(card)
    await world.until_following(card)
    holder = holders(world)[shard_of(world.discord.guild)]
    victim, other = (one, two) if holder == one.pid else (two, one)
    resumes = world.discord.gateway.resumes
    await victim.kill()
    await world.robin.react(card, CANCEL)
    await passing(clock, lambda: held_by(world, other, spare) == [2, 2])
    await world.until_state(card, JobState.CANCELLED)
    assert world.discord.gateway.resumes > resumes
    assert world.discord.gateway.too_early == 0
    # The spare answers what comes to the shards since.
    world.api.scripts.next(Script.quick(0))
    await assert_playable(await world.until_done(await world.ask("image")))


async def test_an_event_comes_to_one_gateway(
    world: World, gateways: tuple[BotProcess, ...]
) -> None:
    """Each server's commands are answered by the process that has its shard, direct messages too."""
    assert gateways
    for guild in servers(world).values():
        channel = world.discord.create_channel("another", guild=guild)
        member = Person.join(world.discord, f"Robin {guild}", guild=guild)
        world.api.scripts.next(Script.quick(0))
        answer = await member.slash(channel, "image", prompt=PROMPT)
        assert answer.message is not None
        await world.until_done(answer.message)
    assert {call.code for call in world.discord.calls_to("POST", "/interactions/*/callback")} == {
        None
    }


async def test_a_gateway_that_stops_leaves_its_sessions(
    world: World, clock: Path, gateways: tuple[BotProcess, ...]
) -> None:
    """A gateway that is stopped in order leaves its sessions to the others, who resume them."""
    one, two, spare = gateways
    identifies, resumes = world.discord.gateway.identifies, world.discord.gateway.resumes
    await one.terminate()
    await passing(clock, lambda: held_by(world, two, spare) == [2, 2])
    await world.until(lambda: world.discord.gateway.resumes == resumes + 2, "two resumed sessions")
    assert world.discord.gateway.identifies == identifies


async def test_two_processes_have_one_session(world: World, clock: Path) -> None:
    """Of two processes that do everything, the second works and waits for the session of the first."""
    async with world.bot_ahead(clock) as one, world.bot_ahead(clock) as two:
        assert world.discord.gateway.identifies == 1
        assert held_by(world, one, two) == [1, 0]
        await one.kill()
        await passing(clock, lambda: held_by(world, two) == [1])
        await world.until(lambda: world.discord.gateway.is_connected, "a session")
        world.api.scripts.next(Script.quick(0))
        await assert_playable(await world.until_done(await world.ask("image")))
