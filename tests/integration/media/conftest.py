"""The site, and downloads to which it is open."""

from collections.abc import AsyncGenerator
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.media.download import DownloadedFile, download, open_downloads
from tests.integration.media.site import PLENTY, Fetch, Left, Site, port_of


@pytest.fixture
async def site() -> AsyncGenerator[Site]:
    """Serve a site on loopback."""
    made = Site()
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", made.handle)
    async with TestServer(application) as running:
        made.address = ("127.0.0.1", port_of(running))
        yield made


@pytest.fixture
async def session(site: Site) -> AsyncGenerator[aiohttp.ClientSession]:
    """Open downloads to which the site is open."""
    async with open_downloads(frozenset({site.address})) as opened:
        yield opened


@pytest.fixture
def fetch(site: Site, session: aiohttp.ClientSession, tmp_path: Path) -> Fetch:
    """Return a function that downloads from the site."""

    async def fetch_it(
        url: str | None = None, cap: int = PLENTY, size: int | None = None
    ) -> DownloadedFile:
        return await download(
            url or site.url(), tmp_path, name="video-1-1", cap=cap, session=session, size=size
        )

    return fetch_it


@pytest.fixture
def left(tmp_path: Path) -> Left:
    """Return a function that lists what is in the folder."""
    return lambda: sorted(path.name for path in tmp_path.iterdir())
