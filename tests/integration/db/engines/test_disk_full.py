"""The real bot on a full disk: it says so, charges nothing, and goes on when there is space."""

import asyncio
import dataclasses
import resource
import socket
from collections.abc import AsyncGenerator
from pathlib import Path

import aiohttp
import pytest

from bot.locales.answer_texts import DATABASE_BUSY
from bot.locales.card_texts import STATES
from db.records import JobState
from sandbox.bot_process import BotProcess, open_bot_process
from sandbox.discord import Person, SandboxDiscord, SeenMessage, open_discord
from sandbox.modelhunter import SandboxApi, Script, open_sandbox_api
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


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Bot:
    """The real bot, between a Discord and an API."""

    discord: SandboxDiscord
    api: SandboxApi
    process: BotProcess
    folder: Path
    port: int

    async def ask(self, by: Person, prompt: str) -> SeenMessage:
        """Ask for a picture, and return the answer."""
        answer = (await by.slash(self.discord.channel, "image", prompt=prompt)).message
        assert answer is not None
        return answer

    async def until_done(self, card: SeenMessage) -> SeenMessage:
        """Wait until the card shows its result."""
        done = STATES[JobState.DELIVERED].title.english
        return await self.discord.until_message(card.id, lambda it: title_of(it.payload) == done)

    def limit_files(self, size: int | None) -> None:
        """Let no file of the bot grow beyond *size* bytes; None is as much as may be."""
        _, most = resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE)
        soft = most if size is None else size
        resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, (soft, most))


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncGenerator[Bot]:
    """Start the bot on a database that is a file."""
    port = _free_port()
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
            log=tmp_path / "bot.log",
        ) as process,
    ):
        discord.timeout = _TIMEOUT
        yield Bot(discord=discord, api=api, process=process, folder=tmp_path, port=port)


async def test_a_full_disk_costs_nothing(bot: Bot) -> None:
    """New requests are refused with a sentence, and what runs comes to its end later."""
    robin = Person.join(bot.discord, "Robin")
    bot.api.scripts.next(Script.quick(6), Script.quick(0))
    running = await bot.ask(robin, "a fox")
    await bot.process.until_output("is task")
    await _until_reasons(bot.port, empty=True)
    assert (bot.folder / "bot.db-wal").stat().st_size > _FULL

    bot.limit_files(_FULL)
    refused = await bot.ask(robin, "a hare")
    assert says(refused.content, DATABASE_BUSY)
    assert refused.is_ephemeral
    assert await _until_reasons(bot.port, empty=False) == ["The database does not answer."]
    # The task moves on at the API while nothing can be written of it.
    await bot.process.until_output("a step failed", _TIMEOUT)

    bot.limit_files(None)
    await _until_reasons(bot.port, empty=True)
    assert len((await bot.until_done(running)).attachments) == 1
    await bot.until_done(await bot.ask(robin, "a hare"))
    assert await bot.process.terminate() == 0
    assert len(bot.api.tasks) == 2
    stored = read_stored_jobs(bot.folder / "bot.db")
    assert stored.is_intact
    assert len(stored.jobs) == 2
    said = (bot.folder / "bot.log").read_text()
    assert "could not be written: (sqlite3.OperationalError)" in said
    assert "a fox" not in said
    assert "a hare" not in said
    assert not any(token in said for token in bot.discord.model.interaction_tokens)
