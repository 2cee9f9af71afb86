"""Know whether the API takes our work, and tell the operator in one sentence when it does not."""

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

_CALM_INTERVAL = 5 * 60.0
_TROUBLE_INTERVAL = 30.0
# What a balance can't tell is left to the next job: one may try after so long.
_REFUSAL_LASTS = 5 * 60.0


def note_refusal(health: Health, error: OperatorMustAct) -> None:
    """Report what the operator must do about *error*, once."""
    sentence = _WHAT_TO_DO.get(error.status, _WHAT_TO_DO[403])
    if health.problem(ACCOUNT) != sentence:
        log.error("%s", sentence)
        health.report(ACCOUNT, sentence)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """What is known of a refusal: when it was met, and how the watch's own questions fared since."""

    at: float  # Unix seconds
    balance: Decimal | None = None  # the first that was told since
    is_general: bool = False  # the balance was refused, too


def is_over(sentence: str, refusal: Refusal, balance: Decimal | None, now: float) -> bool:
    """Whether a refusal is over, now that the API tells the *balance*. Pure.

    An answer shows that the key is taken, but not that there is enough for the next job, or that
    the key may make it.
    """
    if sentence == _WHAT_TO_DO[402] and balance is not None:
        if refusal.balance is not None and balance > refusal.balance:
            return True
        if balance <= 0:
            return False
    is_disproved = refusal.is_general or sentence == _WHAT_TO_DO[401]
    return is_disproved or now - refusal.at >= _REFUSAL_LASTS


def note_silence(health: Health) -> None:
    """Report that the API can't be reached, once."""
    if health.problem(REACH) is None:
        log.error("%s", _UNREACHABLE)
        health.report(REACH, _UNREACHABLE)


class ApiWatch:
    """Ask for the balance now and then: the cheapest question that needs the key.

    What others report is looked into at once, so that one lost call refuses no command for long.
    """

    def __init__(
        self, api: ModelHunterClient, health: Health, *, clock: Callable[[], float]
    ) -> None:
        self._api = api
        self._health = health
        self._clock = clock
        self._doubted = asyncio.Event()
        self._refusal = Refusal(at=clock())
        health.when_reported(self._reported)

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Keep asking until the block is left."""
        async with in_background(repeat_forever(self._turn), name="api watch"):
            yield

    async def check(self) -> bool:
        """Ask once, report or clear what is wrong, and return whether all is well."""
        balance = None
        try:
            balance = await self._api.balance()
        except OperatorMustAct as error:
            self._health.clear(REACH)
            note_refusal(self._health, error)
            self._refusal = dataclasses.replace(self._refusal, is_general=True)
            return False
        except Unavailable as error:
            if error.status is None:
                note_silence(self._health)
                return False
            # It answers, if not to this question; its jobs will meet what is wrong themselves.
            self._health.clear(REACH)
            return False
        except ModelHunterError as error:
            # The balance's shape differs between the documentation's copies; it answered us.
            log.info("the balance could not be read: %s", error)
        self._health.clear(REACH)
        return self._is_trusted(balance)

    def _is_trusted(self, balance: Decimal | None) -> bool:
        """Clear a refusal that is over, and return whether there is none."""
        sentence = self._health.problem(ACCOUNT)
        if sentence is None:
            return True
        if self._refusal.balance is None:
            self._refusal = dataclasses.replace(self._refusal, balance=balance)
        if not is_over(sentence, self._refusal, balance, self._clock()):
            return False
        self._health.clear(ACCOUNT)
        return True

    def _reported(self, check: str) -> None:
        if check == ACCOUNT:
            self._refusal = Refusal(at=self._clock())
        if check in {ACCOUNT, REACH}:
            self._doubted.set()

    async def _turn(self) -> float:
        pause = _CALM_INTERVAL if await self.check() else _TROUBLE_INTERVAL
        # What this look itself reported needs no second one.
        self._doubted.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(pause):
                await self._doubted.wait()
        return 0.0
