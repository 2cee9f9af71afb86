"""Spare connections: opened shortly before the request that uses them, or left by the one before.

A connection costs round trips before the first byte of a request, one for TCP and one or two for
TLS, and three milliseconds of the processor. One that is kept from an earlier request saves them,
but the server may close it just as the next one leaves on it, and whether that one was carried out
is then unknown. So a connection is used without being opened for the purpose only in two cases,
in which no server's limit on idle connections ends at that moment:

- It was opened in advance, while something else was waited for, and no request was ever sent on it.
  What applies is how long a server waits for the first request: 60 s for nginx and most others,
  20 s for Apache, 10 s for some installations of HAProxy. A spare is closed after 2 s.
- A response arrived on it within the last half second. The limits between two requests
  (keep-alive) are longer: 2 s for gunicorn, 5 s for Apache, Node.js and uvicorn, 75 s for nginx. A
  server that keeps no connection must say so in each response (RFC 9112, section 9.3).

In both it is looked at before it is used: one that the server has closed, or on which it has said
anything that is no answer, is thrown away. What is left is the moment that every connection has,
between the server's closing and the client's learning of it, as if it had been opened just now.
docs/performance.md has the figures of both, and of a kept one.

A request on a connection that breaks is as unclear as on any other: nothing here is taken for proof
that it was not carried out.
"""

import asyncio
import contextlib
import dataclasses
import weakref
from collections import deque
from collections.abc import Callable

import aiohttp
import yarl
from aiohttp.client_proto import ResponseHandler
from aiohttp.client_reqrep import ConnectionKey
from aiohttp.connector import Connection
from aiohttp.tracing import Trace

from bot.clock import Stopwatch, monotonic

# Seconds after which a spare is closed.
LONGEST_KEPT = 2.0
# Seconds after a response within which its connection may carry the next request.
REUSED_WITHIN = 0.5
# Spares at once. A crowd of requests opens the other connections as it needs them.
MOST_SPARES = 8
# Turns of the event loop in which a closing that has arrived already is read.
_TURNS = 2


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class _Spare:
    """A connection that is open or being opened; its age counts while the machine is suspended."""

    opening: asyncio.Task[ResponseHandler]
    age: Stopwatch


class SpareConnector(aiohttp.BaseConnector):
    """Connector to one server, on top of another one; `expect` opens a connection in advance."""

    def __init__(
        self,
        connections: aiohttp.TCPConnector,
        server: yarl.URL,
        timeout: aiohttp.ClientTimeout,
        *,
        limit: int = 100,
        kept: float = LONGEST_KEPT,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        super().__init__(limit=limit, keepalive_timeout=REUSED_WITHIN)
        self.allowed_protocol_schema_set = connections.allowed_protocol_schema_set
        self._connections = connections
        self._server = server.origin()
        self._timeout = timeout
        self._kept = kept
        self._clock = clock
        self._spares: deque[_Spare] = deque()  # oldest first
        # Since the last response on each.
        self._answered = weakref.WeakKeyDictionary[ResponseHandler, Stopwatch]()

    def expect(self) -> None:
        """Open a connection in the background, for a request that is about to come.

        There is no need while connections that have just answered are waiting for the next request.
        """
        if self.closed or any(self._conns.values()) or len(self._spares) >= MOST_SPARES:
            return
        opening = asyncio.create_task(self._open(), name="spare connection")
        spare = _Spare(opening, Stopwatch(self._clock))
        self._spares.append(spare)
        self._loop.call_later(self._kept, self._drop, spare)

    async def close(self, *, abort_ssl: bool = False) -> None:
        """Close all connections, the spare ones too."""
        spares, self._spares = list(self._spares), deque()
        for spare in spares:
            _discard(spare.opening)
        await asyncio.gather(*(spare.opening for spare in spares), return_exceptions=True)
        await self._connections.close(abort_ssl=abort_ssl)
        await super().close(abort_ssl=abort_ssl)

    async def _create_connection(
        self, req: aiohttp.ClientRequest, traces: list[Trace], timeout: aiohttp.ClientTimeout
    ) -> ResponseHandler:
        """Return a spare, or else a new connection."""
        if req.url.origin() == self._server:
            while self._spares:
                spare = await self._use(self._spares.pop())  # the newest
                if spare is not None:
                    return spare
        return await self._connections._create_connection(req, traces, timeout)

    async def _get(self, key: ConnectionKey, traces: list[Trace]) -> Connection | None:
        """Return a connection that has just answered a request, None if there is none."""
        while (connection := await super()._get(key, traces)) is not None:
            if await self._may_carry_another(connection):
                return connection
            connection.close()
        return None

    def _release(
        self, key: ConnectionKey, protocol: ResponseHandler, *, should_close: bool = False
    ) -> None:
        """Take back a connection whose response has arrived, or that is to be closed."""
        self._answered[protocol] = Stopwatch(self._clock)
        super()._release(key, protocol, should_close=should_close)

    async def _may_carry_another(self, connection: Connection) -> bool:
        try:
            await _read_what_has_arrived()
        except asyncio.CancelledError:
            connection.close()
            raise
        protocol = connection.protocol
        return (
            protocol is not None
            and _is_untouched(protocol)
            and self._answered[protocol]() <= REUSED_WITHIN
        )

    async def _open(self) -> ResponseHandler:
        request = aiohttp.ClientRequest("GET", self._server, loop=self._loop)
        return await self._connections._create_connection(request, [], self._timeout)

    async def _use(self, spare: _Spare) -> ResponseHandler | None:
        """Return the connection of a spare, None if it can't be used.

        One that is still being opened is the request's own attempt to connect: it is waited for,
        and its error is raised, so that the wait is no longer than for a new connection.
        """
        opening = spare.opening
        is_own = not opening.done()
        try:
            connection = await opening
            await _read_what_has_arrived()
        except asyncio.CancelledError:
            _discard(opening)
            raise
        except (aiohttp.ClientError, OSError):
            if is_own:
                raise
            return None
        if _is_untouched(connection) and (is_own or spare.age() <= self._kept):
            return connection
        connection.close()
        return None

    def _drop(self, spare: _Spare) -> None:
        """Close a spare that no request has used."""
        if spare in self._spares:
            self._spares.remove(spare)
            _discard(spare.opening)


async def _read_what_has_arrived() -> None:
    """Let the event loop read what the server has sent by now, such as its closing."""
    for _ in range(_TURNS):
        await asyncio.sleep(0)


def _is_untouched(connection: ResponseHandler) -> bool:
    """Whether the server has neither closed the connection nor sent anything on it."""
    return connection.is_connected() and not connection.should_close


def _discard(opening: asyncio.Task[ResponseHandler]) -> None:
    opening.cancel()  # no effect on one that is done
    opening.add_done_callback(_close)


def _close(opening: asyncio.Task[ResponseHandler]) -> None:
    if opening.cancelled():
        return
    with contextlib.suppress(aiohttp.ClientError, OSError):
        opening.result().close()
