"""Refusals: those that may be an accident are repeated, but not for ever, and not in masses.

Discord counts responses with 401, 403 and 429: 10,000 of them in ten minutes, and the bot's address
is blocked for all bots that use it (Discord docs: Rate Limits, Invalid Request Limit). So calls stop
long before that, until the window has passed. And what has been refused for a whole day is taken
for out of reach, so that a result goes another way and an ended job is closed.
"""

import logging
from collections import deque
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

import discord

from bot.jobs.errors import CardBusy, CardOutOfReach, CardRefused

log = logging.getLogger(__name__)

# Seconds of nothing but refusals after which there is no further try by the same way.
REFUSED_FOR_GOOD = 24 * 60 * 60.0
# Responses in so many seconds after which no call is made; Discord allows ten times as many.
MOST_INVALID_REQUESTS = 1000
INVALID_REQUEST_WINDOW = 10 * 60.0
# Seconds until what Discord could not do is tried again, doubled up to the longest.
_BUSY_DELAY = 5.0
_LONGEST_BUSY_DELAY = 60.0
# Seconds for which a card that can't be edited is left alone, its ending aside. A refusal that may
# be an accident comes to that by doubling.
OUT_OF_REACH_DELAY = 10 * 60.0
# Ways are forgotten when there are more than so many; those longest refused stay.
_MOST_REMEMBERED = 10_000


class Refusals:
    """Memory of which ways have been refused without a reason, and since when."""

    def __init__(self, *, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._since: dict[tuple[int, str], float] = {}

    @asynccontextmanager
    async def counted(self, job_id: int, way: str) -> AsyncGenerator[None]:
        """Send or edit by *way*.

        Raises:
            CardOutOfReach: Instead of `CardRefused`, when that has been the outcome for a day.
        """
        key = (job_id, way)
        try:
            yield
        except CardRefused as error:
            if key not in self._since:
                log.warning("job %d: Discord refuses its %s, tried again: %s", job_id, way, error)
            if self._monotonic() - self._first_refusal(key) >= REFUSED_FOR_GOOD:
                del self._since[key]
                raise CardOutOfReach(f"{error}, for a day") from error
            raise
        self._since.pop(key, None)

    def _first_refusal(self, key: tuple[int, str]) -> float:
        while len(self._since) >= _MOST_REMEMBERED and key not in self._since:
            self._since.popitem()
        return self._since.setdefault(key, self._monotonic())


class InvalidRequests:
    """Counter of the responses that Discord counts against the bot's address."""

    def __init__(self, *, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._times: deque[float] = deque(maxlen=MOST_INVALID_REQUESTS)

    def add(self, error: Exception) -> None:
        """Count *error*, if it is such a response; a 429 that users share does not count."""
        if not isinstance(error, discord.HTTPException) or error.status not in {401, 403, 429}:
            return
        if error.response.headers.get("X-RateLimit-Scope") != "shared":
            self._times.append(self._monotonic())

    def pause(self) -> float:
        """Return the seconds until calls may be made, 0.0 for now."""
        if len(self._times) < MOST_INVALID_REQUESTS:
            return 0.0
        return max(0.0, self._times[0] + INVALID_REQUEST_WINDOW - self._monotonic())


def busy_delay(error: CardBusy, failures: int) -> float:
    """Return the seconds until another try after *failures* failures in a row. Pure."""
    longest = OUT_OF_REACH_DELAY if isinstance(error, CardRefused) else _LONGEST_BUSY_DELAY
    delay = min(longest, _BUSY_DELAY * 2.0 ** min(failures - 1, 10))
    return max(error.retry_after or 0.0, delay)
