"""What the tests of starts share: a database that outlives them, and a Discord."""

from collections.abc import AsyncGenerator

import pytest

from db.repositories.key_values import KeyValues
from tests.databases import open_memory_database
from tests.unit.discord.command_starts import Discord


@pytest.fixture
async def key_values() -> AsyncGenerator[KeyValues]:
    """Return what outlives a start."""
    async with open_memory_database() as store:
        yield KeyValues(store)


@pytest.fixture
async def discord_itself() -> AsyncGenerator[Discord]:
    """Yield the other side, and end every bot that was started on it."""
    made = Discord()
    yield made
    for bot in made.bots:
        await bot.close()
