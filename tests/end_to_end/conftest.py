"""A world for each test, and a check at its end that no secret and no prompt is in the bot's log.

The bot's database is a SQLite file. Tests that are marked `both_engines` run on PostgreSQL too, and all
of them do alone with TEST_ENGINE=postgresql (`make postgresql-test`).
"""

import contextlib
import os
from collections.abc import AsyncGenerator, Iterator
from pathlib import Path

import pytest

from sandbox.bot_process import BotProcess
from tests.end_to_end.world import PROMPT, World, open_world
from tests.postgresql import fresh_database

_ENGINE = os.environ.get("TEST_ENGINE", "sqlite")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what is marked on both engines, unless one was chosen for all."""
    if "world" in metafunc.fixturenames and metafunc.definition.get_closest_marker("both_engines"):
        engines = {_ENGINE, "postgresql"}
        metafunc.parametrize("engine", sorted(engines, reverse=True), indirect=True)


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> str:
    """Return which engine the bot's database has."""
    return str(getattr(request, "param", _ENGINE))


@pytest.fixture
async def world(tmp_path: Path, engine: str) -> AsyncGenerator[World]:
    """Give a test Discord, the API and a place for the bot; the test starts the bot itself."""
    async with contextlib.AsyncExitStack() as stack:
        world = await stack.enter_async_context(open_world(tmp_path))
        if engine == "postgresql":
            world.database_url = await stack.enter_async_context(fresh_database())
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
