"""The world around a job, on loopback and in memory."""

from collections.abc import AsyncGenerator

import pytest

from tests.integration.jobs.process import Process
from tests.integration.jobs.world import World, open_world
from tests.manual_clock import ManualClock


@pytest.fixture
async def world() -> AsyncGenerator[World]:
    """Open everything that a job meets; time only moves by hand."""
    async with open_world(ManualClock()) as opened:
        yield opened


@pytest.fixture
def one(world: World) -> Process:
    """Return the process that most tests need."""
    return world.process()
