"""Download: fetch one file of a result into a folder, trusting neither address nor contents.

The errors are drawn in `bot.media.errors`, the address is checked by `bot.media.address_guard`.
"""

import dataclasses
import ipaddress
import re
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import yarl

from bot.media.address_guard import guard, is_public_host, was_refused
from bot.media.errors import (
    AddressRefused,
    DownloadError,
    DownloadFailed,
    LinkExpired,
    NameRefused,
    NotFound,
    NotWhole,
    TooLarge,
)
from bot.media.response_body import save_body
from bot.outgoing import Outgoing

# Seconds. A result of 100 MB in five minutes is 3 Mbit/s. `sock_read` is for a block of the body,
# so that a server which sends a byte now and then (below 100 kbit/s) does not occupy a download for
# minutes.
TIMEOUT = aiohttp.ClientTimeout(total=300, sock_connect=10, sock_read=20)

# A young bucket of S3 answers 307, and a store behind a front one or two more.
MOST_REDIRECTS = 3
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
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
    outgoing: Outgoing | None = None,
) -> AsyncGenerator[aiohttp.ClientSession]:
    """Open a session that connects to public addresses by https only.

    *allowed_addresses* are pairs of IP address and port that it connects to as well, also by http.
    What a name behind the proxy of *outgoing* leads to is the proxy's to decide: an address and a
    name without a dot are refused there, and the rest can't be checked.
    """
    network = outgoing or Outgoing()

    async def only_https(
        request: aiohttp.ClientRequest, send: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        address = (request.url.host or "", request.url.port or 0)
        if request.url.scheme != "https" and address not in allowed_addresses:
            raise _odd(request.url, "not https")
        if network.is_proxied(request.url) and not is_public_host(request.url.host or ""):
            raise AddressRefused("not an address of the public internet")
        return await send(request)

    async with aiohttp.ClientSession(
        connector=network.connector(socket_factory=guard(allowed_addresses)),
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
    arriving, timeout = folder / name, session.timeout.sock_read
    try:
        async with _open(session, parsed_address(url)) as response:
            _check(response, cap)
            media_type = await save_body(response, arriving, cap=cap, stated=size, timeout=timeout)
    except (aiohttp.ClientError, OSError) as error:
        # Not "from error": some of aiohttp's messages hold the whole address.
        raise _translated(error) from None
    path = arriving.rename(folder / f"{name}.{media_type.extension}")
    return DownloadedFile(
        path=path,
        size=path.stat().st_size,
        media_type=media_type.name,
        extension=media_type.extension,
    )


async def check_presence(url: str, *, session: aiohttp.ClientSession) -> None:
    """Ask for the first byte of *url*, to learn whether the file is there.

    Raises:
        LinkExpired, NotFound: It is not.
        DownloadError: That is not known.
    """
    try:
        async with _open(session, parsed_address(url), headers={"Range": "bytes=0-0"}) as response:
            if response.status != 206:
                _check(response, sys.maxsize)
    except (aiohttp.ClientError, OSError) as error:
        raise _translated(error) from None


@asynccontextmanager
async def _open(
    session: aiohttp.ClientSession,
    address: yarl.URL,
    *,
    headers: Mapping[str, str] | None = None,
) -> AsyncGenerator[aiohttp.ClientResponse]:
    """Open *address*, or where it redirects to, by requests that are all alike.

    aiohttp's own redirects are not used: they keep headers and cookies by rules of their own.
    """
    for hops in range(MOST_REDIRECTS + 1):
        try:
            response = await session.get(address, headers=headers, allow_redirects=False)
        except (aiohttp.ClientError, OSError, UnicodeError) as error:
            if not was_refused(error):
                raise _translated(error) from None
            raise _refusal(address, is_redirected=hops > 0) from None
        async with response:
            if response.status not in _REDIRECTS:
                yield response
                return
            address = _next_address(response)
    raise DownloadFailed(f"more than {MOST_REDIRECTS} redirects", retryable=True)


def _next_address(response: aiohttp.ClientResponse) -> yarl.URL:
    """Return where a redirect leads to; the session checks it like any other address."""
    location = response.headers.get("Location", "")
    if not location:
        raise DownloadFailed("a redirect leads nowhere", retryable=True)
    address = response.url.join(parsed_address(location))
    if address.scheme not in {"http", "https"}:
        raise _odd(address, "a redirect leads out of the web")
    return address


def parsed_address(url: str) -> yarl.URL:
    """Return the address exactly as it was signed, unless it has characters that need quoting."""
    try:
        address = yarl.URL(url, encoded=url.isascii() and url.isprintable() and " " not in url)
        credentials = address.user, address.password
    except ValueError:
        raise DownloadFailed("the address makes no sense", retryable=False) from None
    if credentials != (None, None):  # aiohttp would make an Authorization header of them
        raise _odd(address, "the address holds credentials")
    return address


def _odd(address: yarl.URL, reason: str) -> DownloadError:
    """Return what it means that *address* is none that files are fetched from, for this *reason*.

    The next answer of the API, or of a store, may name another one, unless this one leads into a
    closed network: that is an attack, or a mistake that no time mends.
    """
    if not is_public_host(address.host or ""):
        return AddressRefused("not an address of the public internet")
    return DownloadFailed(reason, retryable=True)


def _refusal(address: yarl.URL, *, is_redirected: bool) -> AddressRefused:
    """Return what it means that the address guard refused *address*.

    A host that a result itself names may be kept from us by our resolver; a redirect into a closed
    network is an attack, or a mistake that no time mends.
    """
    if not is_redirected and _is_public_name(address.host or ""):
        return NameRefused("its host's name leads to no address of the public internet here")
    return AddressRefused("not an address of the public internet")


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
    if status == 404:
        raise NotFound
    if status != 200:
        # Any may be temporary, a 404 too: the file may arrive later than the API reports it.
        raise DownloadFailed(f"HTTP {status}", retryable=True)
    if response.content_length is not None and response.content_length > cap:
        size = response.content_length
        raise TooLarge(f"{size} bytes of at most {cap}", size=size)


def _translated(error: Exception) -> DownloadError:
    if isinstance(error, aiohttp.ClientPayloadError):
        return NotWhole("the file broke off")
    # UnicodeError: a host that can't be encoded for the resolver, such as "a..b".
    makes_no_sense = isinstance(
        error, aiohttp.InvalidURL | aiohttp.NonHttpUrlClientError | UnicodeError
    )
    return DownloadFailed(type(error).__name__, retryable=not makes_no_sense)
