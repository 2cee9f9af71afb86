"""A server that files are fetched from, and that answers as the test says."""

import asyncio
from collections.abc import Awaitable, Callable

from aiohttp import web
from aiohttp.test_utils import BaseTestServer

from bot.media.download import DownloadedFile

MP4 = b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00isomiso2avc1mp41"
PLENTY = 10 * 1024 * 1024

Respond = Callable[[web.Request], Awaitable[web.StreamResponse]]
Fetch = Callable[..., Awaitable[DownloadedFile]]
Left = Callable[[], list[str]]


class Site:
    """A server that answers as the test says and keeps what it was asked."""

    def __init__(self) -> None:
        self.requests: list[web.Request] = []
        self.respond: Respond = self._not_scripted
        self.address = ("127.0.0.1", 0)

    async def _not_scripted(self, request: web.Request) -> web.StreamResponse:
        raise AssertionError(f"nothing scripted for {request.raw_path}")

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Record the request and answer."""
        self.requests.append(request)
        return await self.respond(request)

    def answer(
        self, body: bytes = MP4, status: int = 200, headers: dict[str, str] | None = None
    ) -> None:
        """Answer each request with these bytes."""

        async def respond(_: web.Request) -> web.StreamResponse:
            return web.Response(body=body, status=status, headers=headers)

        self.respond = respond

    def hold(self, arrived: asyncio.Semaphore, release: asyncio.Event) -> None:
        """Answer no request before *release*, and count those that wait in *arrived*."""

        async def respond(_: web.Request) -> web.StreamResponse:
            arrived.release()
            await release.wait()
            return web.Response(body=MP4)

        self.respond = respond

    def url(self, path: str = "/results/x.mp4?signature=SECRET") -> str:
        """Return an address on this server."""
        return f"http://127.0.0.1:{self.address[1]}{path}"


def without_an_end(site: Site, body: bytes, headers: str = "") -> None:
    """Answer with *body* and hang up; nothing says how long it should have been."""

    async def respond(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        head = f"HTTP/1.1 200 OK\r\nConnection: close\r\n{headers}\r\n"
        request.transport.write(head.encode() + body)
        request.transport.close()
        return web.Response()

    site.respond = respond


def port_of(server: BaseTestServer) -> int:
    """Return the port that a running server listens on."""
    assert server.port is not None
    return server.port
