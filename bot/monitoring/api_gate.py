"""API gate: whose requests may be sent to the API now, by what its last answers were.

One requester's trouble is not everybody's: what is closed is as narrow as the evidence, which
`api_refusals` and `api_breaker` decide. The gate keeps their states, says in `/readyz` and once in
the log what the operator must know, and asks the watch for a check where one would tell more.

Only an answer in the API's own envelope shows that the API answers. The page of a proxy is an HTTP
response too, and shows that it does not.
"""

import asyncio
import enum
import logging
from collections.abc import Callable
from decimal import Decimal

from bot.modelhunter import OperatorMustAct
from bot.monitoring import api_breaker, api_refusals
from bot.monitoring import api_sentences as sentences
from bot.monitoring.api_breaker import CLOSED, OPENS_AT, Breaker
from bot.monitoring.api_refusals import REFUSAL_LASTS, PriceRefusal, Route, Scope
from bot.monitoring.health import Health

log = logging.getLogger(__name__)

# The names under which problems are reported.
ACCOUNT = "modelhunter account"
BALANCE = "modelhunter balance"
PERMISSION = "modelhunter permission"
REACH = "modelhunter"
OUTCOMES = "modelhunter outcomes"
METADATA = "modelhunter metadata"

# Seconds between two checks that single calls give a reason for.
_SUSPICION_PAUSE = 30.0
# Seconds for which a known outcome elsewhere shows that a failing route is alone in that.
_WORKED_RECENTLY = 10 * 60.0


class Barrier(enum.Enum):
    """Why a request is not to be sent now."""

    ACCOUNT = enum.auto()  # the key, or the question about the balance, is refused
    REACH = enum.auto()  # there is no readable answer
    OUTCOMES = enum.auto()  # what became of the last creates is unknown
    ROUTE_OUTCOMES = enum.auto()  # the same, and only for this model
    PERMISSION = enum.auto()  # the key may not use this endpoint for this model
    PRICE = enum.auto()  # the balance does not cover it


class ApiGate:
    """State of the API as its callers report it; read before a request is taken, and sent."""

    def __init__(
        self,
        health: Health,
        *,
        monotonic: Callable[[], float],
        announce: Callable[[Route, Decimal, OperatorMustAct], None] = lambda *_: None,
    ) -> None:
        """*announce* has the other processes know of a refusal."""
        self._health = health
        self._announce = announce
        self._monotonic = monotonic
        self._account_refused_at: float | None = None
        self._is_reachable = True
        self._is_readable = True  # the last balance
        self._price_refusal: PriceRefusal | None = None
        self._routes_refused: dict[Route, float] = {}  # since when
        self._breaker = CLOSED
        self._route_breakers: dict[Route, Breaker] = {}
        self._worked_at: dict[Route, float] = {}
        self._suspected_at: float | None = None
        self.check_wanted = asyncio.Event()

    # --- What is closed --------------------------------------------------------------------

    def barrier(self, route: Route, price: Decimal) -> Barrier | None:
        """Return why a request to *route* that may cost *price* is not to be sent, None if it may be."""
        now = self._monotonic()
        if self._account_refused_at is not None:
            return Barrier.ACCOUNT
        sending = self.sending_barrier(route)
        if sending is not None:
            return sending
        since = self._routes_refused.get(route)
        if since is not None and now - since < REFUSAL_LASTS:
            return Barrier.PERMISSION
        if self._price_refusal is not None and self._price_refusal.closes_out(price):
            return Barrier.PRICE
        return None

    def sending_barrier(self, route: Route) -> Barrier | None:
        """Return why no create is to be sent to *route*, also for a job that was accepted before.

        What the API would refuse is not held back: its answer ends the job, and costs nothing.
        """
        now = self._monotonic()
        if not self._is_reachable:
            return Barrier.REACH
        if self._breaker.refuses(now):
            return Barrier.OUTCOMES
        if self._route_breakers.get(route, CLOSED).refuses(now):
            return Barrier.ROUTE_OUTCOMES
        return None

    @property
    def is_open(self) -> bool:
        """Whether every request may be sent, as far as is known."""
        return (
            self._is_reachable
            and self._account_refused_at is None
            and self._price_refusal is None
            and not self._routes_refused
            and self._breaker.opened_at is None
            and all(each.opened_at is None for each in self._route_breakers.values())
        )

    def is_trial(self, route: Route) -> bool:
        """Whether a create would be a trial: what became of the last ones is unknown."""
        own = self._route_breakers.get(route, CLOSED)
        return self._breaker.is_half_open or own.is_half_open

    # --- What creates report ---------------------------------------------------------------

    def sending(self, route: Route) -> None:
        """Take note that a create is about to be sent."""
        now = self._monotonic()
        self._breaker = api_breaker.after_sending(self._breaker, now)
        if route in self._route_breakers:
            before = self._route_breakers[route]
            self._route_breakers[route] = api_breaker.after_sending(before, now)

    def outcome_known(self, route: Route) -> None:
        """Take note that a create was answered in the API's own envelope, whatever it said."""
        self._breaker = CLOSED
        self._route_breakers.pop(route, None)
        self._worked_at[route] = self._monotonic()
        self._report_outcomes()

    def taken(self, route: Route, price: Decimal) -> None:
        """Take note that the API has made a task: what was refused before is allowed by now."""
        self._allow_account()
        self._routes_refused.pop(route, None)
        if self._price_refusal is not None and self._price_refusal.closes_out(price):
            self._price_refusal = None
        self._report_refusals()

    def outcome_unknown(self, route: Route) -> None:
        """Take note that it is not known what became of a create."""
        now = self._monotonic()
        before = self._route_breakers.get(route, CLOSED)
        after = api_breaker.after_unknown(before, now, is_unreadable=False)
        self._route_breakers[route] = after
        opens_at = None if self._is_alone(route, before, after) else OPENS_AT
        self._breaker = api_breaker.after_unknown(
            self._breaker,
            now,
            is_unreadable=not self._is_reachable,
            opens_at=opens_at if self._is_readable else 1,
        )
        self._report_outcomes()
        self._want_check()

    def refused(self, route: Route, price: Decimal, error: OperatorMustAct) -> None:
        """Take note that the API refused a create, and close out those whom it concerns."""
        self._announce(route, price, error)
        self.refused_elsewhere(route, price, error)

    def refused_elsewhere(self, route: Route, price: Decimal, error: OperatorMustAct) -> None:
        """Do so because a create of another process was refused."""
        now = self._monotonic()
        match api_refusals.scope_of(error.status):
            case Scope.ACCOUNT:
                self._refuse_account(error.status)
            case Scope.PRICE:
                self._price_refusal = api_refusals.refused_again(self._price_refusal, price, now)
            case Scope.ROUTE:
                self._routes_refused[route] = now
        self._report_refusals()
        self._want_check()

    # --- What other calls report -----------------------------------------------------------

    def suspect(self) -> None:
        """Have the balance asked for soon: a single call failed in a way that may concern all."""
        now = self._monotonic()
        if self._suspected_at is None or now - self._suspected_at >= _SUSPICION_PAUSE:
            self._suspected_at = now
            self._want_check()

    def unreachable(self, status: int | None = None) -> None:
        """Take note that there is no answer, or none that is the API's; logged once until there is."""
        if self._is_reachable:
            self._want_check()
        self._is_reachable = self._is_readable = False
        self._open_if_doubtful()
        self._probed(is_readable=False)
        self._report(REACH, sentences.of_unreadable_answers(status))

    def answered(self) -> None:
        """Take note that the API answers, although the balance can't be read."""
        self._is_readable = False
        self._open_if_doubtful()
        since = self._account_refused_at
        if since is not None and self._monotonic() - since >= REFUSAL_LASTS:
            # No balance will show that the account is allowed again, so that a create tries.
            self._allow_account()
        self._age_refusals(None)
        self._reached()

    def balance_read(self, balance: Decimal | None) -> None:
        """Take note of the balance, in US dollars; None if the API answers and does not report it."""
        self._is_readable = True
        self._allow_account()
        self._age_refusals(balance)
        self._reached()

    def balance_refused(self, error: OperatorMustAct) -> None:
        """Take note that the question about the balance was refused, which concerns everybody."""
        self._is_readable = True
        self._reached()
        self._refuse_account(error.status)

    def _allow_account(self) -> None:
        self._account_refused_at = None
        self._health.clear(ACCOUNT)

    def _age_refusals(self, balance: Decimal | None) -> None:
        """Drop the refusals that are over by now, or by the balance."""
        now = self._monotonic()
        if self._price_refusal is not None:
            self._price_refusal = api_refusals.after_balance(self._price_refusal, balance, now)
        self._routes_refused = {
            route: since
            for route, since in self._routes_refused.items()
            if now - since < REFUSAL_LASTS
        }
        self._report_refusals()

    # --- How it is reported ----------------------------------------------------------------

    def _reached(self) -> None:
        self._is_reachable = True
        self._health.clear(REACH)
        self._probed(is_readable=True)

    def _open_if_doubtful(self) -> None:
        """Open the breaker of all: an outcome is unknown, and the balance can't be read."""
        if self._breaker.unknown and self._breaker.opened_at is None:
            self._breaker = api_breaker.opened(
                self._breaker, self._monotonic(), is_unreadable=not self._is_reachable
            )

    def _probed(self, *, is_readable: bool) -> None:
        now = self._monotonic()
        self._breaker = api_breaker.after_probe(self._breaker, now, is_readable=is_readable)
        self._route_breakers = {
            route: api_breaker.after_probe(each, now, is_readable=is_readable)
            for route, each in self._route_breakers.items()
        }
        self._report_outcomes()

    def _is_alone(self, route: Route, before: Breaker, after: Breaker) -> bool:
        """Whether the trouble is the route's: known for its own, or others worked just now."""
        if before.openings > 0:
            return True
        recently = self._monotonic() - _WORKED_RECENTLY
        others = (at for each, at in self._worked_at.items() if each != route)
        return after.unknown >= self._breaker.unknown + 1 and any(at > recently for at in others)

    def _refuse_account(self, status: int) -> None:
        self._account_refused_at = self._monotonic()
        self._report(ACCOUNT, sentences.of_refused_account(status))

    def _report_refusals(self) -> None:
        price = None if self._price_refusal is None else self._price_refusal.price
        self._report(BALANCE, sentences.of_refused_price(price))
        self._report(
            PERMISSION, sentences.of_refused_models({route.model for route in self._routes_refused})
        )

    def _report_outcomes(self) -> None:
        models = {route.model for route, each in self._route_breakers.items() if _is_shut(each)}
        self._report(
            OUTCOMES, sentences.of_unknown_outcomes(models, all_models=_is_shut(self._breaker))
        )

    def _report(self, check: str, sentence: str | None) -> None:
        if sentence is None:
            self._health.clear(check)
        elif self._health.problem(check) != sentence:
            log.error("%s", sentence)
            self._health.report(check, sentence)

    def _want_check(self) -> None:
        self.check_wanted.set()


def _is_shut(breaker: Breaker) -> bool:
    """Whether not even a trial may be sent."""
    return breaker.opened_at is not None and not breaker.is_half_open
