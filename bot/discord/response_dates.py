"""Responses: what the headers of each response say that discord.py gets.

That is the `Date`, and whether all calls of the bot together were too many. Then discord.py pauses by
itself, in this process alone (Discord docs: Rate Limits, Global Rate Limit).
"""

from collections.abc import Callable
from types import SimpleNamespace

import aiohttp
from multidict import CIMultiDictProxy

_TOO_MANY = 429
_LONGEST_PAUSE = 60.0  # seconds; a ban of the address is another thing


def date_trace(
    read_date: Callable[[str | None], None],
    global_limit: Callable[[float], None] = lambda _seconds: None,
) -> aiohttp.TraceConfig:
    """Return the option `http_trace` of a client that has *read_date* called with each response.

    *global_limit* is called with the seconds for which no call at all may be made.
    """

    async def ended(
        _session: aiohttp.ClientSession,
        _context: SimpleNamespace,
        params: aiohttp.TraceRequestEndParams,
    ) -> None:
        response = params.response
        read_date(response.headers.get("Date"))
        if response.status == _TOO_MANY and _is_global(response.headers):
            global_limit(_seconds(response.headers.get("Retry-After")))

    trace = aiohttp.TraceConfig()
    trace.on_request_end.append(ended)
    return trace


def _is_global(headers: CIMultiDictProxy[str]) -> bool:
    return headers.get("X-RateLimit-Scope") == "global" or "X-RateLimit-Global" in headers


def _seconds(text: str | None) -> float:
    """Return the pause that is asked for, within reason; a second where none can be read."""
    try:
        return min(max(float(text or ""), 0.0), _LONGEST_PAUSE)
    except ValueError:
        return 1.0
