"""A connection that has just answered a create may carry the next one, and no later one."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator

import aiohttp
import pytest
import yarl
from pydantic import SecretStr

from bot.modelhunter import OutcomeUnknown, open_client
from bot.outgoing import Outgoing, SpareConnector
from bot.outgoing.spare_connections import REUSED_WITHIN
from tests.integration.modelhunter.script import create
from tests.integration.outgoing.counting_server import CountingServer, open_counting_server


class _Session:
    """A session whose clock the test sets."""

    def __init__(self, server: CountingServer) -> None:
        self.now = 100.0
        self._url = yarl.URL(f"http://127.0.0.1:{server.port}/")

    @contextlib.asynccontextmanager
    async def opened(self, *traces: aiohttp.TraceConfig) -> AsyncGenerator[aiohttp.ClientSession]:
        """Open it on a connector of the bot."""
        connector = SpareConnector(
            Outgoing().connector(), self._url, aiohttp.ClientTimeout(), clock=lambda: self.now
        )
        async with aiohttp.ClientSession(
            connector=connector, trace_configs=list(traces)
        ) as session:
            yield session

    async def post(self, session: aiohttp.ClientSession) -> None:
        """Send a create and read its answer."""
        async with session.post(self._url) as response:
            assert response.status == 202
            await response.read()


@pytest.fixture
async def server() -> AsyncGenerator[CountingServer]:
    """Serve what counts its connections."""
    async with open_counting_server() as server:
        yield server


async def test_creates_that_follow_each_other_share_a_connection(server: CountingServer) -> None:
    """A burst pays for a few connections only."""
    given = _Session(server)
    async with given.opened() as session:
        for _ in range(3):
            await given.post(session)
            given.now += REUSED_WITHIN / 2
    assert server.requests == [0, 0, 0]


@pytest.mark.parametrize("seconds", [REUSED_WITHIN * 1.1, 5.0, 3600.0])
async def test_a_connection_that_has_rested_carries_no_create(
    server: CountingServer, seconds: float
) -> None:
    """The time of a suspended machine counts, in which no timer has closed it."""
    given = _Session(server)
    async with given.opened() as session:
        await given.post(session)
        given.now += seconds
        await given.post(session)
    assert server.requests == [0, 1]


async def test_a_connection_is_closed_when_it_has_rested(server: CountingServer) -> None:
    """None is kept open for nothing."""
    given = _Session(server)
    async with given.opened() as session:
        await given.post(session)
        await server.until_closed(0)


async def test_a_connection_that_the_server_has_closed_carries_no_create(
    server: CountingServer,
) -> None:
    """Its closing may have arrived only just now."""
    given = _Session(server)
    async with given.opened() as session:
        await given.post(session)
        server.connections[0].close()
        await server.connections[0].wait_closed()
        await given.post(session)
    assert server.requests == [0, 1]


async def test_what_a_server_says_after_its_answer_is_not_the_next_one(
    server: CountingServer,
) -> None:
    """A second answer to the first create would be taken for the task of another job."""
    given = _Session(server)
    async with given.opened() as session:
        await given.post(session)
        server.connections[0].write(b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n")
        await server.connections[0].drain()
        await asyncio.sleep(0.05)  # on its way to the client
        await given.post(session)
    assert server.requests == [0, 1]


async def test_a_create_that_comes_too_late_is_refused_on_a_used_connection_too(
    server: CountingServer,
) -> None:
    """What refuses it is asked before anything is written, whichever connection it gets."""

    async def refuse(*_: object) -> None:
        raise aiohttp.ClientConnectionError("too late")

    trace = aiohttp.TraceConfig()
    trace.on_connection_reuseconn.append(refuse)
    given = _Session(server)
    async with given.opened(trace) as session:
        await given.post(session)
        with pytest.raises(aiohttp.ClientConnectionError, match="too late"):
            await given.post(session)
    assert server.requests == [0]


async def test_no_connection_is_opened_in_advance_while_one_has_just_answered(
    server: CountingServer,
) -> None:
    """It would not be used, and grow old."""
    url = f"http://127.0.0.1:{server.port}/api/v1"
    async with open_client(url, SecretStr("river_test_x")) as client:
        await create(client)
        client.expect_create()
        await create(client)
    assert len(server.connections) == 1


async def test_a_create_on_a_used_connection_that_breaks_has_an_unknown_outcome(
    server: CountingServer,
) -> None:
    """The server has read it, so it may have been carried out: it is not sent again."""
    url = f"http://127.0.0.1:{server.port}/api/v1"
    async with open_client(url, SecretStr("river_test_x")) as client:
        await create(client)
        server.is_cutting = True
        with pytest.raises(OutcomeUnknown):
            await create(client)
    assert server.requests == [0, 0]
