"""Watch on the API: whether it accepts work, and one sentence for the operator when it does not.

Two problems are reported to `Health`, apart from each other:

- REACH: there is no answer from the API. Cleared by the next answer that the watch gets, of any
  kind.
- ACCOUNT: the API refused a call because of the key (401), the balance (402) or a permission (403).
  While this is reported, commands are refused at once, so it must not last longer than its cause.

The watch asks for the balance, which is the cheapest call that needs the key: every 5 minutes,
every 30 seconds while there is a problem, and at once when others report one. What an answer proves
about ACCOUNT depends on what was refused:

- The key (401): an answer proves that it is accepted again.
- The balance (402): one that has risen proves that it was topped up, one of 0 or less that it was
  not. Any other proves nothing, as the price of the next job is not known.
- A permission (403): nothing, as a key may be allowed to read the balance and not to create tasks.
- If the call for the balance itself was refused since, an answer proves that this refusal is over.

Where an answer proves nothing, the refusal is taken for over after 5 minutes: the next job tries,
and reports it again if it is not over.
"""

import asyncio
import contextlib
import dataclasses
import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from decimal import Decimal

from bot.background import in_background, repeat_forever
from bot.modelhunter import ModelHunterClient, ModelHunterError, OperatorMustAct, Unavailable
from bot.monitoring.health import Health

log = logging.getLogger(__name__)

# The names under which problems are reported.
ACCOUNT = "modelhunter account"
REACH = "modelhunter"
METADATA = "modelhunter metadata"

_WHAT_TO_DO = {
    401: "ModelHunter refuses the key (401): check MODELHUNTER_KEY.",
    402: "The ModelHunter balance is not enough (402): top it up.",
    403: "The ModelHunter key may not do this (403): check its permissions, limits and expiry.",
}
_UNREACHABLE = "ModelHunter can't be reached: check MODELHUNTER_URL and the network."

# Seconds between two balances.
_INTERVAL = 5 * 60.0
_INTERVAL_WITH_PROBLEM = 30.0
# Seconds after which a refusal that no balance can disprove is taken for over.
_REFUSAL_LASTS = 5 * 60.0


def report_refusal(health: Health, error: OperatorMustAct) -> None:
    """Report what the operator must do about *error*; logged once until it changes."""
    sentence = _WHAT_TO_DO.get(error.status, _WHAT_TO_DO[403])
    if health.problem(ACCOUNT) != sentence:
        log.error("%s", sentence)
        health.report(ACCOUNT, sentence)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A refusal by the API: when it was reported, and what the watch has learned since."""

    at: float  # seconds of a monotonic clock
    balance: Decimal | None = None  # US dollars, the first that was answered since
    is_general: bool = False  # the call for the balance was refused too


def is_over(sentence: str, refusal: Refusal, balance: Decimal | None, now: float) -> bool:
    """Whether a refusal is over, now that the API has answered with *balance*. Pure.

    The reasons are at the head of this module; *now* is of the clock of `at`.
    """
    if sentence == _WHAT_TO_DO[402] and balance is not None:
        if refusal.balance is not None and balance > refusal.balance:
            return True
        if balance <= 0:
            return False
    is_disproved = refusal.is_general or sentence == _WHAT_TO_DO[401]
    return is_disproved or now - refusal.at >= _REFUSAL_LASTS


def report_unreachable(health: Health) -> None:
    """Report that the API can't be reached; logged once until it can be."""
    if health.problem(REACH) is None:
        log.error("%s", _UNREACHABLE)
        health.report(REACH, _UNREACHABLE)


class ApiWatch:
    """Background work that asks for the balance, and clears the problems that are over.

    A problem that others report is checked at once, so that one lost call refuses no command for
    long.
    """

    def __init__(
        self, api: ModelHunterClient, health: Health, *, monotonic: Callable[[], float]
    ) -> None:
        self._api = api
        self._health = health
        self._monotonic = monotonic
        self._is_reported = asyncio.Event()
        self._refusal = Refusal(at=monotonic())
        health.when_reported(self._reported)

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Keep asking until the block is left."""
        async with in_background(repeat_forever(self._turn), name="api watch"):
            yield

    async def check(self) -> bool:
        """Ask for the balance, report or clear problems, and return whether there is none."""
        balance = None
        try:
            balance = await self._api.balance()
        except OperatorMustAct as error:
            self._health.clear(REACH)
            report_refusal(self._health, error)
            self._refusal = dataclasses.replace(self._refusal, is_general=True)
            return False
        except Unavailable as error:
            if error.status is None:
                report_unreachable(self._health)
                return False
            # It answers, if not this call. If jobs get the same, they report it themselves.
            self._health.clear(REACH)
            return False
        except ModelHunterError as error:
            # The documentation shows two shapes of the balance. An odd one is an answer too.
            log.info("the balance could not be read: %s", error)
        self._health.clear(REACH)
        return self._is_trusted(balance)

    def _is_trusted(self, balance: Decimal | None) -> bool:
        """Clear a refusal that is over, and return whether none is left."""
        sentence = self._health.problem(ACCOUNT)
        if sentence is None:
            return True
        if self._refusal.balance is None:
            self._refusal = dataclasses.replace(self._refusal, balance=balance)
        if not is_over(sentence, self._refusal, balance, self._monotonic()):
            return False
        self._health.clear(ACCOUNT)
        return True

    def _reported(self, check: str) -> None:
        if check == ACCOUNT:
            self._refusal = Refusal(at=self._monotonic())
        if check in {ACCOUNT, REACH}:
            self._is_reported.set()

    async def _turn(self) -> float:
        pause = _INTERVAL if await self.check() else _INTERVAL_WITH_PROBLEM
        # What this check itself reported needs no second check.
        self._is_reported.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(pause):
                await self._is_reported.wait()
        return 0.0
