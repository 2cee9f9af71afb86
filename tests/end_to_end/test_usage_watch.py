"""A running bot says each day's usage once, and when the balance runs out."""

import contextlib
import datetime
import socket
import sqlite3
from decimal import Decimal
from pathlib import Path

import aiohttp

from sandbox.modelhunter import Script
from tests.end_to_end.world import World

DAY = 86_400.0
ALARM = "The ModelHunter balance covers less than a day at the usual pace: top it up."


async def test_a_day_is_said_once_over_restarts(world: World, tmp_path: Path) -> None:
    """The line of a day is in the log after it is over, with the balance, and not again."""
    clock = tmp_path / "clock"
    world.api.scripts.next(Script.quick())
    clock.write_text("0")
    async with world.bot_ahead(clock):
        await world.until_done(await world.ask("image"))
        await world.pause(1)
    assert "usage of " not in world.words()
    world.clock.ahead = DAY
    clock.write_text(str(DAY))
    for _ in range(2):
        async with world.bot_ahead(clock) as bot:
            await bot.until_output("usage of ")
            await world.pause(2)
    (line,) = [line for line in world.words().splitlines() if "usage of " in line]
    assert "1 job (1 delivered); $0.04 charged" in line
    assert f"ModelHunter's balance is ${world.api.balance:.2f}" in line


async def test_a_balance_below_a_usual_day_is_at_readyz(world: World) -> None:
    """`/readyz` says so, without the amounts, and the log warns once."""
    async with world.bot():
        pass
    _spend(world, Decimal(10))
    world.api.balance = Decimal(9)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    async with world.bot(HTTP_PORT=str(port)) as bot:
        await bot.until_output(ALARM)
        assert ALARM in await _reasons(port)
        assert world.words().count(ALARM) == 1
    world.api.balance = Decimal(11)
    async with world.bot(HTTP_PORT=str(port)):
        await world.pause(2)
        assert ALARM not in await _reasons(port)


def _spend(world: World, dollars: Decimal) -> None:
    """Have the ledger hold so many US dollars on each of the last days."""
    today = datetime.datetime.now(datetime.UTC).date()
    path = world.database_url.removeprefix("sqlite:///")
    with contextlib.closing(sqlite3.connect(path)) as database, database:
        for ago in range(1, 6):
            day = today - datetime.timedelta(days=ago)
            database.execute(
                "insert into ledger (job_id, day, amount, settled, reported) values (?, ?, ?, 1, 1)",
                (ago, day.isoformat(), int(dollars * 1_000_000)),
            )


async def _reasons(port: int) -> list[str]:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{port}/readyz") as response,
    ):
        answer = await response.json()
        return list(answer["reasons"])
