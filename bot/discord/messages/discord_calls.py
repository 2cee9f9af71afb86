"""How a call to Discord is made: one write at a time in a channel, in time, its errors translated.

The limits behind these rules are explained at the head of `bot.discord.messages`.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

import discord

from bot.discord.messages.discord_errors import (
    DISCORD_CANT_NOW,
    MALFORMED_RESPONSE,
    ban_seconds,
    card_error,
)
from bot.discord.messages.rate_limit import BotRateLimit
from bot.discord.messages.refusals import InvalidRequests
from bot.jobs.errors import CardBusy

log = logging.getLogger(__name__)

# Seconds, retries and waits of discord.py included.
CALL_TIMEOUT = 60.0
UPLOAD_TIMEOUT = 5 * 60.0
_UPLOADS_AT_ONCE = 4


class DiscordCalls:
    """Context managers inside which calls to Discord are made.

    A call by the bot's token is also made inside `rate_limit`, entered last, so that it is made at
    the moment that the limit gave it. A call by an interaction token is exempt.
    """

    def __init__(self, rate_limit: BotRateLimit, *, monotonic: Callable[[], float]) -> None:
        self.rate_limit = rate_limit
        self.upload_slots = asyncio.Semaphore(_UPLOADS_AT_ONCE)
        self._monotonic = monotonic
        self._channels: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._banned_until = 0.0
        self._invalid_requests = InvalidRequests(monotonic=monotonic)

    @asynccontextmanager
    async def write(self, channel_id: int, *, upload: bool) -> AsyncGenerator[None]:
        """Make a call that sends or edits a message, one at a time in a channel.

        An upload takes one of four slots instead: it lasts minutes, and an edit need not wait for
        it. Waiting for the channel or a slot does not count against the timeout.

        Raises:
            CardError: See `attempt`.
        """
        if upload:
            async with self.upload_slots, self.attempt(UPLOAD_TIMEOUT):
                yield
        else:
            channel = self._channels.setdefault(channel_id, asyncio.Lock())
            async with channel, self.attempt():
                yield

    @asynccontextmanager
    async def attempt(self, timeout: float = CALL_TIMEOUT) -> AsyncGenerator[None]:
        """Make calls that have *timeout* seconds together.

        Raises:
            CardBusy: The bot's address is banned at present, or near to it, so no call was made.
            CardError: A call failed; the kind of error says what to do.
        """
        left = max(self._banned_until - self._monotonic(), self._invalid_requests.pause())
        if left > 0:
            raise CardBusy("Discord takes nothing from this address now", left)
        try:
            async with asyncio.timeout(timeout):
                yield
        except (discord.DiscordException, *DISCORD_CANT_NOW) as error:
            if isinstance(error, MALFORMED_RESPONSE):
                log.warning("an answer of Discord can't be read: %s", type(error).__name__)
            self._stop_if_banned(error)
            self._invalid_requests.add(error)
            raise card_error(error) from error

    def _stop_if_banned(self, error: Exception) -> None:
        if ban := ban_seconds(error):
            log.error("Discord takes nothing from this address for %d s", ban)
            self._banned_until = max(self._banned_until, self._monotonic() + ban)
