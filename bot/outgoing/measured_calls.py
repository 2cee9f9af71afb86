"""Measured calls: how each request of an aiohttp session ended, and after how many seconds.

The time is that from the request to the head of its answer, the wait for a connection included. A
request that is given up, as by a timeout, has no answer.
"""

import enum
from collections.abc import Callable
from types import SimpleNamespace
from typing import TypeAlias

import aiohttp
import yarl


class Outcome(enum.StrEnum):
    """What became of a request, by its HTTP status."""

    OK = "ok"
    RATE_LIMITED = "rate_limited"  # 429
    REFUSED = "refused"  # any other 4xx, and what is no answer to a request of ours
    FAILED = "failed"  # 5xx
    NO_ANSWER = "no_answer"  # no connection, or none until the caller gave up


# Called with the name of a call, its outcome and its seconds.
Observe: TypeAlias = Callable[[str, str, float], None]


def outcome_of(status: int) -> Outcome:
    """Return what an HTTP status means. Pure."""
    if status == 429:
        return Outcome.RATE_LIMITED
    if status >= 500:
        return Outcome.FAILED
    return Outcome.OK if status < 400 else Outcome.REFUSED


def measure_calls(
    trace: aiohttp.TraceConfig,
    observe: Observe,
    *,
    name_of: Callable[[str, yarl.URL], str],
    monotonic: Callable[[], float],
) -> aiohttp.TraceConfig:
    """Have *observe* called with each request of the sessions that *trace* is given to; return it.

    *name_of* names a call by its method and address. There are few names, whatever the addresses
    hold, as each is a time series.
    """

    async def begun(
        _session: aiohttp.ClientSession,
        context: SimpleNamespace,
        _params: aiohttp.TraceRequestStartParams,
    ) -> None:
        context.begun_at = monotonic()

    async def answered(
        _session: aiohttp.ClientSession,
        context: SimpleNamespace,
        params: aiohttp.TraceRequestEndParams,
    ) -> None:
        seconds = monotonic() - context.begun_at
        observe(name_of(params.method, params.url), outcome_of(params.response.status), seconds)

    async def failed(
        _session: aiohttp.ClientSession,
        context: SimpleNamespace,
        params: aiohttp.TraceRequestExceptionParams,
    ) -> None:
        seconds = monotonic() - context.begun_at
        observe(name_of(params.method, params.url), Outcome.NO_ANSWER, seconds)

    trace.on_request_start.append(begun)
    trace.on_request_end.append(answered)
    trace.on_request_exception.append(failed)
    return trace
