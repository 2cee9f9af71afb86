"""Balance alarm: `/readyz` and one warning in the log, while the balance covers less than a day."""

import datetime
import logging
from decimal import Decimal

from bot.monitoring.health import Health
from bot.usage.balance_pace import covers_a_day, first_day, usual_pace
from db.repositories.usage import Usage

log = logging.getLogger(__name__)

PACE = "modelhunter balance and pace"
# Without amounts: `/readyz` is read by anyone who can reach the port.
_SENTENCE = "The ModelHunter balance covers less than a day at the usual pace: top it up."


class BalanceAlarm:
    """Compares the balance with what a day usually costs."""

    def __init__(self, usage: Usage, health: Health) -> None:
        self._usage = usage
        self._health = health

    async def check(self, balance: Decimal | None, today: datetime.date) -> None:
        """Report or clear the problem; *balance* is in US dollars, None if it is not known."""
        spent = await self._usage.held_by_day(first_day(today), today)
        pace = usual_pace(spent, today)
        if covers_a_day(balance, pace):
            self._health.clear(PACE)
            return
        if self._health.problem(PACE) is None and pace is not None:
            log.warning(
                "%s It is $%.2f, and a day has cost $%.2f, the mean of %d.",
                *(_SENTENCE, balance, pace.a_day, pace.days),
            )
        self._health.report(PACE, _SENTENCE)
