"""Watch on the API: asks whether it answers, and whether it accepts the key and the balance.

The watch asks for the balance, which is the cheapest call that needs the key: every 5 minutes,
every 30 seconds while anything is closed, and at once when the gate wants a check. Where that call
can't be read, the first entry of the task list is asked for too, so that a balance which the API
does not report any more does not pass for an API that is away. What an answer opens or closes is
the gate's to decide (`api_gate`).
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from decimal import Decimal

from bot.background import in_background, repeat_forever
from bot.modelhunter import (
    Malformed,
    ModelHunterClient,
    ModelHunterError,
    OperatorMustAct,
    Unavailable,
    is_from_api,
)
from bot.monitoring.api_gate import ApiGate

# Seconds between two checks.
_INTERVAL = 5 * 60.0
_INTERVAL_WITH_PROBLEM = 30.0


class ApiWatch:
    """Background work that keeps the gate informed while no other call does.

    *balance_read* is called with each balance that was read.
    """

    def __init__(
        self,
        api: ModelHunterClient,
        gate: ApiGate,
        *,
        balance_read: Callable[[Decimal | None], None] = lambda _balance: None,
    ) -> None:
        self._api = api
        self._gate = gate
        self._balance_read = balance_read

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Keep asking until the block is left."""
        async with in_background(repeat_forever(self._turn), name="api watch"):
            yield

    async def check(self) -> bool:
        """Ask for the balance, report what that shows, and return whether nothing is closed."""
        try:
            balance = await self._api.balance()
        except ModelHunterError as error:
            if isinstance(error, OperatorMustAct) and is_from_api(error):
                self._gate.balance_refused(error)
            else:
                await self._ask_for_list(error)
        else:
            self._gate.balance_read(balance)
            self._balance_read(balance)
        return self._gate.is_open

    async def _ask_for_list(self, error: ModelHunterError) -> None:
        """Find out whether the API answers at all, as the balance ended in *error*."""
        if is_from_api(error):
            self._gate.answered()
            return
        try:
            await self._api.list_tasks(limit=1)
        except ModelHunterError as other:
            if is_from_api(other):
                self._gate.answered()
            else:
                self._gate.unreachable(_status_of(error))
        else:
            self._gate.answered()

    async def _turn(self) -> float:
        pause = _INTERVAL if await self.check() else _INTERVAL_WITH_PROBLEM
        # What this check itself reported needs no second check.
        self._gate.check_wanted.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(pause):
                await self._gate.check_wanted.wait()
        return 0.0


def _status_of(error: ModelHunterError) -> int | None:
    """Return the HTTP status of an answer that was not the API's, None if there was none at all."""
    return error.status if isinstance(error, Unavailable | Malformed | OperatorMustAct) else None
