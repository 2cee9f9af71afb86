"""The site on loopback from which files are fetched, and downloads to which it is open."""

from collections.abc import AsyncGenerator

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.media.download import open_downloads
from tests.integration.media.site import Site, port_of


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
