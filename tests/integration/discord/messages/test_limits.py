"""Discord's rate limits are kept with 300 cards at once."""

import asyncio
import functools
import time
from collections.abc import AsyncGenerator

import pytest

from bot.locales.cards import STATES
from db.records import Job, JobState
from tests.integration.discord.messages.limiting import Limiting, open_limiting_discord
from tests.integration.discord.messages.stage import Scene, open_scene
from tests.manual_clock import ManualClock

CARDS, CHANNELS = 300, 50
# How many edits may come before an ending: the few in flight, and those that begin while the one in
# the ending's channel is in flight. Without a limit on edits in flight it is one for each channel.
AHEAD = 30


@pytest.fixture
async def crowd() -> AsyncGenerator[tuple[Scene, Limiting, list[Job]]]:
    """Open a Discord that enforces its limits, with many cards in some channels."""
    clock = ManualClock(time.time())
    async with open_limiting_discord(clock) as (world, limiting), open_scene(world, clock) as scene:
        channels = [world.create_channel(f"channel-{number}") for number in range(CHANNELS)]
        jobs = [await scene.running(channel=channels[n % CHANNELS]) for n in range(CARDS)]
        yield scene, limiting, jobs


async def test_no_edit_is_refused_or_lost(crowd: tuple[Scene, Limiting, list[Job]]) -> None:
    """300 cards that change at once, and then end at once, meet no 429 and all show their end."""
    scene, limiting, jobs = crowd
    for job in jobs:
        await scene.report(job, 42.0)
    async with asyncio.timeout(120):
        for job in jobs:
            shows = functools.partial(scene.shows, job, "42%")
            await scene.discord.changes.until(shows, 120, "the percentage")
        by_channel = sorted(jobs, key=lambda job: job.channel_id)
        await asyncio.gather(*(_end(scene, job) for job in by_channel))
    assert all(scene.title(job).endswith(STATES[JobState.CANCELLED].title.english) for job in jobs)
    assert limiting.refused == []
    assert limiting.most_in_flight == 1
    assert scene.edits() == [200] * (2 * CARDS)


async def test_an_ending_overtakes(crowd: tuple[Scene, Limiting, list[Job]]) -> None:
    """An ending that comes while 300 cards wait for their percentage is shown before nearly all."""
    scene, limiting, jobs = crowd
    for job in jobs:
        await scene.report(job, 42.0)
    await scene.until(lambda: len(scene.edits()) >= CHANNELS // 2, "the first edits")
    before = len(scene.edits())
    await scene.cards.finish(scene.ended(jobs[-1]))
    edited = [call.path for call in scene.discord.calls_to("PATCH", "*")]
    (*_, ending) = (n for n, path in enumerate(edited) if path.endswith(f"/{jobs[-1].message_id}"))
    assert ending - before <= AHEAD
    assert scene.title(jobs[-1]).endswith(STATES[JobState.CANCELLED].title.english)
    assert limiting.refused == []


async def _end(scene: Scene, job: Job) -> None:
    """End a job as the bot does: the last edit, then its ❌ is taken off."""
    ended = scene.ended(job)
    await scene.cards.finish(ended)
    await scene.cards.remove_own_reaction(ended)
