"""Discord's errors: what each means for a card, an interaction token and the bot's address. Pure.

A 401, 403 or 404 is never repeated: the first two count towards the invalid request limit, which is
explained at the head of `bot.discord.messages`.
"""

import aiohttp
import discord

from bot.jobs.errors import CardBusy, CardDeleted, CardError, CardOutOfReach, FileTooBig

# JSON error codes, https://docs.discord.com/developers/topics/opcodes-and-status-codes#json
# For a card all others mean that it is out of reach: a permission is missing, a thread is archived,
# a user takes no direct messages.
UNKNOWN_CHANNEL = 10003  # deleted
UNKNOWN_MESSAGE = 10008  # deleted
UNKNOWN_WEBHOOK = 10015  # 404: the interaction token is not known (any more)
UNKNOWN_INTERACTION = 10062  # 404: the interaction was answered later than 3 s after it
OLD_MESSAGE_EDITED_TOO_OFTEN = 30046  # 429: a message older than an hour
REQUEST_TOO_LARGE = 40005  # 413: a file above the upload limit
ALREADY_ACKNOWLEDGED = 40060  # 400: the interaction was answered before, by another process
INVALID_TOKEN = 50027  # 401: the interaction token has expired
INVALID_FORM = 50035  # 400: among others, a reply to a message that does not exist

# Errors of the connection; discord.py lets these through on Linux.
CONNECTION_ERRORS = (OSError, aiohttp.ClientError, TimeoutError)
# What discord.py raises at a response that is not as documented: half a JSON, a 429 without a time.
MALFORMED_RESPONSE = (KeyError, TypeError, ValueError)

# Seconds that a ban lasts when its response does not say.
_DEFAULT_BAN = 60.0


def card_error(error: Exception) -> CardError:
    """Return what *error* means for the card."""
    if isinstance(error, discord.RateLimited):
        return CardBusy("rate limited", error.retry_after)
    if isinstance(error, discord.HTTPException):
        return _http_error(error)
    return CardBusy(type(error).__name__)


def is_token_expired(error: CardError) -> bool:
    """Whether *error* says that the interaction token is not valid any more, for any call."""
    cause = error.__cause__
    return isinstance(cause, discord.HTTPException) and (
        cause.status == 401 or cause.code in {INVALID_TOKEN, UNKNOWN_WEBHOOK}
    )


def ban_seconds(error: Exception) -> float | None:
    """Return how long no call may be made at all, if *error* is a ban of the bot's address.

    Such a 429 comes from Cloudflare, in front of Discord, and so lacks the `Via` header
    that a response of Discord gets on its way.
    """
    if not isinstance(error, discord.HTTPException) or error.status != 429:
        return None
    if error.response.headers.get("Via"):
        return None
    return _retry_after(error) or _DEFAULT_BAN


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
    """Return the seconds that Discord asks to wait, if it says so in whole ones."""
    text = error.response.headers.get("Retry-After", "")
    return float(text) if text.isdecimal() else None
