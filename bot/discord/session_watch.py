"""Session watch: compares the sessions that Discord counts with those that are known.

Discord counts each start of a session with the bot's token (Discord docs: Gateway, Get Gateway Bot,
session start limit), and the processes on this database count theirs (`start_counts`). If Discord
counts more, another process has the token.
"""

import asyncio
import dataclasses
import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

import discord

from bot.background import in_background, repeat_forever
from bot.discord.messages.discord_errors import DISCORD_CANT_NOW
from bot.discord.start_counts import StartCounter
from bot.monitoring.health import Health
from bot.monitoring.shared_token import SHARED_TOKEN, report_shared_token
from db.errors import StoreFailed

log = logging.getLogger(__name__)

SESSION_INTERVAL = 60.0  # seconds between two looks
# Seconds after which another process is taken for gone, until there is a new sign of it.
_REPORTED_FOR = 60 * 60.0
_TIMEOUT = 10.0


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class SessionCount:
    """What was counted at one moment: what is known just before Discord's count, and just after."""

    remaining: int  # starts that Discord still allows
    known_before: int
    known_after: int


def unknown_starts(baseline: SessionCount, now: SessionCount) -> int:
    """Return how many sessions others have started since *baseline*, at least. Pure.

    It is less than 0 where Discord began to count anew, so that it can't be known. A start of ours
    that falls between two of the three counts is never taken for another's.
    """
    started = baseline.remaining - now.remaining
    return started if started < 0 else max(0, started - (now.known_after - baseline.known_before))


class SessionWatch:
    """Background work that reports starts which no process on this database has made."""

    def __init__(
        self,
        client: discord.Client,
        counter: StartCounter,
        health: Health,
        *,
        monotonic: Callable[[], float],
        interval: float,
    ) -> None:
        self._client = client
        self._counter = counter
        self._health = health
        self._monotonic = monotonic
        self._interval = interval
        self._baseline: SessionCount | None = None
        self._reported_at: float | None = None

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Keep looking until the block is left."""
        async with in_background(repeat_forever(self._turn), name="session watch"):
            yield

    async def _turn(self) -> float:
        self._clear_if_over()
        now = await self._count()
        if now is None:
            return self._interval
        others = 0 if self._baseline is None else unknown_starts(self._baseline, now)
        if self._baseline is None or others:
            self._baseline = now
        if others > 0:
            report_shared_token(self._health)
            self._reported_at = self._monotonic()
        return self._interval

    def _clear_if_over(self) -> None:
        if self._health.problem(SHARED_TOKEN) is None:
            self._reported_at = None
        elif self._reported_at is None:
            # Reported elsewhere.
            self._reported_at = self._monotonic()
        elif self._monotonic() - self._reported_at >= _REPORTED_FOR:
            self._health.clear(SHARED_TOKEN)
            self._reported_at = None

    async def _count(self) -> SessionCount | None:
        try:
            async with asyncio.timeout(_TIMEOUT):
                known_before = (await self._counter.count()).number
                _, _, limit = await self._client.http.get_bot_gateway()
                return SessionCount(
                    remaining=int(limit["remaining"]),
                    known_before=known_before,
                    known_after=(await self._counter.count()).number,
                )
        except (*DISCORD_CANT_NOW, StoreFailed, OSError) as error:
            log.debug("the sessions can't be counted: %s", type(error).__name__)
            return None
