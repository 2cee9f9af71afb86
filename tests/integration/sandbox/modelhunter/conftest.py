"""A sandbox API and a client of it."""

from collections.abc import AsyncGenerator

import aiohttp
import pytest

from sandbox.modelhunter import open_sandbox_api
from tests.integration.sandbox.modelhunter.calls import Caller
from tests.manual_clock import ManualClock


@pytest.fixture
async def caller() -> AsyncGenerator[Caller]:
    """Open a sandbox API whose clock moves only by hand, and a session."""
    clock = ManualClock(1_768_471_200.0)
    async with open_sandbox_api(clock=clock) as api, aiohttp.ClientSession() as session:
        yield Caller(api, clock, session)
