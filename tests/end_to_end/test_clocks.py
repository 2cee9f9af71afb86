"""The machine's clock is wrong, or is set while the bot runs: no command and no job notices."""

import contextlib
import sqlite3
from pathlib import Path

import aiohttp
import pytest

from db.records import JobState
from sandbox.modelhunter import Script
from tests.end_to_end.checks import assert_playable
from tests.end_to_end.world import World

HOUR = 3600.0


class Wall:
    """A machine's clock, which is wrong by the seconds in a file."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.set(0.0)

    def set(self, wrong: float) -> None:
        """Set the clock so many seconds ahead of the right time."""
        # In place of the file as a whole, which the bot may be reading.
        new = self.file.with_suffix(".new")
        new.write_text(str(wrong), encoding="ascii")
        new.replace(self.file)


@pytest.fixture
def wall(tmp_path: Path) -> Wall:
    """Return the clock of the machine that the bot runs on."""
    return Wall(tmp_path / "wall")


@pytest.mark.parametrize("wrong", [-12 * HOUR, -HOUR, 2 * HOUR, 12 * HOUR])
async def test_a_wrong_clock_is_survived_and_reported(
    world: World, wall: Wall, unused_tcp_port: int, wrong: float
) -> None:
    """A command is answered and delivered, and the operator reads which clock is wrong, once in the log."""
    wall.set(wrong)
    async with world.bot_set(wall.file, HTTP_PORT=str(unused_tcp_port)):
        for command in ("image", "video"):
            world.api.scripts.next(Script.quick(1))
            done = await world.until_done(await world.ask(command))
            await assert_playable(done)
            assert world.messages() == [done] or command == "video"
        reasons = await _reasons(unused_tcp_port)
        assert len(reasons) == 2
        for reason, server in zip(reasons, ("Discord", "ModelHunter"), strict=True):
            side = "ahead of" if wrong > 0 else "behind"
            assert f"{abs(wrong) / HOUR:.0f} h 0 min {side} {server}'s" in reason
        wall.set(0.0)
        await world.until_done(await world.ask("image"))
        assert await _reasons(unused_tcp_port) == []
    assert world.words().count("have it set by NTP") == 2


async def test_a_clock_that_is_set_during_a_job(world: World, wall: Wall) -> None:
    """A running job is looked at on and ends in its time, whenever and however the clock is set."""
    async with world.bot_set(wall.file):
        for wrong in (-HOUR, HOUR, -12 * HOUR, 12 * HOUR, 0.0):
            world.api.scripts.next(Script.quick(2))
            card = await world.ask("image")
            await world.until_following(card)
            wall.set(wrong)
            done = await world.until_done(card)
            await assert_playable(done)
        # No reply says that it took long, and no card did.
        assert len(world.messages()) == 5
        assert _stored(world, "select late from jobs") == {0}


@pytest.mark.parametrize("apart", [40.0, 12 * HOUR, -12 * HOUR])
async def test_processes_whose_clocks_are_apart(
    world: World, wall: Wall, tmp_path: Path, apart: float
) -> None:
    """No process takes a job from one that renews its leases, whatever their clocks show."""
    other = Wall(tmp_path / "other")
    other.set(apart)
    async with world.bot_set(wall.file), world.bot_set(other.file):
        for _ in range(2):
            world.api.scripts.next(Script.quick(12))
        cards = [await world.ask("image") for _ in range(2)]
        owners = _stored(world, "select id || ' ' || owner from jobs")
        # A process looks for free jobs every five seconds.
        for card in cards:
            await world.until_state(card, JobState.DELIVERED)
        assert len(world.api.tasks) == 2
        assert _stored(world, "select id || ' ' || owner from jobs") == owners


async def test_a_restart_with_another_clock(world: World, wall: Wall) -> None:
    """A job is as old for the next process as it was for the one that was killed."""
    wall.set(-3 * HOUR)
    world.api.scripts.next(Script.quick(4))
    async with world.bot_set(wall.file) as bot:
        card = await world.ask("image")
        await world.until_following(card)
        await bot.kill()
    wall.set(9 * HOUR)
    async with world.bot_set(wall.file):
        done = await world.until_done(card)
        await assert_playable(done)
    assert world.messages() == [done]


def _stored(world: World, query: str) -> set[object]:
    path = world.database_path
    with contextlib.closing(sqlite3.connect(path)) as database:
        return {value for (value,) in database.execute(query)}


async def _reasons(port: int) -> list[str]:
    address = f"http://127.0.0.1:{port}/readyz"
    async with aiohttp.ClientSession() as session, session.get(address) as response:
        answer = await response.json()
    return [str(reason) for reason in answer["reasons"]]
