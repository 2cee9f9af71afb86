"""A world for each test, and a check at its end that no secret and no prompt is in the bot's log."""

from collections.abc import AsyncGenerator, Iterator
from pathlib import Path

import pytest

from sandbox.bot_process import BotProcess
from tests.end_to_end.world import PROMPT, World, open_world


@pytest.fixture
async def world(tmp_path: Path) -> AsyncGenerator[World]:
    """Give a test Discord, the API and a place for the bot; the test starts the bot itself."""
    async with open_world(tmp_path) as world:
        yield world
        assert world.discord.rest.gaps == []
    said = world.words()
    assert [secret for secret in _secrets(world) if secret in said] == []
    assert "Traceback" not in said


@pytest.fixture
async def bot(world: World) -> AsyncGenerator[BotProcess]:
    """Give a test the bot, running with its default settings."""
    async with world.bot() as process:
        yield process


def _secrets(world: World) -> Iterator[str]:
    """Yield what must never be logged: prompts, keys, tokens, signatures."""
    yield PROMPT
    yield from (task.request.text for task in world.api.tasks.values())
    yield world.discord.token
    yield world.api.key
    yield from world.discord.model.interaction_tokens
    yield "signature="
    yield "expires="
