"""The stage of each test: card messages on a simulated Discord."""

import time
from collections.abc import AsyncGenerator

import pytest

from sandbox.discord import open_discord
from tests.integration.discord.messages.stage import Stage, open_stage
from tests.manual_clock import ManualClock


@pytest.fixture
async def stage() -> AsyncGenerator[Stage]:
    """Open a Discord and the bot's card messages on it; their clock only moves by hand."""
    clock = ManualClock(time.time())
    async with open_discord(clock=clock) as world, open_stage(world, clock) as opened:
        yield opened
