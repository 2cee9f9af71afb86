"""What becomes of a download that fails."""

import asyncio
import contextlib
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from bot.media.download import download, open_downloads
from bot.media.errors import DownloadFailed, LinkExpired
from tests.integration.media.site import MP4, PLENTY, Fetch, Left, Site, without_an_end


@pytest.mark.parametrize("status", [401, 403, 410])
async def test_a_download_with_an_expired_signature(site: Site, fetch: Fetch, status: int) -> None:
    """A signature that does not open the file any more asks for a fresh one."""
    site.answer(b"<Error>expired</Error>", status)

    with pytest.raises(LinkExpired):
        await fetch()


@pytest.mark.parametrize("status", [204, 206, 400, 404, 408, 429, 500, 503])
async def test_a_download_with_another_status(site: Site, fetch: Fetch, status: int) -> None:
    """Any other status but 200 is a failure that may pass."""
    site.answer(MP4 if status != 204 else b"", status)

    with pytest.raises(DownloadFailed) as caught:
        await fetch()

    assert caught.value.retryable


async def test_a_download_of_an_empty_file(site: Site, fetch: Fetch) -> None:
    """An empty file may be one that is not written yet."""
    site.answer(b"")

    with pytest.raises(DownloadFailed) as caught:
        await fetch()

    assert caught.value.retryable


async def test_a_download_that_breaks_off(site: Site, fetch: Fetch, left: Left) -> None:
    """A file that breaks off is no file, and nothing of it stays."""

    async def respond(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "1000000"})
        await response.prepare(request)
        await response.write(MP4 + b"\x00" * 600_000)
        assert request.transport is not None
        request.transport.close()
        return response

    site.respond = respond
    with pytest.raises(DownloadFailed) as caught:
        await fetch()

    assert caught.value.retryable
    assert left() == []


async def test_a_download_shorter_than_the_api_stated(site: Site, fetch: Fetch, left: Left) -> None:
    """Where the server does not say how long the file is, the API's word for it counts."""
    without_an_end(site, MP4)

    with pytest.raises(DownloadFailed, match="32 of 33 bytes") as caught:
        await fetch(size=len(MP4) + 1)

    assert caught.value.retryable
    assert left() == []
    for size in (None, len(MP4), len(MP4) - 1):
        assert (await fetch(size=size)).size == len(MP4)


@pytest.mark.parametrize("chunked", [True, False])
async def test_a_download_of_the_size_that_the_server_states(
    site: Site, fetch: Fetch, chunked: bool
) -> None:
    """A mistake of the API's about the size does not make a whole file a cut one."""

    async def respond(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        if chunked:
            response.enable_chunked_encoding()
        else:
            response.content_length = len(MP4)
        await response.prepare(request)
        await response.write(MP4)
        return response

    site.respond = respond
    assert (await fetch(size=5_000_000)).size == len(MP4)


async def test_a_download_that_trickles_is_given_up(site: Site, tmp_path: Path, left: Left) -> None:
    """A server that sends a few bytes now and then is given up like one that sends none."""

    async def respond(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        with contextlib.suppress(ConnectionError):
            await response.write(MP4)
            for _ in range(200):
                await asyncio.sleep(0.01)
                await response.write(b"\x00")
        return response

    site.respond = respond
    timeout = aiohttp.ClientTimeout(sock_read=0.5)
    async with open_downloads(frozenset({site.address}), timeout=timeout) as session:
        with pytest.raises(DownloadFailed) as caught:
            await download(site.url(), tmp_path, name="a", cap=PLENTY, session=session)

    assert caught.value.retryable
    assert left() == []


@pytest.mark.parametrize(
    "timeout",
    [aiohttp.ClientTimeout(total=0.1), aiohttp.ClientTimeout(sock_read=0.1)],
    ids=["total", "stall"],
)
async def test_a_download_that_stops_half_way_is_given_up(
    site: Site, tmp_path: Path, timeout: aiohttp.ClientTimeout, left: Left
) -> None:
    """A server that stops half-way is given up."""
    release = asyncio.Event()

    async def respond(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(MP4 + b"\x00" * 600_000)
        await release.wait()
        return response

    site.respond = respond
    async with open_downloads(frozenset({site.address}), timeout=timeout) as session:
        with pytest.raises(DownloadFailed) as caught:
            await download(site.url(), tmp_path, name="a", cap=PLENTY, session=session)
    release.set()

    assert caught.value.retryable
    assert left() == []


async def test_a_cancelled_download_leaves_nothing(site: Site, fetch: Fetch, left: Left) -> None:
    """A download that is cancelled passes the cancellation on and leaves nothing."""
    arrived, release = asyncio.Event(), asyncio.Event()

    async def respond(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(MP4 + b"\x00" * 600_000)
        arrived.set()
        await release.wait()
        return response

    site.respond = respond
    fetching = asyncio.ensure_future(fetch())
    await arrived.wait()
    while not left():  # noqa: ASYNC110  (a file has no event)
        await asyncio.sleep(0.01)
    fetching.cancel()

    with pytest.raises(asyncio.CancelledError):
        await fetching
    release.set()
    assert left() == []
