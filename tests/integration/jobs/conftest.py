"""The world around a job, on loopback and in memory."""

from collections.abc import AsyncGenerator

import pytest

from tests.integration.jobs.world import Clock, Process, World, open_world


@pytest.fixture
async def world() -> AsyncGenerator[World]:
    """Open everything that a job meets; time only moves by hand."""
    async with open_world(Clock()) as opened:
        yield opened


@pytest.fixture
def one(world: World) -> Process:
    """Return the process that most tests need."""
    return world.process()
