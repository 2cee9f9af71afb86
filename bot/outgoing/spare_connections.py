"""Spare connections: opened shortly before the request that uses them, and used once.

A connection costs round trips before the first byte of a request: one for TCP, one or two for TLS.
A connection that is kept from an earlier request saves them, but the server may close it just as
the next one leaves on it, and whether that one was carried out is then unknown. A spare saves them
too, because it was opened while something else was waited for, and has no such moment:

- No request was ever sent on it, so that no limit of the server on idle connections between two
  requests (keep-alive) applies. What applies is how long a server waits for the first request, in
  which servers are patient: 60 s for nginx and most others, 20 s for Apache, 10 s for some
  installations of HAProxy. At the end of that time a spare would be no better than a kept
  connection (docs/performance.md has the figures), so it is closed after 2 s.
- It is looked at before it is used: one that the server has closed, or on which it has said
  anything at all, is thrown away. What is left is the moment that every connection has, between
  the server's closing and the client's learning of it, as if it had been opened just now.

A request on a spare that breaks is as unclear as one on any other connection: nothing here is taken
for proof that it was not carried out.
"""

import asyncio
import contextlib
import dataclasses
from collections import deque
from collections.abc import Callable

import aiohttp
import yarl
from aiohttp.connector import Connection
from aiohttp.tracing import Trace

from bot.clock import Stopwatch, monotonic

# Seconds after which a spare is closed.
LONGEST_KEPT = 2.0
# Spares at once. A crowd of requests opens the other connections as it needs them.
MOST_SPARES = 8
# Turns of the event loop in which a closing that has arrived already is read.
_TURNS = 2


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class _Spare:
    """A connection that is open or being opened; its age counts while the machine is suspended."""

    opening: asyncio.Task[Connection]
    age: Stopwatch


class SpareConnector(aiohttp.BaseConnector):
    """Connector to one server, on top of another one; `expect` opens a connection in advance."""

    def __init__(
        self,
        connections: aiohttp.TCPConnector,
        server: yarl.URL,
        timeout: aiohttp.ClientTimeout,
        *,
        kept: float = LONGEST_KEPT,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        super().__init__(force_close=True)
        self.allowed_protocol_schema_set = connections.allowed_protocol_schema_set
        self._connections = connections
        self._server = server.origin()
        self._timeout = timeout
        self._kept = kept
        self._clock = clock
        self._spares: deque[_Spare] = deque()  # oldest first

    def expect(self) -> None:
        """Open a connection in the background, for a request that is about to come."""
        if self.closed or len(self._spares) >= MOST_SPARES:
            return
        opening = asyncio.create_task(self._open(), name="spare connection")
        spare = _Spare(opening, Stopwatch(self._clock))
        self._spares.append(spare)
        self._loop.call_later(self._kept, self._drop, spare)

    async def connect(
        self, req: aiohttp.ClientRequest, traces: list[Trace], timeout: aiohttp.ClientTimeout
    ) -> Connection:
        """Return a spare, or else a new connection; raises as any connector if there is none."""
        if req.url.origin() == self._server:
            while self._spares:
                connection = await self._use(self._spares.popleft())
                if connection is not None:
                    return await _handed_over(connection, traces)
        return await self._connections.connect(req, traces, timeout)

    async def close(self, *, abort_ssl: bool = False) -> None:
        """Close all connections, the spare ones too."""
        spares, self._spares = list(self._spares), deque()
        for spare in spares:
            _discard(spare.opening)
        await asyncio.gather(*(spare.opening for spare in spares), return_exceptions=True)
        await self._connections.close(abort_ssl=abort_ssl)
        await super().close(abort_ssl=abort_ssl)

    async def _open(self) -> Connection:
        request = aiohttp.ClientRequest("GET", self._server, loop=self._loop)
        return await self._connections.connect(request, [], self._timeout)

    async def _use(self, spare: _Spare) -> Connection | None:
        """Return the connection of a spare, None if it can't be used.

        One that is still being opened is the request's own attempt to connect: it is waited for,
        and its error is raised, so that the wait is no longer than for a new connection.
        """
        opening = spare.opening
        is_own = not opening.done()
        try:
            connection = await opening
            for _ in range(_TURNS):
                await asyncio.sleep(0)
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


async def _handed_over(connection: Connection, traces: list[Trace]) -> Connection:
    """Return the connection once the traces of a request know that it has one now."""
    try:
        for trace in traces:
            await trace.send_connection_create_end()
    except BaseException:
        connection.close()
        raise
    return connection


def _is_untouched(connection: Connection) -> bool:
    """Whether the server has neither closed the connection nor sent anything on it."""
    protocol = connection.protocol
    return protocol is not None and protocol.is_connected() and not protocol.should_close


def _discard(opening: asyncio.Task[Connection]) -> None:
    opening.cancel()  # no effect on one that is done
    opening.add_done_callback(_close)


def _close(opening: asyncio.Task[Connection]) -> None:
    if opening.cancelled():
        return
    with contextlib.suppress(aiohttp.ClientError, OSError):
        opening.result().close()
