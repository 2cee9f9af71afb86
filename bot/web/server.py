"""Web server: `/healthz` (the process runs), `/readyz` (it can do its work), `/metrics` and webhooks.

With webhooks it is open to the internet, so that what a stranger can take of it is bounded: how many
connections there are, how long the head and the body of a request may take, how long a body may be.
Each connection is for one request, so that none is idle; what is in front of it, a reverse proxy,
keeps the connections of its own clients.
"""

import asyncio
import logging
import os
import socket
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from bot.monitoring.health import Health

# Whole numbers by name, taken at each request: no secret, and nothing that is looked up.
Counts = Callable[[], Mapping[str, int]]

# Seconds. Requests are answered at once, so that none needs longer to finish.
SHUTDOWN_TIMEOUT = 2.0
# Connections at a time; more are closed at once. Each may hold a body of 64 KiB.
MOST_CONNECTIONS = 256

_HEAD_TIMEOUT = 10.0  # seconds from the connection to the end of the request's head
_LINGERING = 1.0  # seconds for which a body that was refused is still read


class PortUnusable(Exception):
    """The server can't listen where the operator wants it to."""


@asynccontextmanager
async def open_web(
    host: str,
    port: int,
    health: Health,
    *,
    routes: Sequence[web.RouteDef] = (),
    counts: Counts = dict,
    role: str | None = None,
    most_connections: int = MOST_CONNECTIONS,
    head_timeout: float = _HEAD_TIMEOUT,
) -> AsyncGenerator[int]:
    """Serve on *host* and *port* (0: any free one) while the context lasts; yield the bound port.

    *routes* are served beside the health's, and *counts* and *role* are shown with it.

    Raises:
        PortUnusable: The port is in use or not allowed, or the host is not of this machine.
    """
    runner = web.AppRunner(
        build_application(health, routes, counts, role=role),
        access_log=None,
        logger=_quiet_logger(),
        # To aiohttp a body is what was compressed; to whoever signed it, it is what was sent.
        auto_decompress=False,
        keepalive_timeout=head_timeout,
        lingering_time=_LINGERING,
        shutdown_timeout=SHUTDOWN_TIMEOUT,
    )
    await runner.setup()
    try:
        listener = await _listen(_Doorkeeper(runner, most_connections), host, port)
        try:
            yield listener.sockets[0].getsockname()[1]
        finally:
            listener.close()
    finally:
        await runner.cleanup()


def build_application(
    health: Health,
    routes: Sequence[web.RouteDef] = (),
    counts: Counts = dict,
    *,
    role: str | None = None,
) -> web.Application:
    """Return the server's application, whose routes read *health* and *counts* at each request."""

    async def alive(_request: web.Request) -> web.Response:
        return web.Response(text="ok")

    async def ready(_request: web.Request) -> web.Response:
        reasons = health.problems()
        shown = {"ready": not reasons, "reasons": reasons, "counts": counts()}
        shown |= {"role": role} if role else {}
        return web.json_response(shown, status=503 if reasons else 200)

    application = web.Application()
    application.on_response_prepare.append(_finish)
    application.add_routes([web.get("/healthz", alive), web.get("/readyz", ready), *routes])
    return application


async def _finish(_request: web.Request, response: web.StreamResponse) -> None:
    """End the connection, and leave out the header in which aiohttp names itself and Python."""
    response.force_close()
    response.headers["Connection"] = "close"  # the headers are made already
    response.headers.pop("Server", None)


def _quiet_logger() -> logging.Logger:
    """Return aiohttp's logger without the traceback of each request that is no HTTP."""
    logger = logging.getLogger("bot.web.requests")
    if not logger.filters:
        logger.addFilter(_is_no_strangers)
    return logger


def _is_no_strangers(record: logging.LogRecord) -> bool:
    error = record.exc_info[1] if record.exc_info else None
    return not isinstance(error, HttpProcessingError)


class _Doorkeeper:
    """Factory of the connections' protocols, which takes no more than so many at a time."""

    def __init__(self, runner: web.AppRunner, most_connections: int) -> None:
        self._runner = runner
        self._most_connections = most_connections

    def __call__(self) -> asyncio.BaseProtocol:
        server = self._runner.server
        if server is None or len(server.connections) >= self._most_connections:
            return _ClosedAtOnce()
        return server()


class _ClosedAtOnce(asyncio.Protocol):
    """A connection for which there is no place."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Close it."""
        transport.close()


async def _listen(doorkeeper: _Doorkeeper, host: str, port: int) -> asyncio.Server:
    try:
        return await asyncio.get_running_loop().create_server(doorkeeper, host, port)
    except OSError as error:
        # asyncio adds the address to the system's text, so that text is looked up again by its
        # number. A name that can't be resolved has a text of its own.
        unresolved = isinstance(error, socket.gaierror)
        reason = error.strerror if unresolved else os.strerror(error.errno or 0)
        raise PortUnusable(
            f"The web server can't listen on {host}, port {port} ({reason}): "
            "choose others with HTTP_HOST and HTTP_PORT."
        ) from error
