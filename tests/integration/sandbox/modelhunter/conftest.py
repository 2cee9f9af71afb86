"""A stand-in and somebody who calls it."""

from collections.abc import AsyncGenerator

import aiohttp
import pytest

from sandbox.modelhunter import open_stand_in
from tests.integration.sandbox.modelhunter.calls import Caller, Clock


@pytest.fixture
async def caller() -> AsyncGenerator[Caller]:
    """Open a stand-in whose clock stands still, and a session."""
    clock = Clock()
    async with open_stand_in(clock=clock) as api, aiohttp.ClientSession() as session:
        yield Caller(api, clock, session)
