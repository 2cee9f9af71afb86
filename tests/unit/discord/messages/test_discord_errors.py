"""Discord's errors in the words of the card protocol."""

import aiohttp
import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.discord.messages.discord_errors import (
    CONNECTION_ERRORS,
    DISCORD_CANT_NOW,
    ban_seconds,
    card_error,
    is_token_expired,
    is_worth_another_try,
    wait_of,
)
from bot.discord.messages.error_codes import MEANINGS, Meaning, Verdict
from bot.jobs.errors import (
    CardBusy,
    CardDeleted,
    CardError,
    CardOutOfReach,
    CardRefused,
    FileTooBig,
)
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
        (http_error(403, 40333), CardRefused),  # "internal network error", an accident
        (http_error(404, 0), CardRefused),
        (http_error(401, 0), CardRefused),
        (http_error(400, 0), CardRefused),
        (http_error(403, 987654), CardRefused),  # a code that Discord may invent tomorrow
        (http_error(429, 50013), CardBusy),
        (http_error(503, 10008), CardBusy),
        (http_error(429), CardBusy),
        (http_error(429, 30046), CardBusy),  # an old message was edited too often
        (http_error(400, 30046), CardRefused),
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


_NEVER = sorted(code for code, it in MEANINGS.items() if it.verdict is Verdict.NEVER)
_KINDS = {
    Meaning.DELETED: CardDeleted,
    Meaning.OUT_OF_REACH: CardOutOfReach,
    Meaning.EXPIRED: CardOutOfReach,
    Meaning.TOO_LARGE: FileTooBig,
    Meaning.LATER: CardRefused,
}


@pytest.mark.parametrize("code", [10003, 10008, 50001, 50013, 50083, 160002, 200000, 50007, 50278])
def test_error_codes_that_say_never(code: int) -> None:
    """What can't succeed by the same way at any time is given up."""
    assert code in _NEVER


@given(
    status=st.sampled_from([400, 401, 403, 404, 405, 409, 413, 422, 429, 500, 502, 503, 530]),
    code=st.one_of(
        st.sampled_from(sorted(MEANINGS)),
        st.integers(),
        st.none(),
        st.booleans(),
        st.text(max_size=5),
        st.floats(),
        st.lists(st.integers(), max_size=2),
        st.dictionaries(st.text(max_size=2), st.integers(), max_size=1),
    ),
)
def test_every_error_code_with_every_status(status: int, code: object) -> None:
    """Only a code of the table gives up; every other answer is tried again."""
    meaning = MEANINGS.get(code, Meaning.LATER) if type(code) is int else Meaning.LATER
    error = http_error(status, code)
    found = card_error(error)
    if status == 413:
        assert type(found) is FileTooBig
    elif status in (429, 500, 502, 503, 530):
        assert type(found) is CardBusy
    else:
        assert isinstance(found, CardBusy if meaning is Meaning.LATER else _KINDS[meaning])
    assert is_worth_another_try(error) is isinstance(found, CardBusy)


@pytest.mark.parametrize(
    "error",
    [
        discord.RateLimited(90.0),
        discord.GatewayNotFound(),  # type: ignore[no-untyped-call]
        http_error(403, 40333),
        http_error(502),
        ConnectionResetError(),
        TimeoutError(),
        aiohttp.ServerDisconnectedError(),
        aiohttp.ClientPayloadError(),
        KeyError("id"),
        AttributeError("'str' object has no attribute 'get'"),
        UnicodeDecodeError("utf-8", b"\xff", 0, 1, "no"),
    ],
)
def test_what_discord_cannot_do_now(error: Exception) -> None:
    """Everything that may be an accident is in one tuple; a token that was refused is not."""
    assert isinstance(error, DISCORD_CANT_NOW)
    assert is_worth_another_try(error)
    assert not isinstance(discord.LoginFailure("no"), DISCORD_CANT_NOW)


@pytest.mark.parametrize(
    ("error", "seconds"),
    [
        (discord.RateLimited(90.0), 90.0),
        (discord.RateLimited(float("inf")), None),
        (discord.RateLimited(float("nan")), None),
        (discord.RateLimited(1e12), 86400.0),
        (http_error(429, headers={"Retry-After": "7"}), 7.0),
        (http_error(429, headers={"Retry-After": "soon"}), None),
        (http_error(429, headers={"Retry-After": "\u0667"}), None),
        (OSError(), None),
    ],
)
def test_waits_that_discord_asks_for(error: Exception, seconds: float | None) -> None:
    """A wait is believed if it is a number of seconds, and a day of it at most."""
    assert wait_of(error) == seconds


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
        (http_error(401), False),
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
