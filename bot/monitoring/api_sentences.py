"""Sentences about the API for the operator, in the log and at `/readyz`. Pure.

Each is None where there is nothing to report.
"""

from collections.abc import Collection
from decimal import Decimal

_KEY = "ModelHunter refuses the key (401): check MODELHUNTER_KEY."
_BALANCE = "The ModelHunter balance is not enough (402): top it up."
_NOT_ALLOWED = (
    "The ModelHunter key may not do this (403): check its permissions, limits and expiry."
)
_UNREACHABLE = "ModelHunter can't be reached: check MODELHUNTER_URL and the network."


def of_refused_account(status: int) -> str:
    """Say why no request is taken: the question about the balance was refused, or the key was."""
    return {401: _KEY, 402: _BALANCE}.get(status, _NOT_ALLOWED)


def of_refused_price(price: Decimal | None) -> str | None:
    """Say from which *price* on (US dollars) requests are refused."""
    if price is None:
        return None
    return f"{_BALANCE} Until it rises, requests that may cost ${price} or more are refused."


def of_refused_models(models: Collection[str]) -> str | None:
    """Say which *models* the key may not use."""
    if not models:
        return None
    return (
        f"The ModelHunter key may not use {', '.join(sorted(models))} (403): check its permissions, "
        "limits and expiry. Other models go on."
    )


def of_unreadable_answers(status: int | None) -> str:
    """Say that there is no answer, or one of *status* that is not the API's."""
    if status is None:
        return _UNREACHABLE
    return (
        f"What answers at MODELHUNTER_URL is not ModelHunter (HTTP {status}): check the address, "
        "the network, and any proxy in between. Until then no request is taken."
    )


def of_unknown_outcomes(models: Collection[str], *, all_models: bool) -> str | None:
    """Say that nothing is sent to *models*, or to any, because outcomes are unknown."""
    if all_models:
        return (
            "ModelHunter's answers to new requests can't be read, so no more are sent until it "
            "answers: check MODELHUNTER_URL, the network, and ModelHunter's status."
        )
    if not models:
        return None
    return (
        f"ModelHunter's answers to requests for {', '.join(sorted(models))} can't be read, so no "
        "more of those are sent for now. Other models go on."
    )
