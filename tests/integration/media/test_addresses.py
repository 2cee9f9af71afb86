"""Which addresses are reached, and what errors show of them."""

import logging
import socket
from pathlib import Path

import pytest

from bot.media.download import download, open_downloads
from bot.media.errors import AddressRefused, DownloadError, DownloadFailed
from tests.integration.media.site import PLENTY, Fetch, Site


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "0.0.0.0",  # noqa: S104
        "169.254.169.254",
        "10.0.0.1",
        "100.64.0.1",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "[fd00:ec2::254]",
    ],
)
async def test_downloads_reach_no_private_address(site: Site, tmp_path: Path, host: str) -> None:
    """By https too, no address of the operator's network is reached in any spelling."""
    async with open_downloads() as session:
        with pytest.raises(AddressRefused) as caught:
            await download(
                f"https://{host}:{site.address[1]}/x",
                tmp_path,
                name="a",
                cap=PLENTY,
                session=session,
            )

    assert not caught.value.retryable
    assert site.requests == []


@pytest.mark.parametrize("host", ["2130706433", "127.1", "0x7f000001", "017700000001"])
async def test_downloads_reach_no_address_spelt_as_number(
    site: Site, tmp_path: Path, host: str
) -> None:
    """Old spellings of an address as a number reach nothing either."""
    async with open_downloads() as session:
        with pytest.raises(DownloadError):
            await download(
                f"https://{host}:{site.address[1]}/x",
                tmp_path,
                name="a",
                cap=PLENTY,
                session=session,
            )

    assert site.requests == []


async def test_an_allowed_download_address_has_one_port(site: Site, tmp_path: Path) -> None:
    """What is allowed is one address with one port."""
    site.answer()
    async with open_downloads(frozenset({("127.0.0.1", site.address[1] + 1)})) as session:
        for scheme in ("http", "https"):
            with pytest.raises(AddressRefused):
                await download(
                    site.url().replace("http", scheme),
                    tmp_path,
                    name="a",
                    cap=PLENTY,
                    session=session,
                )

    assert site.requests == []


@pytest.mark.parametrize(
    ("url", "is_closed"),
    [
        ("http://cdn.example.com/x", False),
        ("http://93.184.215.14/x", False),
        ("https://user:word@cdn.example.com/x", False),
        ("http://user:word@cdn.example.com/x", False),
        ("http://192.0.2.1/x", True),
        ("http://127.0.0.1/x", True),
        ("http://127.1/x", True),
        ("http://localhost/x", True),
        ("http://printer/x", True),
        ("http://nas.local/x", True),
        ("http://[::1]/x", True),
        ("http://[fd00::1]/x", True),
        ("https://user:word@10.0.0.1/x", True),
    ],
)
async def test_an_odd_address_is_not_fetched_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str, is_closed: bool
) -> None:
    """No socket is opened; one that leads into no closed network may be another one next time."""
    looked_up: list[object] = []
    monkeypatch.setattr("socket.getaddrinfo", lambda *names, **_: looked_up.append(names))
    async with open_downloads() as session:
        with pytest.raises(DownloadError) as caught:
            await download(url, tmp_path, name="a", cap=PLENTY, session=session)
    assert isinstance(caught.value, AddressRefused) is is_closed
    assert caught.value.retryable is not is_closed
    assert looked_up == []


@pytest.mark.parametrize(
    "url",
    [
        "",
        "x",
        "ftp://127.0.0.1/x",
        "file:///etc/passwd",
        "data:,x",
        "https://",
        "https://[::1",
        "//x",
        "https://a..b/x",
        "https://xn--a/x",
        f"https://{'a' * 64}.example/x",
    ],
)
async def test_a_download_of_no_address_is_refused(fetch: Fetch, site: Site, url: str) -> None:
    """What is no address on the web fails for good."""
    with pytest.raises(DownloadError) as caught:
        await fetch(url or " ")

    assert not getattr(caught.value, "retryable", False)
    assert site.requests == []


async def test_a_download_address_sends_no_credentials(fetch: Fetch, site: Site) -> None:
    """An address can't make us send an Authorization header."""
    with pytest.raises(AddressRefused):
        await fetch(site.url().replace("http://", "http://user:word@"))

    assert site.requests == []


async def test_a_download_from_a_server_that_is_down(tmp_path: Path) -> None:
    """A server that is down may be up later."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        address = bound.getsockname()
        async with open_downloads(frozenset({address})) as session:
            with pytest.raises(DownloadFailed) as caught:
                await download(
                    f"http://127.0.0.1:{address[1]}/x",
                    tmp_path,
                    name="a",
                    cap=PLENTY,
                    session=session,
                )

    assert caught.value.retryable


async def test_download_errors_hold_no_signature(
    site: Site, fetch: Fetch, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither logs nor errors, causes included, hold the signed address."""
    told = []
    with caplog.at_level(logging.DEBUG):
        for status in (200, 302, 403, 404, 500):
            site.answer(b"<html>", status)
            for url in (site.url(), "http://127.0.0.1:99999/?signature=SECRET", "x?SECRET"):
                with pytest.raises(DownloadError) as caught:
                    await fetch(url)
                told.append(f"{caught.value!r} {caught.value.__cause__!r}")

    told += [record.getMessage() for record in caplog.records if record.name != "aiohttp.access"]
    assert not [line for line in told if "SECRET" in line]
