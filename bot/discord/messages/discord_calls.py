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
from bot.discord.messages.rate_limit import BotRateLimit, Turn
from bot.discord.messages.refusals import InvalidRequests
from bot.discord.messages.upload_lanes import UploadLanes
from bot.jobs.errors import CardBusy

log = logging.getLogger(__name__)

# Seconds, retries and waits of discord.py included.
CALL_TIMEOUT = 60.0
UPLOAD_TIMEOUT = 5 * 60.0
# Between two messages in a channel by all processes together: observed are 5 in 5 s.
CHANNEL_SPACING = 1.0
_MOST_CHANNELS = 1000


class DiscordCalls:
    """Context managers inside which calls to Discord are made.

    A call by the bot's token waits for its turn of the rate limit last, so that it is made at the
    moment that the limit gave it. A call by an interaction token is exempt.
    """

    def __init__(
        self,
        rate_limit: BotRateLimit,
        *,
        monotonic: Callable[[], float],
        announce_ban: Callable[[float], None] = lambda _seconds: None,
    ) -> None:
        """*announce_ban* has the other processes make no calls for so many seconds."""
        self._announce_ban = announce_ban
        self._rate_limit = rate_limit
        self._uploads = UploadLanes()
        self._monotonic = monotonic
        # By channel, and whether the call needs no turn.
        self._channels: WeakValueDictionary[tuple[int, bool], asyncio.Lock] = WeakValueDictionary()
        self._banned_until = 0.0
        self._next_writes: dict[int, float] = {}  # by channel, where several processes write
        self._invalid_requests = InvalidRequests(monotonic=monotonic)

    @asynccontextmanager
    async def write(
        self, channel_id: int, *, turn: Turn, upload: int | None = None
    ) -> AsyncGenerator[None]:
        """Make a call that sends or edits a message, one at a time in a channel.

        One by an interaction token, which has a bucket of its own, does not wait for those that wait
        for their turn.

        An *upload*, of so many bytes, takes a place among the uploads instead: it lasts minutes,
        and an edit need not wait for it.

        Raises:
            CardError: See `attempt`.
        """
        if upload is not None:
            async with self._uploads.place(channel_id, upload):
                await self._share_channel(channel_id, turn)
                async with self.attempt(UPLOAD_TIMEOUT, turn=turn):
                    yield
        else:
            line = channel_id, turn is Turn.EXEMPT
            channel = self._channels.setdefault(line, asyncio.Lock())
            async with channel:
                await self._share_channel(channel_id, turn)
                async with self.attempt(turn=turn):
                    yield

    async def _share_channel(self, channel_id: int, turn: Turn) -> None:
        """Leave other processes their part of what may be written in a channel.

        discord.py learns a channel's limit from the headers of this process's calls alone.
        """
        processes = self._rate_limit.processes
        if processes == 1 or turn is Turn.EXEMPT:
            return
        now, spacing = self._monotonic(), processes * CHANNEL_SPACING
        if len(self._next_writes) > _MOST_CHANNELS:
            self._next_writes = {key: at for key, at in self._next_writes.items() if at > now}
        due = max(now, self._next_writes.get(channel_id, now))
        self._next_writes[channel_id] = due + spacing
        await asyncio.sleep(due - now)

    @asynccontextmanager
    async def attempt(
        self, timeout: float = CALL_TIMEOUT, *, turn: Turn = Turn.EXEMPT
    ) -> AsyncGenerator[None]:
        """Make calls that have *timeout* seconds together; waiting for the turn does not count.

        Raises:
            CardBusy: The bot's address is banned at present, or near to it, so no call was made.
            CardError: A call failed; the kind of error says what to do.
        """
        self._check_ban()
        await self._rate_limit.wait_for(turn)
        self._check_ban()
        try:
            async with asyncio.timeout(timeout):
                yield
        except (discord.DiscordException, *DISCORD_CANT_NOW) as error:
            if isinstance(error, MALFORMED_RESPONSE):
                log.warning("an answer of Discord can't be read: %s", type(error).__name__)
            self._stop_if_banned(error)
            self._invalid_requests.add(error)
            raise card_error(error) from error

    async def wait_for(self, turn: Turn) -> None:
        """Wait for another turn, for a further call of the same attempt."""
        await self._rate_limit.wait_for(turn)

    def _check_ban(self) -> None:
        left = max(self._banned_until - self._monotonic(), self._invalid_requests.pause())
        if left > 0:
            raise CardBusy("Discord takes nothing from this address now", left)

    def _stop_if_banned(self, error: Exception) -> None:
        if ban := ban_seconds(error):
            log.error("Discord takes nothing from this address for %d s", ban)
            self.banned(ban)
            self._announce_ban(ban)

    def banned(self, seconds: float) -> None:
        """Make no calls for so many seconds."""
        self._banned_until = max(self._banned_until, self._monotonic() + seconds)
