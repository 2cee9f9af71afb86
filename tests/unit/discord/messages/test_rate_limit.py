"""The bot's rate limit, on a clock that does not really wait."""

import asyncio
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.discord.messages.discord_calls import DiscordCalls
from bot.discord.messages.message_client import MessageClient
from bot.discord.messages.rate_limit import BotRateLimit, Turn
from tests.unit.discord.interactions.fake_interactions import a_client
from tests.unit.jobs.builders import a_job
from tests.virtual_time import VirtualLoop, clock

CALLS = 200


def in_ticking_time() -> asyncio.Runner:
    """Return a runner whose time also passes by itself.

    The limiter sometimes waits for less time than the clock can show.
    """
    return asyncio.Runner(loop_factory=lambda: VirtualLoop(turn=1e-6))


@pytest.mark.parametrize(("processes", "rate"), [(1, 45), (3, 15)])
def test_calls_to_discord_are_spread(processes: int, rate: int) -> None:
    """In no second are there more than 45 calls by all processes, however many are wanted."""
    with in_ticking_time() as runner:
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


async def _take(limit: BotRateLimit, turn: Turn, name: str, taken: list[str]) -> None:
    await limit.wait_for(turn)
    taken.append(name)


def test_urgent_calls_go_before_a_thousand_spare_ones() -> None:
    """An ending waits for one turn at most, however much progress and how many ❌ wait."""
    with in_ticking_time() as runner:
        runner.run(_call_with_both_turns())


async def _call_with_both_turns() -> None:
    limit, taken = BotRateLimit(), list[str]()
    async with asyncio.TaskGroup() as tasks:
        for number in range(1000):
            tasks.create_task(_take(limit, Turn.SPARE, f"spare {number}", taken))
        await asyncio.sleep(1.0)
        begun = len(taken)
        for number in range(3):
            tasks.create_task(_take(limit, Turn.URGENT, f"urgent {number}", taken))
    assert taken[begun + 1 : begun + 4] == ["urgent 0", "urgent 1", "urgent 2"]
    spare = [name for name in taken if name.startswith("spare")]
    assert spare == [f"spare {number}" for number in range(1000)]


async def test_calls_that_are_exempt_take_no_turn() -> None:
    """Calls by an interaction token, and those that have had their turn, don't wait."""
    limit = BotRateLimit()
    async with asyncio.timeout(5.0):
        for _ in range(10_000):
            await limit.wait_for(Turn.EXEMPT)
            await limit.wait_for(Turn.TAKEN)


def test_an_ending_by_token_waits_for_no_call_that_waits_for_its_turn() -> None:
    """Replies of a channel that wait for the bot's limit hold up no edit that it does not count."""
    with in_ticking_time() as runner:
        assert runner.run(_edit_behind_replies()) == 0.0


async def _edit_behind_replies() -> float:
    limit = BotRateLimit()
    calls, made = DiscordCalls(limit, monotonic=clock), list[str]()

    async def call(name: str, turn: Turn) -> None:
        async with calls.write(1, turn=turn):
            await asyncio.sleep(0)
            made.append(name)

    async with asyncio.TaskGroup() as tasks:
        for _ in range(100):
            tasks.create_task(limit.wait_for(Turn.URGENT))
        replies = [tasks.create_task(call("reply", Turn.URGENT)) for _ in range(2)]
        await asyncio.sleep(0)
        begun = clock()
        await tasks.create_task(call("edit", Turn.EXEMPT))
        took = clock() - begun
        await asyncio.wait(replies)
    assert made == ["edit", "reply", "reply"]
    return round(took, 3)


@given(st.lists(st.tuples(st.sampled_from(Turn), st.integers(0, 12)), max_size=40))
def test_no_turn_is_lost_with_a_call_that_is_cancelled(calls: list[tuple[Turn, int]]) -> None:
    """Whatever calls are cancelled, at whatever moment, those after them have their turn."""
    with in_ticking_time() as runner:
        runner.run(_see_that_no_turn_is_lost(calls))


async def _see_that_no_turn_is_lost(calls: list[tuple[Turn, int]]) -> None:
    limit, taken = BotRateLimit(), list[str]()
    waiting = [asyncio.create_task(_take(limit, turn, "", taken)) for turn, _ in calls]
    for moment in range(13):
        for task, (_, ends) in zip(waiting, calls, strict=True):
            if ends == moment:
                task.cancel()
        await asyncio.sleep(1 / 45)
    await asyncio.gather(*waiting, return_exceptions=True)
    async with asyncio.timeout(1.0):
        await limit.wait_for(Turn.SPARE)


def test_a_rest_proxy_keeps_the_limit() -> None:
    """Behind a proxy that keeps Discord's limits no call waits here, however many there are."""
    with in_ticking_time() as runner:

        async def call_often() -> float:
            limit = BotRateLimit(is_kept_elsewhere=True)
            limit.share_between(3)
            began = clock()
            await asyncio.gather(*(limit.wait_for(Turn.URGENT) for _ in range(CALLS)))
            return clock() - began

        assert runner.run(call_often()) < 0.1


def test_the_messages_of_a_channel_are_shared_between_processes() -> None:
    """Three processes together write no more than five messages in five seconds in a channel."""
    with in_ticking_time() as runner:

        async def write_often() -> list[float]:
            limit = BotRateLimit()
            limit.share_between(3)
            calls, began = DiscordCalls(limit, monotonic=clock), list[float]()

            async def write() -> None:
                async with calls.write(7, turn=Turn.URGENT):
                    began.append(clock())

            await asyncio.gather(*(write() for _ in range(5)))
            return began

        began = runner.run(write_often())
    assert min(later - earlier for earlier, later in itertools.pairwise(began)) >= 3.0 - 0.1
