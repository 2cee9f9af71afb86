"""Usage watch: says each day's usage when it is over, and compares the balance with the usual pace.

The balance is what the watch on the API has read last (`bot.monitoring.api_health`), so that this
work asks the API nothing of its own.
"""

import asyncio
import contextlib
import datetime
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from decimal import Decimal

from bot.background import PAUSE_AFTER_ERROR, in_background, repeat_forever
from bot.usage.balance_alarm import BalanceAlarm
from bot.usage.daily_line import DailyLine

_INTERVAL = 15.0  # seconds
# Seconds after the start within which the balance is waited for, so that the line can have it.
_BALANCE_EXPECTED = 60.0


class UsageWatch:
    """Background work, which looks four times a minute, and at once when a balance was read."""

    def __init__(
        self,
        line: DailyLine,
        alarm: BalanceAlarm,
        *,
        clock: Callable[[], float],
        monotonic: Callable[[], float],
        pause_after_error: float = PAUSE_AFTER_ERROR,
    ) -> None:
        self._line = line
        self._alarm = alarm
        self._clock = clock
        self._monotonic = monotonic
        self._pause_after_error = pause_after_error
        self._balance: Decimal | None = None
        self._was_read = False
        self._is_new = False  # read since the alarm was checked
        self._look_wanted = asyncio.Event()
        self._started_at = monotonic()

    def balance_read(self, balance: Decimal | None) -> None:
        """Take note of the balance, in US dollars; None if the API does not report it."""
        self._balance = balance
        self._was_read = self._is_new = True
        self._look_wanted.set()

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Watch until the block is left."""
        self._started_at = self._monotonic()
        work = repeat_forever(self._turn, pause_after_error=self._pause_after_error)
        async with in_background(work, name="usage watch"):
            yield

    async def look(self) -> None:
        """Do what is due now."""
        today = datetime.datetime.fromtimestamp(self._clock(), datetime.UTC).date()
        if self._is_new:
            await self._alarm.check(self._balance, today)
            self._is_new = False
        waited = self._monotonic() - self._started_at
        if self._was_read or waited >= _BALANCE_EXPECTED:
            await self._line.say(today, self._balance)

    async def _turn(self) -> float:
        self._look_wanted.clear()
        await self.look()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_INTERVAL):
                await self._look_wanted.wait()
        return 0.0
