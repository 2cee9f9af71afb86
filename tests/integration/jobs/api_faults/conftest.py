"""The world of the jobs, and a check that no unforeseen error was logged."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Iterator

import aiohttp
import pytest

from bot.modelhunter import Timeouts
from tests.integration.jobs.conftest import one, world
from tests.integration.jobs.world import World, open_world
from tests.manual_clock import ManualClock

__all__ = ["one", "world"]

# Seconds after which a silent API is given up; what answers takes far less.
_TIMEOUT = 1.0


@pytest.fixture(autouse=True)
def no_traceback(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Check that no fault made a traceback."""
    with caplog.at_level(logging.DEBUG, logger="bot"):
        yield
    assert [record for record in caplog.records if record.exc_info] == []


@pytest.fixture
async def silent_world() -> AsyncGenerator[World]:
    """Open a world whose API is silent for as long as a fault has a delay, and a bot that gives up."""
    clock = ManualClock()
    released = asyncio.Event()
    clock.during_sleep = released.wait
    timeouts = Timeouts(read=_TIMEOUT, create=_TIMEOUT)
    silence = aiohttp.ClientTimeout(sock_read=_TIMEOUT)
    async with open_world(clock, timeouts=timeouts, download_timeout=silence) as opened:
        yield opened
        released.set()
