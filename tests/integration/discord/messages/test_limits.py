"""Discord's rate limits are kept with 300 cards at once."""

import asyncio
import functools
import time
from collections.abc import AsyncGenerator

import pytest

from bot.locales.card_texts import STATES
from db.records import Job, JobState
from tests.integration.discord.messages.limiting import Limiting, open_limiting_discord
from tests.integration.discord.messages.stage import Stage, open_stage
from tests.manual_clock import ManualClock

CARDS, CHANNELS = 300, 50
# How many edits may come before an ending: the few in flight, and those that begin while the one in
# the ending's channel is in flight. Without a limit on edits in flight it is one for each channel.
AHEAD = 30


@pytest.fixture
async def crowd() -> AsyncGenerator[tuple[Stage, Limiting, list[Job]]]:
    """Open a Discord that enforces its limits, with many cards in some channels."""
    clock = ManualClock(time.time())
    async with open_limiting_discord(clock) as (world, limiting), open_stage(world, clock) as stage:
        channels = [world.create_channel(f"channel-{number}") for number in range(CHANNELS)]
        jobs = [await stage.running(channel=channels[n % CHANNELS]) for n in range(CARDS)]
        yield stage, limiting, jobs


async def test_no_edit_of_300_cards_is_refused_or_lost(
    crowd: tuple[Stage, Limiting, list[Job]],
) -> None:
    """300 cards that change at once, and then end at once, meet no 429 and all show their end."""
    stage, limiting, jobs = crowd
    for job in jobs:
        await stage.report(job, 42.0)
    async with asyncio.timeout(120):
        for job in jobs:
            shows = functools.partial(stage.shows, job, "42%")
            await stage.discord.changes.until(shows, 120, "the percentage")
        by_channel = sorted(jobs, key=lambda job: job.channel_id)
        await asyncio.gather(*(_end(stage, job) for job in by_channel))
    assert all(stage.title(job).endswith(STATES[JobState.CANCELLED].title.english) for job in jobs)
    assert limiting.refused == []
    assert limiting.most_in_flight == 1
    assert stage.edits() == [200] * (2 * CARDS)


async def test_an_ending_overtakes_percentages(crowd: tuple[Stage, Limiting, list[Job]]) -> None:
    """An ending that comes while 300 cards wait for their percentage is shown before nearly all."""
    stage, limiting, jobs = crowd
    for job in jobs:
        await stage.report(job, 42.0)
    await stage.until(lambda: len(stage.edits()) >= CHANNELS // 2, "the first edits")
    before = len(stage.edits())
    await stage.cards.finish(stage.ended(jobs[-1]))
    edited = [call.path for call in stage.discord.calls_to("PATCH", "*")]
    (*_, ending) = (n for n, path in enumerate(edited) if path.endswith(f"/{jobs[-1].message_id}"))
    assert ending - before <= AHEAD
    assert stage.title(jobs[-1]).endswith(STATES[JobState.CANCELLED].title.english)
    assert limiting.refused == []


async def _end(stage: Stage, job: Job) -> None:
    """End a job as the bot does: the last edit, then its ❌ is taken off."""
    ended = stage.ended(job)
    await stage.cards.finish(ended)
    await stage.cards.remove_own_reaction(ended)
