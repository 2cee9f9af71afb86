"""Announcements: which notices of other processes lead to what, and what this one announces."""

from collections.abc import Callable, Sequence
from decimal import Decimal

from bot.catalogue import Catalogue
from bot.discord.messages.discord_calls import DiscordCalls
from bot.discord.messages.rate_limit import BotRateLimit
from bot.jobs.worker.api_pause import ApiPause
from bot.modelhunter import OperatorMustAct
from bot.monitoring.api_gate import ApiGate
from bot.monitoring.api_refusals import Route
from bot.monitoring.shared_notices import (
    ADDRESS_BANNED,
    API_PAUSE,
    GLOBAL_LIMIT,
    MODEL_WITHDRAWN,
    NOTICE_LASTS,
    REFUSED,
    SharedNotices,
    read_refusal,
    refusal_words,
)


def listen(
    notices: SharedNotices,
    *,
    calls: DiscordCalls,
    gate: ApiGate,
    pause: ApiPause,
    catalogue: Catalogue,
) -> None:
    """Have what other processes learn taken note of."""

    def model_withdrawn(words: Sequence[str], _seconds: float) -> None:
        name, endpoint = words
        catalogue.withdraw(name, endpoint)

    notices.listen(ADDRESS_BANNED, lambda _words, seconds: calls.banned(seconds))
    notices.listen(API_PAUSE, lambda _words, seconds: pause.extended_elsewhere(seconds))
    notices.listen(MODEL_WITHDRAWN, model_withdrawn)
    notices.listen(REFUSED, lambda words, _seconds: gate.refused_elsewhere(*read_refusal(words)))


def watching_global_limit(
    notices: SharedNotices, rate_limit: BotRateLimit
) -> Callable[[float], None]:
    """Return what pauses all processes when Discord says that their calls together are too many."""
    notices.listen(GLOBAL_LIMIT, lambda _words, seconds: rate_limit.pause_for(seconds))

    def reached(seconds: float) -> None:
        rate_limit.pause_for(seconds)
        notices.announce(GLOBAL_LIMIT, seconds=seconds)

    return reached


def announcing_ban(notices: SharedNotices) -> Callable[[float], None]:
    """Return what announces that Discord takes nothing from the bot's address."""
    return lambda seconds: notices.announce(ADDRESS_BANNED, seconds=seconds)


def announcing_pauses(notices: SharedNotices) -> Callable[[float], None]:
    """Return what announces that the API wants no questions for a while."""
    return lambda seconds: notices.announce(API_PAUSE, seconds=seconds)


def announcing_refusals(
    notices: SharedNotices,
) -> Callable[[Route, Decimal, OperatorMustAct], None]:
    """Return what announces that the API refused a create."""
    return lambda route, price, error: notices.announce(
        REFUSED, *refusal_words(route, price, error), seconds=NOTICE_LASTS[REFUSED]
    )


def withdrawing(notices: SharedNotices, catalogue: Catalogue) -> Callable[[str, str], None]:
    """Return what withdraws a model that the API does not know, in all processes."""

    def withdraw(name: str, endpoint: str) -> None:
        catalogue.withdraw(name, endpoint)
        seconds = NOTICE_LASTS[MODEL_WITHDRAWN]
        notices.announce(MODEL_WITHDRAWN, name, endpoint, seconds=seconds)

    return withdraw
