"""Private network: servers with certificates of an authority of its own, and a proxy that counts."""

import asyncio
import base64
import contextlib
import dataclasses
import ssl
from collections.abc import AsyncGenerator, Callable, Coroutine, Mapping
from pathlib import Path

import trustme

_Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Coroutine[None, None, None]]

NAMES = ("localhost", "api.example", "discord.example", "files.example")


class Authority:
    """Certificate authority that no system trusts."""

    def __init__(self, folder: Path) -> None:
        self._authority = trustme.CA()
        self.file = folder / "authority.pem"
        self._authority.cert_pem.write_to_path(str(self.file))

    def server_context(self) -> ssl.SSLContext:
        """Return the context of a server that has a certificate for all names."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self._authority.issue_cert(*NAMES, "127.0.0.1").configure_cert(context)
        return context


@dataclasses.dataclass(kw_only=True)
class CountingProxy:
    """What a proxy was asked for: the host and port of each CONNECT, and every byte it could read."""

    port: int = 0
    connects: list[str] = dataclasses.field(default_factory=list)
    seen: bytearray = dataclasses.field(default_factory=bytearray)
    refuses: bytes | None = None  # the status line that answers every CONNECT


@contextlib.asynccontextmanager
async def open_tls(target: tuple[str, int], context: ssl.SSLContext) -> AsyncGenerator[int]:
    """Serve *target*, an address that is served in the clear, with TLS; yield the port."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _join(reader, writer, target, None)

    async with _serving(handle, context) as port:
        yield port


@contextlib.asynccontextmanager
async def open_proxy(
    names: Mapping[str, tuple[str, int]], *, credentials: str | None = None
) -> AsyncGenerator[CountingProxy]:
    """Serve a proxy that makes tunnels to *names* ("host:port"), for those with *credentials*."""
    proxy = CountingProxy()
    wanted = None if credentials is None else base64.b64encode(credentials.encode())

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        proxy.seen += head
        method, host, _ = head.split(b"\r\n")[0].decode().split(" ")
        proxy.connects.append(host)
        refusal = proxy.refuses
        if wanted is not None and wanted not in head:
            refusal = b"407 Proxy Authentication Required"
        if method != "CONNECT" or host not in names:
            refusal = b"403 Forbidden"
        if refusal is not None:
            writer.write(b"HTTP/1.1 " + refusal + b"\r\nContent-Length: 0\r\n\r\n")
            await writer.drain()
            writer.close()
            return
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await _join(reader, writer, names[host], proxy.seen)

    async with _serving(handle, None) as proxy.port:
        yield proxy


@contextlib.asynccontextmanager
async def _serving(handle: _Handler, context: ssl.SSLContext | None) -> AsyncGenerator[int]:
    """Handle each connection in a task that ends with the block."""
    tasks: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(_quietly(handle(reader, writer), writer), name="connection")
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(accept, "127.0.0.1", 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _quietly(work: Coroutine[None, None, None], writer: asyncio.StreamWriter) -> None:
    try:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            await work
    finally:
        writer.transport.abort()


async def _join(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    target: tuple[str, int],
    seen: bytearray | None,
) -> None:
    """Copy both ways between a connection and *target* until either ends."""
    back, forth = await asyncio.open_connection(*target)
    try:
        copies = [
            asyncio.create_task(_copy(reader, forth, seen), name="there"),
            asyncio.create_task(_copy(back, writer, None), name="back"),
        ]
        try:
            await asyncio.wait(copies, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for copy in copies:
                copy.cancel()
            await asyncio.gather(*copies, return_exceptions=True)
    finally:
        forth.transport.abort()


async def _copy(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, seen: bytearray | None
) -> None:
    while block := await reader.read(65536):
        if seen is not None:
            seen += block
        writer.write(block)
        await writer.drain()
