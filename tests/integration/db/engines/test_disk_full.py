"""The real bot on a full disk: it says so, charges nothing, and goes on when there is space."""

import asyncio
import resource
import socket
from pathlib import Path

import aiohttp

from bot.locales.answer_texts import DATABASE_BUSY
from bot.locales.card_texts import STATES
from db.records import JobState
from sandbox.bot_process import open_bot_process
from sandbox.discord import Person, open_discord
from sandbox.modelhunter import Script, open_sandbox_api
from tests.crash.stage import title_of
from tests.crash.stored_jobs import read_stored_jobs
from tests.end_to_end.checks import says

# Bytes that a file may have: less than the database's log already has, more than the bot's words.
_FULL = 64 * 1024
_TIMEOUT = 60.0


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port


async def _until_reasons(port: int, *, empty: bool) -> list[str]:
    """Ask /readyz until it gives reasons, or none."""
    async with aiohttp.ClientSession() as session, asyncio.timeout(_TIMEOUT):
        while True:
            async with session.get(f"http://127.0.0.1:{port}/readyz") as answer:
                reasons: list[str] = (await answer.json())["reasons"]
            if bool(reasons) is not empty:
                return reasons
            await asyncio.sleep(0.1)


async def test_a_full_disk_costs_nothing(tmp_path: Path) -> None:
    """New requests are refused with a sentence, and what runs comes to its end later."""
    port = _free_port()
    log = tmp_path / "bot.log"
    async with (
        open_discord() as discord,
        open_sandbox_api() as api,
        open_bot_process(
            discord,
            api.url,
            api.address,
            api.key,
            database_url=f"sqlite:///{tmp_path}/bot.db",
            environment={"HTTP_PORT": str(port)},
            log=log,
        ) as bot,
    ):
        discord.timeout = _TIMEOUT
        robin = Person.join(discord, "Robin")
        api.scripts.next(Script.quick(6), Script.quick(0))
        running = (await robin.slash(discord.channel, "image", prompt="a fox")).message
        assert running is not None
        await bot.until_output("is task")
        await _until_reasons(port, empty=True)
        assert (tmp_path / "bot.db-wal").stat().st_size > _FULL

        _, most = resource.prlimit(bot.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(bot.pid, resource.RLIMIT_FSIZE, (_FULL, most))
        refused = (await robin.slash(discord.channel, "image", prompt="a hare")).message
        assert refused is not None
        assert says(refused.content, DATABASE_BUSY)
        assert refused.is_ephemeral
        assert await _until_reasons(port, empty=False) == ["The database does not answer."]
        # The task moves on at the API while nothing can be written of it.
        await bot.until_output("a step failed", _TIMEOUT)

        resource.prlimit(bot.pid, resource.RLIMIT_FSIZE, (most, most))
        await _until_reasons(port, empty=True)
        done = STATES[JobState.DELIVERED].title.english
        card = await discord.until_message(running.id, lambda it: title_of(it.payload) == done)
        assert len(card.attachments) == 1
        again = (await robin.slash(discord.channel, "image", prompt="a hare")).message
        assert again is not None
        await discord.until_message(again.id, lambda it: title_of(it.payload) == done)
        assert await bot.terminate() == 0
    assert len(api.tasks) == 2
    stored = read_stored_jobs(tmp_path / "bot.db")
    assert stored.is_intact
    assert len(stored.jobs) == 2
    said = log.read_text()
    assert "could not be written: (sqlite3.OperationalError)" in said
    assert "a fox" not in said
    assert "a hare" not in said
    assert not any(token in said for token in discord.model.interaction_tokens)
