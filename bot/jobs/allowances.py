"""Allowances: what a member may ask for, and what is left of the day's budgets."""

import dataclasses
import datetime
from collections.abc import Callable
from decimal import Decimal

from db.records import SpendingLimits
from db.repositories.ledger import Ledger, end_of


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """What one member may ask for now; amounts in US dollars."""

    running: int  # jobs at once
    ask_above: Decimal  # what may cost more is asked about first
    left: Decimal  # of the budget of the day, for all users together
    left_for_user: Decimal | None  # None: users have no budgets of their own
    resets_at: float  # Unix seconds


class Allowances:
    """Reads what is left; only the acceptance of a job decides (`db/repositories/budgets.py`)."""

    def __init__(
        self,
        ledger: Ledger,
        limits: SpendingLimits,
        *,
        ask_above: Decimal,
        clock: Callable[[], float],
    ) -> None:
        self._ledger = ledger
        self._limits = limits
        self._ask_above = ask_above
        self._clock = clock

    async def of(self, user_id: int) -> Allowance:
        """Return what this user may ask for."""
        day = datetime.datetime.fromtimestamp(self._clock(), datetime.UTC).date()
        left = max(self._limits.daily_budget - await self._ledger.spent_on(day), Decimal(0))
        return Allowance(
            running=self._limits.running_per_user,
            ask_above=self._ask_above,
            left=left,
            left_for_user=await self._left_for(user_id, day, left),
            resets_at=end_of(day),
        )

    async def _left_for(self, user_id: int, day: datetime.date, left: Decimal) -> Decimal | None:
        """Return what is left of the user's own budget, as far as all users together have it."""
        budget = self._limits.daily_budget_per_user
        if budget is None:
            return None
        spent = await self._ledger.spent_by(user_id, day)
        return min(left, max(budget - spent, Decimal(0)))
