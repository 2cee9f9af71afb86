"""Refusals are repeated for a day, and calls stop long before Discord blocks the address."""

import pytest

from bot.discord.messages.refusals import (
    INVALID_REQUEST_WINDOW,
    MOST_INVALID_REQUESTS,
    REFUSED_FOR_GOOD,
    InvalidRequests,
    Refusals,
    busy_delay,
)
from bot.jobs.errors import CardBusy, CardError, CardOutOfReach, CardRefused
from tests.manual_clock import ManualClock
from tests.unit.discord.discord_errors import http_error


async def _refused(refusals: Refusals, error: CardError, way: str = "upload") -> type[CardError]:
    """Return what becomes of *error*."""
    with pytest.raises(CardError) as raised:
        async with refusals.counted(1, way):
            raise error
    return type(raised.value)


async def test_a_refusal_is_final_after_a_day(caplog: pytest.LogCaptureFixture) -> None:
    """A refusal without a reason is worth another try for a day, by each way on its own.

    The log says so once for each way.
    """
    clock = ManualClock(0.0)
    refusals = Refusals(monotonic=clock)
    assert await _refused(refusals, CardRefused("no")) is CardRefused
    clock.now += REFUSED_FOR_GOOD - 1.0
    assert await _refused(refusals, CardRefused("no")) is CardRefused
    clock.now += 1.0
    assert await _refused(refusals, CardRefused("no"), "reply") is CardRefused
    assert len([it for it in caplog.records if "tried again" in it.message]) == 2
    assert await _refused(refusals, CardRefused("no")) is CardOutOfReach


async def test_a_success_ends_the_day_of_refusals() -> None:
    """Refusals count while nothing but refusals is answered; an outage is no refusal."""
    clock = ManualClock(0.0)
    refusals = Refusals(monotonic=clock)
    assert await _refused(refusals, CardRefused("no")) is CardRefused
    async with refusals.counted(1, "upload"):
        pass
    clock.now += REFUSED_FOR_GOOD
    assert await _refused(refusals, CardRefused("no")) is CardRefused
    clock.now += REFUSED_FOR_GOOD
    assert await _refused(refusals, CardBusy("502")) is CardBusy


def test_invalid_requests_stop_calls_in_time() -> None:
    """After a thousand counted refusals no call is made until the oldest has left the window."""
    clock = ManualClock(0.0)
    counted = InvalidRequests(monotonic=clock)
    shared = http_error(429, headers={"X-RateLimit-Scope": "shared"})
    for error in (shared, http_error(400), http_error(404), OSError()):
        for _ in range(MOST_INVALID_REQUESTS):
            counted.add(error)
    for status in (401, 403, 429):
        counted.add(http_error(status))
    for _ in range(MOST_INVALID_REQUESTS - 4):
        counted.add(http_error(403))
    assert counted.pause() == 0.0
    counted.add(http_error(403))
    assert counted.pause() == INVALID_REQUEST_WINDOW
    clock.now += INVALID_REQUEST_WINDOW
    assert counted.pause() == 0.0


def test_delays_of_a_card_that_discord_refuses() -> None:
    """An edit is tried again after 5 s, then more and more slowly; a named time is kept."""
    refused = [busy_delay(CardRefused("no"), failures) for failures in range(1, 10)]
    assert refused == [5.0, 10.0, 20.0, 40.0, 80.0, 160.0, 320.0, 600.0, 600.0]
    assert busy_delay(CardBusy("502"), 1000) == 60.0
    assert busy_delay(CardBusy("429", 90.0), 1) == 90.0
