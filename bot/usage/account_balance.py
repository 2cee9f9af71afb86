"""Account balance: what the API reports now, for who asks, at most once in a minute."""

import asyncio
import dataclasses
from collections.abc import Callable
from decimal import Decimal

from bot.modelhunter import ModelHunterClient, ModelHunterError

_KEPT = 60.0  # seconds
# Seconds: Discord expects an answer within 3 s, and the ledger is read too.
_TIMEOUT = 1.2


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class SeenBalance:
    """A balance in US dollars, None if the API does not report it, or did not answer."""

    amount: Decimal | None
    has_answered: bool


class AccountBalance:
    """Asks the API for the balance."""

    def __init__(
        self,
        api: ModelHunterClient,
        *,
        monotonic: Callable[[], float],
        timeout: float = _TIMEOUT,
    ) -> None:
        self._api = api
        self._monotonic = monotonic
        self._timeout = timeout
        self._seen: SeenBalance | None = None
        self._seen_at = 0.0

    async def read(self) -> SeenBalance:
        """Return the balance of a minute ago at most; an answer that fails is no error."""
        if self._seen is not None and self._monotonic() - self._seen_at < _KEPT:
            return self._seen
        try:
            async with asyncio.timeout(self._timeout):
                amount = await self._api.balance()
        except (ModelHunterError, TimeoutError):
            return SeenBalance(amount=None, has_answered=False)
        self._seen, self._seen_at = SeenBalance(amount=amount, has_answered=True), self._monotonic()
        return self._seen
