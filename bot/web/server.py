"""Web server: `/healthz` (the process runs) and `/readyz` (it can do its work)."""

import os
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from aiohttp import web

from bot.monitoring.health import Health

# Seconds. Requests are answered at once, so that none needs longer to finish.
SHUTDOWN_TIMEOUT = 2.0


class PortUnusable(Exception):
    """The server can't listen where the operator wants it to."""


@asynccontextmanager
async def open_web(host: str, port: int, health: Health) -> AsyncGenerator[int]:
    """Serve on *host* and *port* (0: any free one) while the context lasts; yield the bound port.

    Raises:
        PortUnusable: The port is in use or not allowed, or the host is not of this machine.
    """
    runner = web.AppRunner(
        build_application(health), access_log=None, shutdown_timeout=SHUTDOWN_TIMEOUT
    )
    await runner.setup()
    try:
        yield await _listen(runner, host, port)
    finally:
        await runner.cleanup()


def build_application(health: Health) -> web.Application:
    """Return the server's application, whose routes read *health* at each request."""

    async def alive(_request: web.Request) -> web.Response:
        return web.Response(text="ok")

    async def ready(_request: web.Request) -> web.Response:
        reasons = health.problems()
        status = 503 if reasons else 200
        return web.json_response({"ready": not reasons, "reasons": reasons}, status=status)

    application = web.Application()
    application.on_response_prepare.append(_hide_versions)
    application.add_routes([web.get("/healthz", alive), web.get("/readyz", ready)])
    return application


async def _hide_versions(_request: web.Request, response: web.StreamResponse) -> None:
    """Leave out the header in which aiohttp names itself, Python and both versions."""
    response.headers.pop("Server", None)


async def _listen(runner: web.AppRunner, host: str, port: int) -> int:
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        # asyncio adds the address to the system's text, so that text is looked up again by its
        # number. A name that can't be resolved has a text of its own.
        unresolved = isinstance(error, socket.gaierror)
        reason = error.strerror if unresolved else os.strerror(error.errno or 0)
        raise PortUnusable(
            f"The web server can't listen on {host}, port {port} ({reason}): "
            "choose others with HTTP_HOST and HTTP_PORT."
        ) from error
    bound: int = runner.addresses[0][1]
    return bound
