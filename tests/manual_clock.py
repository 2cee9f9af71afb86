"""The clock of tests that decide themselves when time passes; `virtual_time` has the other kind."""

from collections.abc import Awaitable, Callable

DAY = 86_400.0
# Noon UTC, far from both midnights: a day's budget does not change during a test.
NOON = 1_790_000_000.0 - 1_790_000_000.0 % DAY + DAY / 2


class ManualClock:
    """Clock in Unix seconds that only moves by hand; its sleep returns at once."""

    def __init__(self, now: float = NOON) -> None:
        self.now = now
        # What happens during a sleep, such as that of the sandbox API over an answer.
        self.during_sleep: Callable[[], Awaitable[object]] | None = None

    def __call__(self) -> float:
        """Return the time."""
        return self.now

    async def sleep(self, seconds: float) -> None:
        """Let the time pass at once."""
        if self.during_sleep is not None:
            await self.during_sleep()
        self.now += seconds
