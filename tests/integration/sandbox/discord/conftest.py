"""A simulated Discord with the small bot connected."""

from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager

import aiohttp
import pytest

from sandbox.bot_process import BotProcess, open_bot_process
from sandbox.discord import SandboxDiscord, open_discord

SMALL_BOT = ("-m", "tests.integration.sandbox.discord.small_bot")


def small_bot(discord: SandboxDiscord) -> AbstractAsyncContextManager[BotProcess]:
    """Start the small bot."""
    return open_bot_process(
        discord, "http://127.0.0.1:1", ("127.0.0.1", 1), "key", database_url="", command=SMALL_BOT
    )


@pytest.fixture
async def discord() -> AsyncGenerator[SandboxDiscord]:
    """Serve a Discord without a bot."""
    async with open_discord() as served:
        yield served


@pytest.fixture
async def bot(discord: SandboxDiscord) -> AsyncGenerator[BotProcess]:
    """Start the small bot in a process of its own."""
    async with small_bot(discord) as process:
        yield process


@pytest.fixture
async def session() -> AsyncGenerator[aiohttp.ClientSession]:
    """Open a plain HTTP client."""
    async with aiohttp.ClientSession() as opened:
        yield opened
