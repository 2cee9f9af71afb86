"""Discord's errors in the words of the card protocol."""

import aiohttp
import discord
import pytest

from bot.discord.messages.discord_errors import (
    CONNECTION_ERRORS,
    ban_seconds,
    card_error,
    is_token_expired,
)
from bot.jobs.errors import CardBusy, CardDeleted, CardError, CardOutOfReach, FileTooBig
from tests.unit.discord.discord_errors import http_error


@pytest.mark.parametrize(
    ("error", "meaning"),
    [
        (http_error(404, 10008), CardDeleted),  # unknown message
        (http_error(404, 10003), CardDeleted),  # unknown channel
        (http_error(404, 10015), CardOutOfReach),  # unknown webhook: the token has ended
        (http_error(401, 50027), CardOutOfReach),  # invalid webhook token
        (http_error(403, 50001), CardOutOfReach),  # missing access
        (http_error(403, 50013), CardOutOfReach),  # missing permissions
        (http_error(403, 50007), CardOutOfReach),  # can't send messages to this user
        (http_error(400, 50083), CardOutOfReach),  # thread is archived
        (http_error(413), FileTooBig),
        (http_error(413, 40005), FileTooBig),
        (http_error(400, 40005), FileTooBig),
        (http_error(429), CardBusy),
        (http_error(429, 30046), CardBusy),  # an old message was edited too often
        (http_error(400, 30046), CardBusy),
        (http_error(500), CardBusy),
        (http_error(503), CardBusy),
        (discord.RateLimited(9.0), CardBusy),
        (TimeoutError(), CardBusy),
        (ConnectionResetError(), CardBusy),
        (aiohttp.ServerDisconnectedError(), CardBusy),
    ],
)
def test_what_a_discord_error_means(error: Exception, meaning: type[CardError]) -> None:
    """Errors that are final, out of reach, too big or worth another try are distinguished."""
    assert type(card_error(error)) is meaning


def test_a_rate_limit_says_when_to_come_back() -> None:
    """Where Discord says how long to wait, that is kept."""
    busy = card_error(discord.RateLimited(9.0))
    assert isinstance(busy, CardBusy)
    assert busy.retry_after == 9.0


@pytest.mark.parametrize(
    "error", [TimeoutError(), ConnectionResetError(), aiohttp.ServerDisconnectedError(), OSError()]
)
def test_connection_errors_are_caught(error: Exception) -> None:
    """Resets, timeouts and the transport's own errors are caught where Discord is called."""
    assert isinstance(error, CONNECTION_ERRORS)


@pytest.mark.parametrize(
    ("error", "expired"),
    [
        (http_error(401, 50027), True),
        (http_error(401), True),
        (http_error(404, 10015), True),
        (http_error(404, 10008), False),
        (http_error(403, 50013), False),
        (ConnectionResetError(), False),
    ],
)
def test_expired_tokens(error: Exception, *, expired: bool) -> None:
    """A token that Discord refuses has expired; a refusal of the message says nothing about it."""
    refused = CardError("no")
    refused.__cause__ = error
    assert is_token_expired(refused) is expired


@pytest.mark.parametrize(
    ("error", "seconds"),
    [
        (http_error(429, headers={"Retry-After": "300"}), 300.0),
        (http_error(429), 60.0),
        (http_error(429, headers={"Via": "1.1 google", "Retry-After": "300"}), None),
        (http_error(403), None),
        (TimeoutError(), None),
    ],
)
def test_bans_of_the_address(error: Exception, seconds: float | None) -> None:
    """Only a 429 that did not come through Discord's own way is a ban; a minute if it does not say."""
    assert ban_seconds(error) == seconds
