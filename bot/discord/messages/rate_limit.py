"""Bot rate limit: the calls that all processes together make with the bot's token."""

import asyncio

from aiolimiter import AsyncLimiter

# Discord allows 50 (see the head of `bot.discord.messages`). They are spaced out, because a burst
# of 45 at the end of one second and another at the start of the next would be 90 in a second.
BOT_CALLS_PER_SECOND = 45


class BotRateLimit:
    """Limiter of calls, first come, first served; each call is made inside `async with`."""

    def __init__(self) -> None:
        self._limiter = AsyncLimiter(1, 1 / BOT_CALLS_PER_SECOND)
        self._order = asyncio.Lock()
        self._processes = 1

    def share_between(self, processes: int) -> None:
        """Use one part in *processes*: so many, this one included, use the bot's token."""
        self._processes = processes

    async def __aenter__(self) -> None:
        """Wait until a call may be made: it uses up the time of a call of every other process."""
        async with self._order:
            for _ in range(self._processes):
                await self._limiter.acquire()

    async def __aexit__(self, *_: object) -> None:
        """Do nothing: a call that was made can't be given back."""
