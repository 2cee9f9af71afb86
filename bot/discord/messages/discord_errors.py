"""Discord's errors in the words of the card protocol. Pure.

Codes: Discord docs, Opcodes and Status Codes, JSON error codes.
"""

import aiohttp
import discord

from bot.jobs.cards import CardBusy, CardDeleted, CardError, CardOutOfReach, FileTooBig

UNKNOWN_CHANNEL = 10003
UNKNOWN_MESSAGE = 10008
UNKNOWN_WEBHOOK = 10015
REQUEST_TOO_LARGE = 40005
INVALID_TOKEN = 50027
INVALID_FORM = 50035
OLD_MESSAGE_EDITED_TOO_OFTEN = 30046

# What a connection can do to us; discord.py lets these through on Linux.
CONNECTION_ERRORS = (OSError, aiohttp.ClientError, TimeoutError)
# What discord.py makes of an answer that is not as documented: half a JSON, a limit without a time.
MALFORMED_RESPONSE = (KeyError, TypeError, ValueError)

# How long a ban lasts that does not say so, in seconds.
_BAN = 60.0


def card_error(error: Exception) -> CardError:
    """Return what *error* means for the card."""
    if isinstance(error, discord.RateLimited):
        return CardBusy("rate limited", error.retry_after)
    if isinstance(error, discord.HTTPException):
        return _http_error(error)
    return CardBusy(type(error).__name__)


def is_dead_token(error: CardError) -> bool:
    """Whether *error* says that the interaction token works no more, whatever is asked of it."""
    cause = error.__cause__
    return isinstance(cause, discord.HTTPException) and (
        cause.status == 401 or cause.code in {INVALID_TOKEN, UNKNOWN_WEBHOOK}
    )


def ban_seconds(error: Exception) -> float | None:
    """Return how long nothing at all may be asked, if *error* is a ban of the whole address.

    Such a 429 comes from Cloudflare, not from Discord behind it (Discord docs: Rate Limits, invalid
    request limit), and lacks the header that the way through it leaves.
    """
    if not isinstance(error, discord.HTTPException) or error.status != 429:
        return None
    if error.response.headers.get("Via"):
        return None
    return _retry_after(error) or _BAN


def _http_error(error: discord.HTTPException) -> CardError:
    words = f"HTTP {error.status}, code {error.code}"
    if error.code in {UNKNOWN_MESSAGE, UNKNOWN_CHANNEL} or _replies_to_nothing(error):
        return CardDeleted(words)
    if error.status == 413 or error.code == REQUEST_TOO_LARGE:
        return FileTooBig(words)
    if error.status == 429 or error.code == OLD_MESSAGE_EDITED_TOO_OFTEN or error.status >= 500:
        return CardBusy(words, _retry_after(error))
    return CardOutOfReach(words)


def _replies_to_nothing(error: discord.HTTPException) -> bool:
    """Whether the message that a new one replies to does not exist."""
    return error.code == INVALID_FORM and "message_reference" in error.text


def _retry_after(error: discord.HTTPException) -> float | None:
    text = error.response.headers.get("Retry-After", "")
    return float(text) if text.isdecimal() else None
