"""Lease renewal: how often a process renews its lease, and whether it still had one."""

import math
from collections.abc import Callable

from db.repositories.claims import Claims

# Seconds. Counted in time, not in turns: a slow database makes turns late, and a lease is short.
RENEW_AFTER = 10.0


class LeaseRenewal:
    """Renewal of this process's lease, tried again at each turn while the database fails."""

    def __init__(self, claims: Claims, *, monotonic: Callable[[], float]) -> None:
        self._claims = claims
        self._monotonic = monotonic
        self._renewals = 0
        self._renewed_at = -math.inf

    async def renew_if_due(self) -> bool:
        """Renew the lease if it is time to; return whether another process had ended it."""
        now = self._monotonic()
        if now - self._renewed_at < RENEW_AFTER:
            return False
        self._renewals += 1
        had_lease = await self._claims.renew(self._renewals)
        was_ended = not had_lease and self._renewed_at > -math.inf
        self._renewed_at = now
        return was_ended
