"""A server that counts its connections, and does with them what the test says."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable

_CREATED = b'{"success": true, "data": {"id": "task_1", "status": "pending"}}'
_ANSWER = b"HTTP/1.1 202 Accepted\r\nContent-Length: %d\r\n\r\n%b" % (len(_CREATED), _CREATED)
_TIMEOUT = 10.0  # seconds; far longer than it takes


class CountingServer:
    """What the server has seen, and its connections, which a test may close or speak on."""

    def __init__(self) -> None:
        self.port = 0
        self.connections: list[asyncio.StreamWriter] = []
        self.requests: list[int] = []  # the connection of each, counted from 0
        self.closed: set[int] = set()  # connections that the client has closed
        self.is_cutting = False  # whether a request is read and its connection cut
        self._changed = asyncio.Condition()

    async def until_connections(self, count: int) -> None:
        """Wait until so many were opened."""
        await self._until(lambda: len(self.connections) >= count)

    async def until_closed(self, number: int) -> None:
        """Wait until the client has closed that connection."""
        await self._until(lambda: number in self.closed)

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection until it is closed."""
        number = len(self.connections)
        self.connections.append(writer)
        await self._announce()
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = head.lower().partition(b"content-length:")[2].partition(b"\r")[0]
                await reader.readexactly(int(length or b"0"))
                self.requests.append(number)
                if self.is_cutting:
                    writer.transport.abort()
                writer.write(_ANSWER)
                await writer.drain()
        self.closed.add(number)
        await self._announce()
        writer.close()

    async def _announce(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    async def _until(self, is_so: Callable[[], bool]) -> None:
        async with asyncio.timeout(_TIMEOUT), self._changed:
            await self._changed.wait_for(is_so)


@contextlib.asynccontextmanager
async def open_counting_server() -> AsyncGenerator[CountingServer]:
    """Serve on loopback while the block runs."""
    counting = CountingServer()
    server = await asyncio.start_server(counting.handle, "127.0.0.1", 0)
    counting.port = server.sockets[0].getsockname()[1]
    try:
        yield counting
    finally:
        server.close()
        for writer in counting.connections:
            writer.transport.abort()
