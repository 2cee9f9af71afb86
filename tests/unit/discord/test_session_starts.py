"""No restart loop starts so many sessions that Discord resets the token."""

import asyncio
from collections.abc import AsyncGenerator

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.discord.session_starts import (
    STARTS,
    DiscordCount,
    SessionStarts,
    StartLimits,
    read_count,
    seconds_to_wait,
)
from bot.monitoring.health import Health
from db.repositories.key_values import KeyValues
from tests.databases import open_memory_database
from tests.manual_clock import DAY, NOON, ManualClock
from tests.unit.discord.discord_errors import http_error

LIMITS = StartLimits()


@pytest.fixture
async def key_values() -> AsyncGenerator[KeyValues]:
    """Return what outlives a start."""
    async with open_memory_database() as store:
        yield KeyValues(store)


@given(st.lists(st.floats(0, 300), min_size=1, max_size=60))
def test_no_restart_loop_comes_near_the_limit(crashes: list[float]) -> None:
    """However soon after its start the bot crashes, no 24 hours hold a thousand starts."""
    now, starts = NOON, list[float]()
    while now < NOON + 2 * DAY:
        now += seconds_to_wait(starts[-LIMITS.free :], now, LIMITS)
        starts.append(now)
        now += crashes[len(starts) % len(crashes)]
    busiest = max(
        sum(begin <= start < begin + DAY for start in starts)
        for begin in starts[:: len(starts) // 9]
    )
    assert busiest <= LIMITS.free + DAY / LIMITS.spacing + 1


@pytest.mark.parametrize("total", [0, 500, 1_000, 2_000, 10_000, 1_000_000])
def test_a_large_bot_has_as_many_more_session_starts_as_discord_allows_it(total: int) -> None:
    """All its sessions start at once, and a loop of restarts still ends before Discord's limit."""
    count = DiscordCount(remaining=10_000, reset_after=0.0, total=total)
    now, starts = NOON, list[float]()
    while now < NOON + DAY:
        now += seconds_to_wait(starts[-10 * LIMITS.free :], now, LIMITS, count)
        starts.append(now)
    at_once = sum(start == NOON for start in starts)
    # Never less than a usual bot, and no more than ten times as much.
    allowed = min(max(total, 1_000), 10_000)
    assert at_once == allowed / 10
    assert allowed / 2 < len(starts) <= allowed * 0.83


@given(
    st.lists(st.floats(-2 * DAY, 2 * DAY), max_size=200),
    st.none()
    | st.builds(DiscordCount, remaining=st.integers(0, 1000), reset_after=st.floats(0, DAY)),
)
def test_a_wait_for_a_session_start_has_an_end(
    offsets: list[float], count: DiscordCount | None
) -> None:
    """Whatever the clock shows and Discord says, the wait is none of longer than a day."""
    wait = seconds_to_wait([NOON + offset for offset in offsets], NOON, LIMITS, count)
    assert 0 <= wait <= DAY
    if count is not None and count.remaining <= LIMITS.kept:
        assert wait >= 60
    elif len(offsets) < LIMITS.free:
        assert wait == 0


@pytest.mark.parametrize(
    ("answer", "count"),
    [
        (
            {"total": 1000, "remaining": 7, "reset_after": 14400000, "max_concurrency": 1},
            DiscordCount(remaining=7, reset_after=14400.0),
        ),
        ({"remaining": 0, "reset_after": 1e30}, DiscordCount(remaining=0, reset_after=DAY)),
        ({"remaining": 0, "reset_after": float("nan")}, DiscordCount(remaining=0, reset_after=0.0)),
        ({"remaining": 0, "reset_after": -5}, DiscordCount(remaining=0, reset_after=0.0)),
        ({"remaining": 0}, DiscordCount(remaining=0, reset_after=0.0)),
        (
            {"total": 2000, "remaining": 1900},
            DiscordCount(remaining=1900, reset_after=0.0, total=2000),
        ),
        ({"total": "many", "remaining": 9}, DiscordCount(remaining=9, reset_after=0.0)),
        ({"total": -1, "remaining": 9}, DiscordCount(remaining=9, reset_after=0.0)),
        ({"remaining": "7"}, None),
        ({"remaining": True}, None),
        ({"remaining": -1}, None),
        ({}, None),
        ([], None),
        (None, None),
        ("no", None),
    ],
)
def test_discords_count_of_session_starts_is_read(
    answer: object, count: DiscordCount | None
) -> None:
    """What makes no sense is not known, and then our own count decides."""
    assert read_count(answer) == count


async def _says(answer: object) -> object:
    return answer


PLENTY = {"remaining": 990, "reset_after": 1000}


async def test_session_starts_are_counted_over_restarts(key_values: KeyValues) -> None:
    """A new process knows of the starts of the earlier ones, and waits as soon as they are many."""
    clock, health, waits = ManualClock(), Health(), list[float]()

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        assert "waits" in (health.problem(STARTS) or "")
        clock.now += seconds

    for _ in range(LIMITS.free + 3):
        starts = SessionStarts(key_values, health, clock=clock, sleep=sleep)
        await starts.before_login()
        await starts.before_session(lambda: _says(PLENTY))
        await starts.sessions.add()
        clock.now += 1
    assert waits == [119.0, 119.0, 119.0]
    assert health.problem(STARTS) is None


async def test_a_session_waits_for_discords_count(key_values: KeyValues) -> None:
    """Where Discord has few starts left, the bot waits until it counts anew, and asks again."""
    clock, health, waits = ManualClock(), Health(), list[float]()
    counts = [
        {"remaining": 10, "reset_after": 3_600_000},
        {"remaining": 0, "reset_after": 0},
        PLENTY,
    ]

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    starts = SessionStarts(key_values, health, clock=clock, sleep=sleep)
    await starts.before_session(lambda: _says(counts.pop(0)))
    assert waits == [900.0, 60.0]
    assert counts == []


@pytest.mark.parametrize(
    "error",
    [
        http_error(500), http_error(401), KeyError("session_start_limit"),
        ConnectionResetError(), TimeoutError(), aiohttp.ClientError(), IndexError(),
    ],
    ids=repr,
)  # fmt: skip
async def test_a_session_starts_if_discord_does_not_say_its_count(
    key_values: KeyValues, error: Exception
) -> None:
    """An answer that fails is no reason to wait: our own count is left."""

    async def fail() -> object:
        raise error

    starts = SessionStarts(key_values, Health(), clock=ManualClock())
    async with asyncio.timeout(5):
        await starts.before_session(fail)
        await starts.sessions.add()


@given(st.floats(1.0, 12 * 3600.0))
def test_a_clock_that_was_set_back_blocks_no_login(back: float) -> None:
    """Starts that were counted by a clock which was ahead are not waited for until it has come there."""
    counted = [NOON - number for number in range(LIMITS.free)]
    now = NOON - back - LIMITS.free
    assert seconds_to_wait(counted, now, LIMITS) == 0.0
    assert seconds_to_wait([*counted, now], now + 1, LIMITS) == LIMITS.spacing - 1
