"""Late creates: a POST that was decided on too long ago is not sent any more.

A timeout of asyncio does not end while the machine is suspended, so that a POST that waited for its
connection would be sent on waking, hours later. The moment at which that is there, be it a new one or
one that has just carried another create, is the last before anything is written.
"""

import types
from collections.abc import Callable
from contextvars import ContextVar

import aiohttp

from bot.clock import Stopwatch

# Since the create of the present asyncio.Task was begun.
_since_begun: ContextVar[Stopwatch] = ContextVar("since_begun")


class CreateTooLate(aiohttp.ClientConnectionError):
    """The connection of a create is there too late; nothing was sent by it."""


def begin_create(clock: Callable[[], float]) -> None:
    """Take note that a create begins, by *clock* and by the machine's own."""
    _since_begun.set(Stopwatch(clock))


def refusing_late_creates(timeout: float) -> aiohttp.TraceConfig:
    """Return what makes a session refuse each create that was begun *timeout* seconds ago."""

    async def check(
        _session: aiohttp.ClientSession,
        _context: types.SimpleNamespace,
        _connected: aiohttp.TraceConnectionCreateEndParams | aiohttp.TraceConnectionReuseconnParams,
    ) -> None:
        if _since_begun.get()() > timeout:
            raise CreateTooLate("the connection came too late")

    trace = aiohttp.TraceConfig()
    trace.on_connection_create_end.append(check)
    trace.on_connection_reuseconn.append(check)
    return trace
