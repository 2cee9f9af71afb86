"""Slow channel: endings in a channel whose edits take long, and one ending in another."""

import asyncio
import math
import time

from sandbox.modelhunter.script import Script
from tests.benchmarks.bots import NAIVE, OURS, Bot
from tests.benchmarks.discord import payloads
from tests.benchmarks.rows import Row, at_most
from tests.benchmarks.scenarios.whole_jobs import PROMPT, end_tasks
from tests.benchmarks.world import World

CROWD = 40
EDIT = 0.68  # seconds that Discord takes for an edit in the slow channel, one after the other
_SLOW, _OTHER = 1, 2
_FAILURE = "the provider has failed"
_SENT_WITHIN = 60.0
_SHOWN_WITHIN = 60.0


async def measure(world: World, bot: Bot) -> float:
    """Return the seconds from the end of all tasks to the ending on the card in the other channel."""
    world.api.scripts.choose = lambda _task: Script.endless()
    known = set(world.api.tasks)
    async with world.running(bot, world.folder / f"slow-channel-{bot.name}.db"):
        await asyncio.sleep(1.0)
        for _ in range(CROWD):
            world.discord.use_video(PROMPT, channel=_SLOW)
            await asyncio.sleep(0.05)
        world.discord.use_video(PROMPT, channel=_OTHER)
        await world.until(lambda: len(world.api.tasks) == len(known) + CROWD + 1, _SENT_WITHIN)
        await asyncio.sleep(10.0)
        world.discord.rest.slow_channels[payloads.channel_id(_SLOW)] = EDIT
        try:
            return await _until_shown(world, [t for t in world.api.tasks if t not in known])
        finally:
            world.discord.rest.slow_channels.clear()


async def _until_shown(world: World, tasks: list[str]) -> float:
    begun = time.monotonic()
    end_tasks(world, tasks, failure=_FAILURE)
    channel = payloads.channel_id(_OTHER)

    def shown() -> list[float]:
        return [
            edit.at
            for edit in world.discord.rest.edits
            if edit.at >= begun and edit.channel == channel and _FAILURE in edit.text
        ]

    await world.until(lambda: bool(shown()), _SHOWN_WITHIN)
    return min(shown(), default=math.inf) - begun


async def rows(world: World) -> list[Row]:
    """Measure both bots."""
    return [
        Row(
            name=f"{CROWD} endings in one slow channel, 1 in another: the one",
            jobs=CROWD + 1,
            unit="s",
            goal=at_most(2.0, "within 2 s"),
            naive=await measure(world, NAIVE),
            ours=await measure(world, OURS),
        )
    ]
