"""Response body: bring the body of an answer to disk whole, and find out what it is."""

import asyncio
import functools
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from pathlib import Path

import aiohttp

from bot.media.content_coding import codings_of, undo_codings
from bot.media.errors import DownloadFailed, NoMedium, NotWhole, TooLarge
from bot.media.media_type import HEAD, MediaType, detect_media_type

_BLOCK = 256 * 1024  # bytes: few enough trips to a thread, little enough memory


async def save_body(
    response: aiohttp.ClientResponse,
    path: Path,
    *,
    cap: int,
    stated: int | None,
    timeout: float | None,
) -> MediaType:
    """Write the body of *response* to *path* and return its type.

    *cap* and *stated*, the file's size according to the API, are in bytes; *timeout*, for each
    block, in seconds.

    Raises:
        DownloadError: One of its subclasses; nothing is left at *path*.
        aiohttp.ClientError, OSError: It could not be read or written; nothing is left at *path*.
    """
    codings = codings_of(response.headers.get("Content-Encoding", ""))
    is_empty = True
    try:
        async with aclosing(_blocks(response, cap, timeout)) as blocks:
            async for block in blocks:
                await _in_thread(functools.partial(_append, path, block))
                is_empty = False
        if is_empty:
            raise DownloadFailed("the file is empty", retryable=True)
        await _in_thread(functools.partial(undo_codings, path, codings, cap))
        return await asyncio.to_thread(
            _examine, path, stated=stated, is_declared=_declares_its_end(response)
        )
    except BaseException:
        _discard(path)
        raise


def _declares_its_end(response: aiohttp.ClientResponse) -> bool:
    """Whether aiohttp itself notices that a body breaks off (RFC 9112, section 8)."""
    return response.content_length is not None or "Transfer-Encoding" in response.headers


def _examine(path: Path, *, stated: int | None, is_declared: bool) -> MediaType:
    """Return the type of a file that arrived, or raise why that can't be said."""
    size = path.stat().st_size
    if not is_declared and stated is not None and size < stated:
        raise NotWhole(f"{size} of {stated} bytes arrived")
    with path.open("rb") as file:
        media_type = detect_media_type(file.read(HEAD))
    if media_type is not None:
        return media_type
    if not is_declared and stated is None:
        raise NotWhole("it is no medium, and nothing says whether it is whole")
    raise NoMedium("the file is neither picture, film nor sound")


async def _blocks(
    response: aiohttp.ClientResponse, cap: int, timeout: float | None
) -> AsyncGenerator[bytes]:
    """Yield the body in blocks, large enough that writing each in a thread costs little."""
    size = 0
    while block := await _block(response.content, timeout):
        size += len(block)
        if size > cap:
            raise TooLarge(f"more than {cap} bytes")
        yield block


async def _block(body: aiohttp.StreamReader, timeout: float | None) -> bytes:
    """Return the next block, which is empty at the end; *timeout* is in seconds."""
    block = bytearray()
    async with asyncio.timeout(timeout):
        while len(block) < _BLOCK and (piece := await body.readany()):
            block += piece
    return bytes(block)


def _append(path: Path, block: bytes) -> None:
    with path.open("ab") as file:
        file.write(block)


def _discard(path: Path) -> None:
    path.unlink(missing_ok=True)


async def _in_thread(work: Callable[[], None]) -> None:
    """Do *work*, which writes files, off the event loop."""
    working = asyncio.create_task(asyncio.to_thread(work), name="write a result's file")
    try:
        await asyncio.shield(working)
    except asyncio.CancelledError:
        # A thread can't be stopped, and the folder must not be deleted while it writes.
        await asyncio.wait([working])
        raise
