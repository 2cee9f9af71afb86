"""Response dates: the `Date` header of each response that discord.py gets."""

from collections.abc import Callable
from types import SimpleNamespace

import aiohttp


def date_trace(read_date: Callable[[str | None], None]) -> aiohttp.TraceConfig:
    """Return the option `http_trace` of a client that has *read_date* called with each."""

    async def ended(
        _session: aiohttp.ClientSession,
        _context: SimpleNamespace,
        params: aiohttp.TraceRequestEndParams,
    ) -> None:
        read_date(params.response.headers.get("Date"))

    trace = aiohttp.TraceConfig()
    trace.on_request_end.append(ended)
    return trace
