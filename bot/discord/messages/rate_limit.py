"""How many calls the bot makes with its own token."""

import asyncio

from aiolimiter import AsyncLimiter

# 50 requests a second are allowed to a bot, interaction endpoints aside (Discord docs: Rate
# Limits). Spaced out, because a burst of 45 at the end of a second would meet the next one's.
BOT_CALLS_PER_SECOND = 45


class BotRateLimit:
    """Let calls go one by one, 45 a second over all processes; each is made inside `async with`."""

    def __init__(self) -> None:
        self._limiter = AsyncLimiter(1, 1 / BOT_CALLS_PER_SECOND)
        self._order = asyncio.Lock()
        self._processes = 1

    def share_between(self, processes: int) -> None:
        """Leave the others their part: so many processes, this one included, use the bot's token."""
        self._processes = processes

    async def __aenter__(self) -> None:
        """Wait for this process's turn: a call takes the turns of all the others, too."""
        async with self._order:
            for _ in range(self._processes):
                await self._limiter.acquire()

    async def __aexit__(self, *_: object) -> None:
        """Have nothing to give back."""
