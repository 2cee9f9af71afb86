"""Discord's errors: what each means for a card, an interaction token and the bot's address. Pure.

`error_codes` has the table of codes. What is not an answer at all (a cut connection, half a JSON, a
rate limit that is too long to wait for) is one tuple, `DISCORD_CANT_NOW`, which every call is
caught by: login, command sync, reactions, edits, replies, direct messages, answers.
"""

import math

import aiohttp
import discord

from bot.discord.messages.error_codes import INVALID_FORM, Meaning, Verdict, meaning_of
from bot.jobs.errors import (
    CardBusy,
    CardDeleted,
    CardError,
    CardOutOfReach,
    CardRefused,
    FileTooBig,
)

# Errors of the connection; discord.py lets these through on Linux.
CONNECTION_ERRORS = (OSError, aiohttp.ClientError, TimeoutError)
# What discord.py raises at a response that is not as documented: half a JSON, a 429 without a time,
# a list or the page of a proxy in place of an object.
MALFORMED_RESPONSE = (LookupError, TypeError, ValueError, AttributeError)
# Discord can't do it now, or an error code says what it means. A revoked token is none of these at
# login (`discord.LoginFailure`) and in the gateway (`discord.ConnectionClosed`).
DISCORD_CANT_NOW = (
    discord.HTTPException,
    discord.RateLimited,
    discord.GatewayNotFound,
    *CONNECTION_ERRORS,
    *MALFORMED_RESPONSE,
)

# Seconds that a ban lasts when its response does not say.
_DEFAULT_BAN = 60.0
# Seconds that a wait may last, whatever an answer says: a day, after which the call is tried again.
_LONGEST_WAIT = 24 * 60 * 60.0


def card_error(error: Exception) -> CardError:
    """Return what *error* means for the card."""
    if isinstance(error, discord.RateLimited):
        return CardBusy("rate limited", wait_of(error))
    if isinstance(error, discord.HTTPException):
        return _http_error(error)
    return CardBusy(type(error).__name__)


def error_meaning(error: Exception) -> Meaning:
    """Return what *error* says about the call; what is no answer of Discord means LATER."""
    if isinstance(error, discord.HTTPException):
        return meaning_of(error.status, error.code)
    return Meaning.LATER


def is_worth_another_try(error: Exception) -> bool:
    """Whether the same call may succeed later."""
    return isinstance(error, DISCORD_CANT_NOW) and error_meaning(error).verdict is Verdict.LATER


def is_token_expired(error: CardError) -> bool:
    """Whether *error* says that the interaction token is not valid any more, for any call."""
    cause = error.__cause__
    return isinstance(cause, Exception) and error_meaning(cause) is Meaning.EXPIRED


def is_code(error: CardError, code: int) -> bool:
    """Whether *error* comes from an answer with this JSON error code."""
    cause = error.__cause__
    return isinstance(cause, discord.HTTPException) and cause.code == code


def ban_seconds(error: Exception) -> float | None:
    """Return how long no call may be made at all, if *error* is a ban of the bot's address.

    Such a 429 comes from Cloudflare, in front of Discord, and so lacks the `Via` header
    that a response of Discord gets on its way.
    """
    if not isinstance(error, discord.HTTPException) or error.status != 429:
        return None
    if error.response.headers.get("Via"):
        return None
    return wait_of(error) or _DEFAULT_BAN


def wait_of(error: Exception) -> float | None:
    """Return the seconds that Discord asks to wait, if it says so, a day at most."""
    if isinstance(error, discord.RateLimited):
        return _bounded(error.retry_after)
    if not isinstance(error, discord.HTTPException):
        return None
    text = error.response.headers.get("Retry-After", "")
    return _bounded(float(text)) if text.isascii() and text.isdecimal() else None


def _bounded(seconds: float) -> float | None:
    return min(seconds, _LONGEST_WAIT) if math.isfinite(seconds) and seconds >= 0 else None


def _http_error(error: discord.HTTPException) -> CardError:
    words = f"HTTP {error.status}, code {error.code}"
    meaning = meaning_of(error.status, error.code)
    if meaning is Meaning.DELETED or _replies_to_nothing(error):
        return CardDeleted(words)
    if meaning is Meaning.TOO_LARGE:
        return FileTooBig(words)
    if meaning is not Meaning.LATER:
        return CardOutOfReach(words)
    if error.status in {400, 401, 403, 404, 405}:
        return CardRefused(words, wait_of(error))
    return CardBusy(words, wait_of(error))


def _replies_to_nothing(error: discord.HTTPException) -> bool:
    """Whether the message that a new one replies to does not exist."""
    return error.code == INVALID_FORM and "message_reference" in error.text
