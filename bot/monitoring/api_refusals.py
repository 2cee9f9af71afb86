"""Refusals by the API: whose requests each one closes out, and until when. Pure.

| Refused with | Whose requests are refused | Until |
| --- | --- | --- |
| 401, or the question about the balance refused with any status | all | a balance is answered; five minutes later, if it can't be read |
| 402, a create | those that may cost as much or more | the balance rises |
| 403, a create | those to the same endpoint for the same model | five minutes later |
| any of them, another call | none: the balance is asked for at once, and its answer counts | |

A key may be allowed to read the balance and not to create one kind of task, and a balance may cover
one price and not another. So what was refused to one requester is refused to others only as far as
it concerns them too.

The balance after a 402 is compared with the first that was read since. One that did not rise and
does not cover the price proves that the refusal goes on, for a day at most: another limit than the
balance may have been meant, which comes back by itself. Where the balance proves nothing, because it
is not reported or covers the price (running tasks may claim a part of it), the next such request
tries after five minutes, and reports it again if it is not over. A try costs nothing.
"""

import dataclasses
import enum
from decimal import Decimal

# Seconds after which a refusal that no balance can disprove is taken for over.
REFUSAL_LASTS = 5 * 60.0
# Seconds after which even a balance that did not rise is no reason any more.
LOW_BALANCE_LASTS = 24 * 60 * 60.0


@dataclasses.dataclass(frozen=True, slots=True)
class Route:
    """Where the requests for one model are sent: the unit of what is refused or fails alone."""

    endpoint: str
    model: str


class Scope(enum.Enum):
    """Whose requests a refusal closes out."""

    ACCOUNT = enum.auto()  # all
    PRICE = enum.auto()  # those that may cost as much or more
    ROUTE = enum.auto()  # those to the same endpoint for the same model


# ModelHunter docs: Errors.
_SCOPES = {401: Scope.ACCOUNT, 402: Scope.PRICE, 403: Scope.ROUTE}


def scope_of(status: int) -> Scope:
    """Return whom a create that was refused with *status* closes out."""
    return _SCOPES.get(status, Scope.ROUTE)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class PriceRefusal:
    """The lowest price that was refused, and what is known of the balance since.

    Money is US dollars; `at`, when the last one was refused, is in seconds.
    """

    price: Decimal
    at: float
    balance: Decimal | None = None  # the first that was answered since

    def closes_out(self, price: Decimal) -> bool:
        """Return whether a request that may cost *price* is refused."""
        return price >= self.price


def refused_again(before: PriceRefusal | None, price: Decimal, now: float) -> PriceRefusal:
    """Return what is known after *price* was refused too."""
    lowest = price if before is None else min(price, before.price)
    return PriceRefusal(price=lowest, at=now)


def after_balance(
    refusal: PriceRefusal, balance: Decimal | None, now: float
) -> PriceRefusal | None:
    """Return what is left of *refusal* after *balance* was answered, None if it is over.

    The reasons are at the head of this module.
    """
    if balance is None:
        return refusal if now - refusal.at < REFUSAL_LASTS else None
    if refusal.balance is not None and balance > refusal.balance:
        return None
    is_proof = balance < refusal.price
    if now - refusal.at >= (LOW_BALANCE_LASTS if is_proof else REFUSAL_LASTS):
        return None
    first = balance if refusal.balance is None else refusal.balance
    return dataclasses.replace(refusal, balance=first)
