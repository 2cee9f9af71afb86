"""Discord's errors in the words of the card protocol. Pure.

Codes: Discord docs, Opcodes and Status Codes, JSON error codes.
"""

import aiohttp
import discord

from bot.jobs.cards import CardBusy, CardDeleted, CardError, CardOutOfReach, FileTooBig

UNKNOWN_CHANNEL = 10003
UNKNOWN_MESSAGE = 10008
REQUEST_TOO_LARGE = 40005
OLD_MESSAGE_EDITED_TOO_OFTEN = 30046

# What a connection can do to us; discord.py lets these through on Linux.
CONNECTION_TROUBLE = (OSError, aiohttp.ClientError, TimeoutError)


def card_error(error: Exception) -> CardError:
    """Return what *error* means for the card."""
    if isinstance(error, discord.RateLimited):
        return CardBusy("rate limited", error.retry_after)
    if isinstance(error, discord.HTTPException):
        return _http_error(error)
    return CardBusy(type(error).__name__)


def _http_error(error: discord.HTTPException) -> CardError:
    words = f"HTTP {error.status}, code {error.code}"
    if error.code in {UNKNOWN_MESSAGE, UNKNOWN_CHANNEL}:
        return CardDeleted(words)
    if error.status == 413 or error.code == REQUEST_TOO_LARGE:
        return FileTooBig(words)
    if error.status == 429 or error.code == OLD_MESSAGE_EDITED_TOO_OFTEN or error.status >= 500:
        return CardBusy(words)
    return CardOutOfReach(words)
