"""A server that answers as the test says, and the calls that are made of it."""

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator

from aiohttp import web
from aiohttp.test_utils import TestServer
from pydantic import SecretStr

from bot.modelhunter import (
    ModelHunterClient,
    Timeouts,
    open_client,
)

KEY = "river_test_PLANTEDSECRET"
NOW = 784111777.0  # Sun, 06 Nov 1994 08:49:37 GMT

Respond = Callable[[web.Request], Awaitable[web.StreamResponse]]
Call = Callable[[ModelHunterClient], Awaitable[object]]

CALLS: dict[str, Call] = {
    "get": lambda client: client.get_task("task_1"),
    "list": lambda client: client.list_tasks(),
    "cancel": lambda client: client.cancel_task("task_1"),
    "balance": lambda client: client.balance(),
    "upload place": lambda client: client.upload_place(name="a", media_type="image/png", size=1),
    "complete upload": lambda client: client.complete_upload("file_1"),
}


def create(client: ModelHunterClient) -> Awaitable[object]:
    """Make the create of most of these tests."""
    return client.create_task("vidu/text-to-video", {"model": "m", "input": {"prompt": "a fox"}})


class Script:
    """A server whose next answers are set by the test and which keeps what was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, object]] = []
        self.headers: list[dict[str, str]] = []
        self.queries: list[dict[str, str]] = []
        self.peers: list[object] = []
        self.respond: Respond = self._not_scripted

    async def _not_scripted(self, request: web.Request) -> web.StreamResponse:
        raise AssertionError(f"nothing scripted for {request.method} {request.raw_path}")

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Record the request and answer as the test said."""
        body = await request.read()
        self.asked.append((request.method, request.raw_path, json.loads(body) if body else None))
        self.headers.append(dict(request.headers))
        self.queries.append(dict(request.query))
        self.peers.append(request.transport and request.transport.get_extra_info("peername"))
        return await self.respond(request)

    def answer(
        self, status: int = 200, body: object = None, headers: dict[str, str] | None = None
    ) -> None:
        """Answer each request with JSON, or with text as it is."""
        text = body if isinstance(body, str) else json.dumps(body)

        async def respond(_: web.Request) -> web.StreamResponse:
            return web.Response(status=status, text=text, headers=headers)

        self.respond = respond


@contextlib.asynccontextmanager
async def client_of(
    server: TestServer,
    timeouts: Timeouts | None = None,
    connections: int = 10,
    *,
    clock: Callable[[], float] = lambda: NOW,
) -> AsyncGenerator[ModelHunterClient]:
    """Open a client of the scripted server."""
    async with open_client(
        str(server.make_url("/api/v1")),
        SecretStr(KEY),
        clock=clock,
        timeouts=timeouts,
        connections=connections,
    ) as client:
        yield client


def envelope(code: str = "SOME_CODE", **details: str) -> dict[str, object]:
    """Return the API's own envelope of an error."""
    return {"success": False, "error": {"code": code, "message": "Words", "details": details}}


async def serve_bytes(raw: bytes) -> asyncio.Server:
    """Serve *raw* on loopback to every request."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(raw)
        await writer.drain()
        writer.close()

    return await asyncio.start_server(handle, "127.0.0.1", 0)


@contextlib.contextmanager
def closed_port() -> Iterator[int]:
    """Hold a port of loopback where no server listens."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]
