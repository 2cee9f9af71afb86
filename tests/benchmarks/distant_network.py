"""Distant network: a loopback address whose bytes take as long as those of a server far away."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator

_BLOCK = 65_536


@contextlib.asynccontextmanager
async def open_distance(target: tuple[str, int], round_trip: float) -> AsyncGenerator[int]:
    """Forward a port to *target*, *round_trip* seconds away; yield the port.

    Opening a connection takes a round trip too: the first bytes are held back for as long.
    """
    tasks: set[asyncio.Task[None]] = set()

    async def forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            await asyncio.sleep(round_trip)
            back, forth = await asyncio.open_connection(*target)
            await asyncio.gather(
                _carry(reader, forth, round_trip / 2), _carry(back, writer, round_trip / 2)
            )

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(forward(reader, writer), name="distance")
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, delay: float) -> None:
    """Write what is read, *delay* seconds later, and end as it ends."""
    loop = asyncio.get_running_loop()
    arrived = asyncio.Event()

    def arrive(block: bytes) -> None:
        if block:
            writer.write(block)
        else:
            writer.close()
            arrived.set()

    with contextlib.suppress(OSError):
        while block := await reader.read(_BLOCK):
            loop.call_later(delay, arrive, block)
    loop.call_later(delay, arrive, b"")
    await arrived.wait()
