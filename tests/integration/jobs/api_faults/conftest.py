"""The world of the jobs, and a log in which nothing unforeseen stands."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Iterator

import aiohttp
import pytest
from pydantic import SecretStr

from bot.media.download import open_downloads
from bot.modelhunter import Timeouts, open_client
from db.engines.engine import open_database
from sandbox.modelhunter import open_sandbox_api
from tests.integration.jobs.conftest import one, world
from tests.integration.jobs.recording_cards import RecordingCards
from tests.integration.jobs.world import Clock, World

__all__ = ["one", "world"]

# Seconds after which a silent API is given up; what answers takes far less.
_TIMEOUT = 1.0


@pytest.fixture(autouse=True)
def foreseen(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Check that no fault made a traceback."""
    with caplog.at_level(logging.DEBUG, logger="bot"):
        yield
    assert [record for record in caplog.records if record.exc_info] == []


@pytest.fixture
async def impatient() -> AsyncGenerator[World]:
    """Open a world whose API is silent for as long as a fault has a delay, and a bot that gives up."""
    clock = Clock()
    released = asyncio.Event()
    clock.meanwhile = released.wait
    timeouts = Timeouts(read=_TIMEOUT, create=_TIMEOUT)
    silence = aiohttp.ClientTimeout(sock_read=_TIMEOUT)
    async with (
        open_sandbox_api(clock=clock, sleep=clock.sleep) as api,
        open_database("sqlite://") as engine,
        open_client(api.url, SecretStr(api.key), clock=clock, timeouts=timeouts) as client,
        open_downloads(frozenset({api.address}), timeout=silence) as downloads,
    ):
        yield World(
            api=api,
            clock=clock,
            cards=RecordingCards(),
            engine=engine,
            client=client,
            downloads=downloads,
        )
        released.set()
