"""The bot's rate limit, on a clock that does not really wait."""

import asyncio
import itertools

import pytest

from bot.discord.messages.discord_calls import DiscordCalls
from bot.discord.messages.message_client import MessageClient
from bot.discord.messages.rate_limit import BotRateLimit
from tests.unit.discord.interactions.fake_interactions import a_client
from tests.unit.jobs.builders import a_job
from tests.virtual_time import VirtualLoop, clock

CALLS = 200


@pytest.mark.parametrize(("processes", "rate"), [(1, 45), (3, 15)])
def test_calls_to_discord_are_spread(processes: int, rate: int) -> None:
    """In no second are there more than 45 calls by all processes, however many are wanted."""
    # The limiter sometimes waits for less time than the clock can show.
    with asyncio.Runner(loop_factory=lambda: VirtualLoop(turn=1e-6)) as runner:
        began = runner.run(call_often(processes))
    assert len(began) == CALLS
    assert began[-1] - began[0] < CALLS / rate + 1
    # The first of a second may fall on the very edge of the last one's.
    assert max(sum(start <= other < start + 1 for other in began) for start in began) <= rate + 1
    assert min(later - earlier for earlier, later in itertools.pairwise(began)) > 0.9 / rate


async def call_often(processes: int) -> list[float]:
    """Put a reaction under many cards at once, and return when Discord was called."""
    began: list[float] = []
    client = a_client()

    async def add_reaction(*_: object) -> None:
        began.append(clock())

    client.http.add_reaction = add_reaction  # type: ignore[method-assign, assignment]
    rate_limit = BotRateLimit()
    rate_limit.share_between(processes)
    calls = DiscordCalls(rate_limit, monotonic=clock)
    messages = MessageClient(client, calls, clock=clock)
    jobs = [
        a_job(id=number, message_id=number, channel_id=number) for number in range(1, CALLS + 1)
    ]
    await asyncio.gather(*(messages.add_reaction(job) for job in jobs))
    return began
