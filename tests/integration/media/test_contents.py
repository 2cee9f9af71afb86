"""What a file may be, and what becomes of it."""

import asyncio
import contextlib
import gzip
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from bot.media.download import DownloadedFile, download
from bot.media.errors import NoMedium, TooLarge
from tests.integration.media.site import MP4, PLENTY, Fetch, Left, Site


async def test_a_downloaded_file_arrives_whole(site: Site, fetch: Fetch, tmp_path: Path) -> None:
    """The file has our name, the extension of its contents, and every byte."""
    body = MP4 + bytes(range(256)) * 5000
    site.answer(body, headers={"Content-Disposition": 'attachment; filename="../../evil.exe"'})

    file = await fetch()

    assert file == DownloadedFile(
        path=tmp_path / "video-1-1.mp4", size=len(body), media_type="video/mp4", extension="mp4"
    )
    assert file.path.read_bytes() == body


async def test_a_download_request_is_plain(site: Site, fetch: Fetch) -> None:
    """The request has no compression, no credentials, and the address as it was signed."""
    site.answer()

    await fetch(site.url("/a%2Fb/x.mp4?signature=a%2Bb%2Fc%3D&x=1+2"))

    assert [request.raw_path for request in site.requests] == [
        "/a%2Fb/x.mp4?signature=a%2Bb%2Fc%3D&x=1+2"
    ]
    headers = site.requests[0].headers
    assert headers["Accept-Encoding"] == "identity"
    assert not {"Authorization", "Cookie", "Referer"} & set(headers)


async def test_media_types_come_from_the_contents(site: Site, fetch: Fetch) -> None:
    """What the address and the headers say about the type does not count."""
    site.answer(b"\x89PNG\r\n\x1a\n" + b"\x00" * 50, headers={"Content-Type": "video/mp4"})

    file = await fetch()

    assert (file.path.name, file.media_type) == ("video-1-1.png", "image/png")


async def test_a_download_of_too_large_a_declared_size(
    site: Site, fetch: Fetch, left: Left
) -> None:
    """A file that says that it is too large is not read at all."""
    written = asyncio.Event()

    async def respond(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "1001"})
        await response.prepare(request)
        await written.wait()  # never: a download that reads would wait with us
        return response

    site.respond = respond
    with pytest.raises(TooLarge):
        await asyncio.wait_for(fetch(cap=1000), 10)

    written.set()
    assert left() == []


async def test_a_download_of_exactly_the_cap(site: Site, fetch: Fetch) -> None:
    """The cap itself is still allowed."""
    site.answer(MP4 + b"\x00" * (1000 - len(MP4)))

    assert (await fetch(cap=1000)).size == 1000


async def test_an_endless_download_is_given_up(site: Site, fetch: Fetch, left: Left) -> None:
    """A file that does not end is given up at the cap, and nothing of it stays."""
    sent = 0

    async def respond(request: web.Request) -> web.StreamResponse:
        nonlocal sent
        response = web.StreamResponse()
        await response.prepare(request)
        with contextlib.suppress(ConnectionError):
            await response.write(MP4)
            while sent < 200:
                await response.write(b"\x00" * 1024 * 1024)
                sent += 1
        return response

    site.respond = respond
    with pytest.raises(TooLarge):
        await fetch(cap=2 * 1024 * 1024)

    assert sent < 200
    assert left() == []


@pytest.mark.parametrize(
    "body", [b"<html><body>sign in</body></html>", b"MZ\x90\x00", b"\x7fELF", b'{"error": 1}']
)
async def test_a_download_of_the_wrong_type_is_refused(
    site: Site, fetch: Fetch, body: bytes, left: Left
) -> None:
    """A page or a program that calls itself a film is refused and not kept."""
    site.answer(body * 50, headers={"Content-Type": "video/mp4"})

    with pytest.raises(NoMedium):
        await fetch()

    assert left() == []


async def test_a_compressed_download_is_never_unpacked_beyond_the_cap(
    site: Site, fetch: Fetch, left: Left
) -> None:
    """A small body that would unpack to a huge one is given up at the cap."""
    site.answer(gzip.compress(MP4 + b"\x00" * 50_000_000), headers={"Content-Encoding": "gzip"})

    with pytest.raises(TooLarge):
        await fetch(cap=1024 * 1024)

    assert left() == []


async def test_a_video_that_claims_to_be_compressed(site: Site, fetch: Fetch) -> None:
    """The bytes count, not what the header says about them."""
    site.answer(MP4, headers={"Content-Encoding": "gzip"})

    assert (await fetch()).size == len(MP4)


@pytest.mark.parametrize("name", ["", "../x", "a/b", "a.exe", "a\x00", "x" * 81])
async def test_names_of_downloads_are_ours(
    site: Site, session: aiohttp.ClientSession, tmp_path: Path, name: str
) -> None:
    """A name that is no plain word can't come from us."""
    with pytest.raises(ValueError, match="name"):
        await download(site.url(), tmp_path, name=name, cap=PLENTY, session=session)
