"""The scripted server and a client of it."""

from collections.abc import AsyncGenerator

import pytest
from aiohttp import web
from aiohttp.test_utils import BaseTestServer, TestServer

from bot.modelhunter import (
    ModelHunterClient,
)
from tests.integration.modelhunter.script import Script, client_of


@pytest.fixture
def script() -> Script:
    """Return the server's script."""
    return Script()


@pytest.fixture
async def server(script: Script) -> AsyncGenerator[BaseTestServer]:
    """Serve the script on loopback."""
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", script.handle)
    async with TestServer(application) as running:
        yield running


@pytest.fixture
async def client(server: TestServer) -> AsyncGenerator[ModelHunterClient]:
    """Return a client of the scripted server."""
    async with client_of(server) as opened:
        yield opened
