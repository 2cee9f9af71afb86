"""The world around a job, on loopback and in memory."""

from collections.abc import AsyncGenerator

import pytest
from pydantic import SecretStr

from bot.media.download import open_downloads
from bot.modelhunter import open_client
from db.engines.engine import open_database
from sandbox.modelhunter import open_sandbox_api
from tests.integration.jobs.recording_cards import RecordingCards
from tests.integration.jobs.world import Clock, Process, World


@pytest.fixture
async def world() -> AsyncGenerator[World]:
    """Open everything that a job meets; time only moves by hand."""
    clock = Clock()
    async with (
        open_sandbox_api(clock=clock, sleep=clock.sleep) as api,
        open_database("sqlite://") as engine,
        open_client(api.url, SecretStr(api.key), clock=clock) as client,
        open_downloads(frozenset({api.address})) as downloads,
    ):
        yield World(
            api=api,
            clock=clock,
            cards=RecordingCards(),
            engine=engine,
            client=client,
            downloads=downloads,
        )


@pytest.fixture
def one(world: World) -> Process:
    """Return the process that most tests need."""
    return world.process()
