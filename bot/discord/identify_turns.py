"""Identify turns: how far apart sessions are begun, over all processes.

Of the shards with the same remainder by `max_concurrency` one may IDENTIFY every five seconds
(Discord docs: Gateway, Sharding, Max Concurrency). So each remainder is a lease, which a process holds
from before it connects until five seconds after it has identified. One that is killed in between loses
it with its other leases. A database that does not answer keeps no session from its start: the turns of
this process alone are then kept.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from db.errors import StoreFailed
from db.repositories.leases import Leases

log = logging.getLogger(__name__)

# Seconds between two sessions of one remainder, with a margin for clocks and the way to Discord.
SPACING = 5.5
# Seconds for which a turn is kept by a session that does not come to identify.
_LONGEST = 60.0
_LOOK = 0.25


class IdentifyTurns:
    """Turns of this process's shards, shared with others by leases."""

    def __init__(
        self,
        leases: Leases,
        *,
        monotonic: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._leases = leases
        self._monotonic = monotonic
        self._sleep = sleep
        self._concurrency = 1
        self._until: dict[int, float] = {}  # by remainder: for how long this process keeps it

    def allow(self, concurrency: int) -> None:
        """Take note of how many sessions Discord lets begin at once."""
        self._concurrency = max(1, concurrency)

    async def wait(self, shard: int) -> None:
        """Return when a session of *shard* may be begun."""
        remainder = shard % self._concurrency
        while self._is_kept(remainder) or not await self._take(remainder):
            await self._sleep(_LOOK)
        self._until[remainder] = self._monotonic() + _LONGEST

    def identified(self, shard: int) -> None:
        """Take note that the session is being begun now."""
        self._until[shard % self._concurrency] = self._monotonic() + SPACING

    async def give_back(self) -> None:
        """Leave to others the turns that are over."""
        over = [remainder for remainder in self._until if not self._is_kept(remainder)]
        for remainder in over:
            del self._until[remainder]
            try:
                await self._leases.give_up(_name(remainder))
            except (StoreFailed, OSError) as error:
                log.debug("a turn is given back later: %s", type(error).__name__)
                self._until[remainder] = self._monotonic()

    def _is_kept(self, remainder: int) -> bool:
        return self._until.get(remainder, self._monotonic()) > self._monotonic()

    async def _take(self, remainder: int) -> bool:
        try:
            return await self._leases.take(_name(remainder))
        except (StoreFailed, OSError) as error:
            log.warning("a session begins without its turn: %s", type(error).__name__)
            return True


def _name(remainder: int) -> str:
    return f"identify {remainder}"
