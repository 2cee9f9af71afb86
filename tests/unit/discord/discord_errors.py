"""Errors as discord.py raises them."""

import dataclasses
from collections.abc import Mapping
from typing import cast

import aiohttp
import discord


@dataclasses.dataclass(frozen=True, slots=True)
class _Response:
    """What an error reads of the answer."""

    status: int
    headers: Mapping[str, str]
    reason: str = ""


def http_error(
    status: int, code: object = 0, *, headers: Mapping[str, str] | None = None
) -> discord.HTTPException:
    """Return the error of an answer with this status, and this code in its JSON."""
    kind = {403: discord.Forbidden, 404: discord.NotFound}.get(status, discord.HTTPException)
    if status >= 500:
        kind = discord.DiscordServerError
    answer = cast("aiohttp.ClientResponse", _Response(status, headers or {}))
    return kind(answer, {"code": code, "message": "no"})
