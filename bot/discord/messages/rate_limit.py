"""Bot rate limit: the calls that all processes together make with the bot's token."""

import asyncio
import enum
import time
from collections import deque

from aiolimiter import AsyncLimiter

# Discord allows 50 (see the head of `bot.discord.messages`). They are spaced out, because a burst
# of 45 at the end of one second and another at the start of the next would be 90 in a second.
BOT_CALLS_PER_SECOND = 45


class Turn(enum.Enum):
    """Which turn of the limit a call takes."""

    URGENT = enum.auto()  # the next: an ending, a result, what a user waits for
    SPARE = enum.auto()  # the next that no urgent call wants: progress, ❌
    TAKEN = enum.auto()  # one that the caller has waited for
    EXEMPT = enum.auto()  # none: Discord does not count calls by an interaction token


class BotRateLimit:
    """Limiter of calls: urgent ones go first, and those of one kind in the order in which they came.

    However many wait, a turn costs the same to give.
    """

    def __init__(self, *, is_kept_elsewhere: bool = False) -> None:
        """Where a REST proxy keeps the limit, each call has its turn at once."""
        self._is_kept_elsewhere = is_kept_elsewhere
        self._limiter = AsyncLimiter(1, 1 / BOT_CALLS_PER_SECOND)
        self._processes = 1
        self._paused_until = 0.0
        self._is_given = False  # whether a call waits for the limiter, which gives one at a time
        self._urgent: deque[asyncio.Future[None]] = deque()
        self._spare: deque[asyncio.Future[None]] = deque()

    @property
    def waiting(self) -> int:
        """How many calls wait for their turn, but for the one whose turn is next."""
        return len(self._urgent) + len(self._spare)

    @property
    def processes(self) -> int:
        """How many processes use the bot's token."""
        return 1 if self._is_kept_elsewhere else self._processes

    def share_between(self, processes: int) -> None:
        """Use one part in *processes*: so many, this one included, use the bot's token."""
        self._processes = processes

    def pause_for(self, seconds: float) -> None:
        """Give no turn for so many seconds: all processes together have reached the limit."""
        self._paused_until = max(self._paused_until, time.monotonic() + seconds)

    async def wait_for(self, turn: Turn) -> None:
        """Return when a call may be made, at once where it needs no turn.

        It uses up the time of a call of every other process, and can't be given back.
        """
        if turn in {Turn.TAKEN, Turn.EXEMPT} or self._is_kept_elsewhere:
            return
        await self._line_up(self._urgent if turn is Turn.URGENT else self._spare)
        try:
            while (pause := self._paused_until - time.monotonic()) > 0:  # noqa: ASYNC110 - extended
                await asyncio.sleep(pause)
            for _ in range(self._processes):
                await self._limiter.acquire()
        finally:
            self._give_next()

    async def _line_up(self, line: deque[asyncio.Future[None]]) -> None:
        if not self._is_given:
            self._is_given = True
            return
        place = asyncio.get_running_loop().create_future()
        line.append(place)
        try:
            await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled():  # it was given its turn in the same moment
                self._give_next()
            raise

    def _give_next(self) -> None:
        for line in (self._urgent, self._spare):
            while line:
                place = line.popleft()
                if not place.done():
                    place.set_result(None)
                    return
        self._is_given = False
