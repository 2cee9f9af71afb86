"""Session starts: how long to wait before one too many.

A bot may start 1,000 gateway sessions in 24 hours (IDENTIFY). Discord ends all sessions of one that
starts more, and resets its token (Discord docs: Gateway, Identifying). A program that crashes after
its start and is started again by Docker or systemd comes near that within a day. So each login and
each start is written down before it is made, and two things are looked at before the next:

- our own count: the first `StartLimits.free` of a day cost nothing, each later one comes
  `StartLimits.spacing` after the one before, so that a day can't have more than 820; a very large
  bot, with a session for every thousand servers or so, is allowed more by Discord, and by us in the
  same proportion (Discord docs: Gateway, Sharding for Very Large Bots)
- Discord's count (`session_start_limit`), which also knows what other programs with this token did:
  the last `StartLimits.kept` are left alone until Discord begins to count anew

While it waits, the log and `/readyz` say so.
"""

import asyncio
import contextlib
import dataclasses
import logging
import math
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TypeGuard

import discord

from bot.discord.messages.discord_errors import CONNECTION_ERRORS, MALFORMED_RESPONSE
from bot.discord.start_counts import StartCounter
from bot.monitoring.health import Health
from db.errors import StoreFailed
from db.repositories.key_values import KeyValues

log = logging.getLogger(__name__)

# The name under which a wait is reported.
STARTS = "discord session starts"
# Names under which the database keeps the counts.
_LOGINS = "logins"
_SESSIONS = "session starts"

_DAY = 24 * 60 * 60.0
# Starts of a day that Discord allows a usual bot, and how many times that are counted with.
USUAL_TOTAL = 1_000
_MOST_TIMES = 10.0
# Seconds for Discord's answer about its count.
_ANSWER_TIMEOUT = 10.0
# Seconds of one wait, after which Discord is asked again: its answer may have been an odd one.
_SHORTEST_WAIT, _LONGEST_WAIT = 60.0, 15 * 60.0

# Asks Discord for its answer to Get Gateway Bot's `session_start_limit`.
AskDiscord = Callable[[], Awaitable[object]]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class StartLimits:
    """How many starts of 24 hours are made at once, and how far apart the others are."""

    free: int = 100
    spacing: float = 120.0  # seconds; 24 h / 120 s = 720 starts beside the free ones
    kept: int = 10  # of those that Discord allows

    def for_total(self, total: int) -> "StartLimits":
        """Return the limits of a bot that Discord allows *total* starts a day: as many times more. Pure."""
        times = min(max(total / USUAL_TOTAL, 1.0), _MOST_TIMES)
        return dataclasses.replace(self, free=int(self.free * times), spacing=self.spacing / times)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class DiscordCount:
    """What Discord says it allows: how many more starts of a day's, and seconds until it counts anew."""

    remaining: int
    reset_after: float
    total: int = USUAL_TOTAL


def read_count(answer: object) -> DiscordCount | None:
    """Return Discord's count from its answer, None if that makes no sense. Pure."""
    if not isinstance(answer, Mapping):
        return None
    remaining, milliseconds = answer.get("remaining"), answer.get("reset_after")
    if not _is_count(remaining):
        return None
    total = answer.get("total")
    is_time = isinstance(milliseconds, int | float) and math.isfinite(milliseconds)
    seconds = max(0.0, float(milliseconds) / 1000) if is_time and milliseconds is not None else 0.0
    return DiscordCount(
        remaining=remaining,
        reset_after=min(seconds, _DAY),
        total=total if _is_count(total) else USUAL_TOTAL,
    )


def _is_count(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def seconds_to_wait(
    starts: Sequence[float], now: float, limits: StartLimits, count: DiscordCount | None = None
) -> float:
    """Return the seconds until the next start may be made, 0 if it may be made now. Pure.

    *starts* and *now* are in Unix seconds. A clock that was set makes no wait longer than a spacing:
    a start that is yet to come counts, and is not waited for.
    """
    if count is not None:
        limits = limits.for_total(count.total)
    wait = 0.0
    past = [start for start in starts if start <= now]
    if past and len([start for start in starts if now - start < _DAY]) >= limits.free:
        wait = max(past) + limits.spacing - now
    wait = min(max(wait, 0.0), limits.spacing)
    if count is not None and count.remaining <= limits.kept:
        wait = max(wait, count.reset_after, _SHORTEST_WAIT)
    return wait


class SessionStarts:
    """Waits before a login or a session that would be one too many, and keeps their counters."""

    def __init__(
        self,
        key_values: KeyValues,
        health: Health,
        *,
        limits: StartLimits | None = None,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._health = health
        self._limits = limits or StartLimits()
        self._clock = clock
        self._sleep = sleep
        kept = int(self._limits.free * _MOST_TIMES)
        self._logins = StartCounter(key_values, _LOGINS, kept=kept, clock=clock)
        self.sessions = StartCounter(key_values, _SESSIONS, kept=kept, clock=clock)

    async def before_login(self) -> None:
        """Wait until a login may be made, and count it."""
        await self._until(lambda: self._wait_for(self._logins), "login")
        await self._logins.add()

    async def before_session(self, ask: AskDiscord) -> None:
        """Wait until a session may be started; it is counted just before it is."""
        await self._until(lambda: self._wait_for(self.sessions, ask), "session")

    async def _until(self, wait_for: Callable[[], Awaitable[float]], what: str) -> None:
        while (wait := await wait_for()) > 0:
            sentence = (
                f"Too many starts today: the next {what} waits {math.ceil(wait)} s, because Discord"
                " resets the token of a bot that starts 1,000 times a day."
            )
            log.warning("%s", sentence)
            self._health.report(STARTS, sentence)
            await self._sleep(min(wait, _LONGEST_WAIT))
        self._health.clear(STARTS)

    async def _wait_for(self, counter: StartCounter, ask: AskDiscord | None = None) -> float:
        count = None if ask is None else await _ask(ask)
        try:
            starts = (await counter.count()).latest
        except (StoreFailed, OSError):
            # A disk that fails for a moment ends no session; Discord's count is left.
            log.exception("the starts of this day can't be read")
            starts = ()
        return seconds_to_wait(starts, self._clock(), self._limits, count)


async def _ask(ask: AskDiscord) -> DiscordCount | None:
    """Ask Discord for its count; None if it does not say, when our own count decides alone."""
    errors = (discord.DiscordException, *CONNECTION_ERRORS, *MALFORMED_RESPONSE)
    with contextlib.suppress(*errors):
        async with asyncio.timeout(_ANSWER_TIMEOUT):
            return read_count(await ask())
    return None
