"""Download: fetch one file of a result into a folder, trusting neither address nor contents.

The errors are drawn in `bot.media.errors`, the address is checked by `bot.media.address_guard`.
"""

import asyncio
import dataclasses
import ipaddress
import re
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

import aiohttp
import yarl

from bot.media.address_guard import guard, was_refused
from bot.media.errors import (
    AddressRefused,
    DownloadError,
    DownloadFailed,
    LinkExpired,
    NameRefused,
    TooLarge,
    WrongType,
)
from bot.media.media_type import HEAD, MediaType, detect_media_type

# Seconds. A result of 100 MB in five minutes is 3 Mbit/s. `sock_read` is for a block of the body,
# so that a server which sends a byte now and then (below 100 kbit/s) does not occupy a download for
# minutes.
TIMEOUT = aiohttp.ClientTimeout(total=300, sock_connect=10, sock_read=20)

_BLOCK = 256 * 1024  # bytes: few enough trips to a thread, little enough memory
_EXPIRED = frozenset({401, 403, 410})
_NAME = re.compile(r"[A-Za-z0-9_-]{1,80}")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class DownloadedFile:
    """A file on disk: `size` in bytes, `extension` without its dot."""

    path: Path
    size: int
    media_type: str
    extension: str


@asynccontextmanager
async def open_downloads(
    allowed_addresses: frozenset[tuple[str, int]] = frozenset(),
    *,
    timeout: aiohttp.ClientTimeout = TIMEOUT,
) -> AsyncGenerator[aiohttp.ClientSession]:
    """Open a session that connects to public addresses by https only.

    *allowed_addresses* are pairs of IP address and port that it connects to as well, also by http.
    """

    async def only_https(
        request: aiohttp.ClientRequest, send: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        address = (request.url.host or "", request.url.port or 0)
        if request.url.scheme != "https" and address not in allowed_addresses:
            raise AddressRefused("not https")
        return await send(request)

    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(socket_factory=guard(allowed_addresses)),
        middlewares=(only_https,),
        headers={"Accept-Encoding": "identity"},
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        trust_env=False,
        timeout=timeout,
    ) as session:
        yield session


async def download(
    url: str,
    folder: Path,
    *,
    name: str,
    cap: int,
    session: aiohttp.ClientSession,
    size: int | None = None,
) -> DownloadedFile:
    """Fetch *url* into *folder*, named *name* with the extension of its contents.

    *cap* and *size*, the file's size according to the API, are in bytes. *session* comes from
    `open_downloads`. After an error nothing is left in *folder*.

    Raises:
        DownloadError: One of its subclasses.
        ValueError: The *name* has other characters than letters, digits, "_" and "-".
    """
    if not _NAME.fullmatch(name):
        raise ValueError("a file's name must be our own")
    try:
        async with session.get(_address(url), allow_redirects=False) as response:
            _check(response, cap)
            least = 0 if _declares_its_end(response) else size or 0
            timeout = session.timeout.sock_read
            async with aclosing(_blocks(response, cap, least, timeout)) as blocks:
                return await _save(blocks, folder, name)
    except (aiohttp.ClientError, OSError, UnicodeError) as error:
        # Not "from error": some of aiohttp's messages hold the whole address.
        raise _translated(error, url) from None


def _address(url: str) -> yarl.URL:
    """Return the address exactly as it was signed, unless it has characters that need quoting."""
    try:
        address = yarl.URL(url, encoded=url.isascii() and url.isprintable() and " " not in url)
        credentials = address.user, address.password
    except ValueError:
        raise DownloadFailed("the address makes no sense", retryable=False) from None
    if credentials != (None, None):  # aiohttp would make an Authorization header of them
        raise AddressRefused("the address holds credentials")
    return address


def _is_public_name(host: str) -> bool:
    """Whether *host* is a name of the public internet by its form, unlike an IP or `localhost`."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return "." in host
    return False


def _check(response: aiohttp.ClientResponse, cap: int) -> None:
    """Raise what status and headers already show."""
    status = response.status
    if status in _EXPIRED:
        raise LinkExpired(f"HTTP {status}")
    if status != 200:
        # Any may be temporary, a 404 too: the file may arrive later than the API reports it.
        raise DownloadFailed(f"HTTP {status}", retryable=True)
    if response.content_length is not None and response.content_length > cap:
        raise TooLarge(f"{response.content_length} bytes of at most {cap}")


def _declares_its_end(response: aiohttp.ClientResponse) -> bool:
    """Whether aiohttp itself notices that a body breaks off (RFC 9112, section 8)."""
    return response.content_length is not None or "Transfer-Encoding" in response.headers


async def _blocks(
    response: aiohttp.ClientResponse, cap: int, least: int, timeout: float | None
) -> AsyncGenerator[bytes]:
    """Yield the body in blocks, large enough that writing each in a thread costs little."""
    size = 0
    while block := await _block(response.content, timeout):
        size += len(block)
        if size > cap:
            raise TooLarge(f"more than {cap} bytes")
        yield block
    if size < least:
        raise DownloadFailed(f"{size} of {least} bytes arrived", retryable=True)


async def _block(body: aiohttp.StreamReader, timeout: float | None) -> bytes:
    """Return the next block, which is empty at the end; *timeout* is in seconds."""
    block = bytearray()
    async with asyncio.timeout(timeout):
        while len(block) < _BLOCK and (piece := await body.readany()):
            block += piece
    return bytes(block)


async def _save(blocks: AsyncIterator[bytes], folder: Path, name: str) -> DownloadedFile:
    """Write *blocks* to a file, with the extension of the type that the first of them shows."""
    first = await anext(blocks, b"")
    media_type = _type_of(first)
    path = folder / f"{name}.{media_type.extension}"
    try:
        await _write(path, first)
        size = len(first)
        async for block in blocks:
            await _write(path, block)
            size += len(block)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return DownloadedFile(
        path=path, size=size, media_type=media_type.name, extension=media_type.extension
    )


def _type_of(first: bytes) -> MediaType:
    if not first:
        raise DownloadFailed("the file is empty", retryable=True)
    media_type = detect_media_type(first[:HEAD])
    if media_type is None:
        raise WrongType("the file is neither picture, film nor sound")
    return media_type


def _append(path: Path, block: bytes) -> None:
    with path.open("ab") as file:
        file.write(block)


async def _write(path: Path, block: bytes) -> None:
    """Append *block* to the file, off the event loop."""
    writing = asyncio.create_task(
        asyncio.to_thread(_append, path, block), name=f"write {path.name}"
    )
    try:
        await asyncio.shield(writing)
    except asyncio.CancelledError:
        # A thread can't be stopped, and the folder must not be deleted while it writes.
        await asyncio.wait([writing])
        raise


def _translated(error: Exception, url: str) -> DownloadError:
    if was_refused(error):
        if _is_public_name(_address(url).host or ""):
            return NameRefused("its host's name leads to no address of the public internet here")
        return AddressRefused("not an address of the public internet")
    # UnicodeError: a host that can't be encoded for the resolver, such as "a..b".
    makes_no_sense = isinstance(
        error, aiohttp.InvalidURL | aiohttp.NonHttpUrlClientError | UnicodeError
    )
    return DownloadFailed(type(error).__name__, retryable=not makes_no_sense)
