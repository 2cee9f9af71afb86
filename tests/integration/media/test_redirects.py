"""Where redirects of a download lead: few of them, each checked, and nothing of ours goes along."""

import asyncio
import tempfile
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.media.download import MOST_REDIRECTS, DownloadedFile, download, open_downloads
from bot.media.errors import AddressRefused, DownloadError, DownloadFailed, NameRefused
from tests.integration.media.site import MP4, PLENTY, Fetch, Left, Site, port_of

STATUSES = (301, 302, 303, 307, 308)
# Where a hop may lead, with what becomes of the download there: None goes on to the next hop.
ENDS: dict[str, type[DownloadError] | None] = {
    "/next": None,
    "next": None,
    "//{host}/next": None,
    "http://{host}/next?signature=a%2Bb": None,
    "https://10.0.0.1/x.mp4": AddressRefused,
    "https://[::1]/x.mp4": AddressRefused,
    "https://localhost/x.mp4": AddressRefused,
    "https://169.254.169.254/latest/meta-data/": AddressRefused,
    "http://127.0.0.1:9/x.mp4": AddressRefused,
    "http://192.0.2.1/x.mp4": AddressRefused,
    "https://user:word@{host}/x.mp4": AddressRefused,
    "http://cdn.example.com/x.mp4": DownloadFailed,
    "https://user:word@cdn.example.com/x.mp4": DownloadFailed,
    "ftp://cdn.example.com/x.mp4": DownloadFailed,
    "file:///etc/passwd": AddressRefused,
    "ftp://{host}/x.mp4": AddressRefused,
    "": DownloadFailed,
}


def send_along(site: Site, locations: list[str], statuses: list[int]) -> None:
    """Answer each request with the next redirect, and at last with a film."""

    async def respond(_: web.Request) -> web.StreamResponse:
        host = f"127.0.0.1:{site.address[1]}"
        number = len(site.requests) - 1
        if number >= len(locations):
            return web.Response(body=MP4, headers={"Set-Cookie": "a=b"})
        headers = {"Location": locations[number].format(host=host), "Set-Cookie": "a=b"}
        return web.Response(status=statuses[number], headers=headers, body=b"<html>moved</html>")

    site.respond = respond


def outcome_of(locations: list[str]) -> type[DownloadError] | None:
    """Return the error that following *locations* must end in, None for a film."""
    for number, location in enumerate(locations):
        if number == MOST_REDIRECTS:
            return DownloadError  # one hop too many, wherever it leads
        error = ENDS[location]
        if error is not None:
            return error
    return None


@settings(max_examples=60, deadline=None)
@given(
    hops=st.lists(st.tuples(st.sampled_from(sorted(ENDS)), st.sampled_from(STATUSES)), max_size=5)
)
def test_any_chain_of_redirects(hops: list[tuple[str, int]]) -> None:
    """Up to three hops are followed; one into a closed network ends it at once."""
    locations = [location for location, _ in hops]
    site = Site()
    send_along(site, locations, [status for _, status in hops])

    found = asyncio.run(_fetch_once(site))

    expected = outcome_of(locations)
    followed = next(
        (number for number, each in enumerate(locations) if ENDS[each] is not None),
        min(len(locations), MOST_REDIRECTS),
    )
    assert len(site.requests) == followed + 1
    if expected is None:
        assert isinstance(found, DownloadedFile)
        return
    assert isinstance(found, expected)
    assert found.retryable is not isinstance(found, AddressRefused)
    for request in site.requests:
        assert not {"Authorization", "Cookie", "Referer"} & set(request.headers)


async def _fetch_once(site: Site) -> DownloadedFile | DownloadError:
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", site.handle)
    async with TestServer(application) as running:
        site.address = ("127.0.0.1", port_of(running))
        async with open_downloads(frozenset({site.address})) as session:
            with tempfile.TemporaryDirectory() as folder:
                try:
                    return await download(
                        site.url(), Path(folder), name="a", cap=PLENTY, session=session
                    )
                except DownloadError as error:
                    return error


@pytest.mark.parametrize("status", STATUSES)
async def test_a_redirected_download_arrives(site: Site, fetch: Fetch, status: int) -> None:
    """Three hops lead to the file, and no request has a header that the first had not."""
    send_along(site, ["/next"] * 3, [status] * 3)

    assert (await fetch()).path.read_bytes() == MP4

    assert [request.path for request in site.requests] == ["/results/x.mp4", *["/next"] * 3]
    first, *others = [dict(request.headers) for request in site.requests]
    assert all(other == first for other in others)


async def test_a_fourth_redirect_is_too_many(site: Site, fetch: Fetch, left: Left) -> None:
    """A chain that does not end is tried again later, and leaves nothing."""
    send_along(site, ["/next"] * 9, [302] * 9)

    with pytest.raises(DownloadFailed, match="redirects") as caught:
        await fetch()

    assert (len(site.requests), caught.value.retryable, left()) == (4, True, [])


async def test_a_redirect_to_a_name_inside_ends_at_once(
    site: Site, fetch: Fetch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that leads inside is forgiven in a result's own address, and never in a redirect."""
    import socket

    def resolve(*_: object, **__: object) -> list[object]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.1", 443))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    send_along(site, ["https://cdn.example.com/x.mp4"], [302])

    with pytest.raises(NameRefused) as direct:
        await fetch("https://cdn.example.com/x.mp4")
    with pytest.raises(AddressRefused) as redirected:
        await fetch()

    assert (direct.value.retryable, redirected.value.retryable) == (True, False)


async def test_redirect_errors_hold_no_signature(site: Site, fetch: Fetch) -> None:
    """Where a redirect led to is not in the error, as its signature opens the file."""
    for location in ("https://10.0.0.1/?SECRET", "ftp://x/?SECRET", "http://x:99999/?SECRET"):
        site.answer(b"", 302, {"Location": location})
        with pytest.raises(DownloadError) as caught:
            await fetch()
        assert "SECRET" not in f"{caught.value!r} {caught.value.__cause__!r}"
