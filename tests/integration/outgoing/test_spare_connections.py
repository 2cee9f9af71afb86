"""Connections that are there already carry creates, and no doubt is settled by them."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncGenerator

import aiohttp
import pytest
import yarl
from aiohttp.connector import AddrInfoType
from pydantic import SecretStr

from bot.modelhunter import ModelHunterClient, NotProcessed, OutcomeUnknown, open_client
from bot.outgoing import Outgoing, SpareConnector
from bot.outgoing.spare_connections import MOST_SPARES
from tests.integration.modelhunter.script import closed_port, create
from tests.integration.outgoing.counting_server import CountingServer, open_counting_server


@pytest.fixture
async def server() -> AsyncGenerator[CountingServer]:
    """Serve what counts its connections."""
    async with open_counting_server() as server:
        yield server


@pytest.fixture
async def client(server: CountingServer) -> AsyncGenerator[ModelHunterClient]:
    """Return a client of it."""
    async with _client_of(server.port) as client:
        yield client


@contextlib.asynccontextmanager
async def _client_of(port: int) -> AsyncGenerator[ModelHunterClient]:
    async with open_client(f"http://127.0.0.1:{port}/api/v1", SecretStr("river_test_x")) as client:
        yield client


async def test_an_expected_create_goes_on_the_connection_that_was_opened_for_it(
    server: CountingServer, client: ModelHunterClient
) -> None:
    """The connection is there before the create is."""
    client.expect_create()
    await server.until_connections(1)
    assert server.requests == []

    await create(client)

    assert server.requests == [0]
    assert len(server.connections) == 1


async def test_a_create_that_comes_early_waits_for_the_connection_that_is_being_opened(
    server: CountingServer, client: ModelHunterClient
) -> None:
    """What has been waited for is not waited for again."""
    client.expect_create()

    await create(client)

    assert server.requests == [0]
    assert len(server.connections) == 1


async def test_a_create_that_was_not_expected_opens_its_own_connection(
    server: CountingServer, client: ModelHunterClient
) -> None:
    """Nothing depends on `expect_create`."""
    await create(client)
    assert server.requests == [0]


async def test_a_spare_connection_that_the_server_has_closed_is_not_used(
    server: CountingServer, client: ModelHunterClient
) -> None:
    """The create goes on one that works, and its outcome is known."""
    client.expect_create()
    await server.until_connections(1)
    server.connections[0].close()
    await server.connections[0].wait_closed()

    await create(client)

    assert server.requests == [1]


async def test_what_a_server_said_before_the_create_is_not_its_answer(
    server: CountingServer, client: ModelHunterClient
) -> None:
    """Some servers answer 408 on a connection that has waited for long, before they close it."""
    client.expect_create()
    await server.until_connections(1)
    server.connections[0].write(b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n")
    await server.connections[0].drain()
    await asyncio.sleep(0.05)  # on its way to the client

    await create(client)

    assert server.requests == [1]


async def test_a_spare_connection_that_is_not_used_is_closed(server: CountingServer) -> None:
    """It is closed before a server's patience ends."""
    connections = Outgoing().connector()
    url = yarl.URL(f"http://127.0.0.1:{server.port}/")
    connector = SpareConnector(connections, url, aiohttp.ClientTimeout(), kept=0.05)
    async with aiohttp.ClientSession(connector=connector) as session:
        connector.expect()
        await server.until_closed(0)
        async with session.post(url) as response:
            assert response.status == 202
    assert server.requests == [1]


async def test_a_spare_connection_from_before_a_suspension_is_not_used(
    server: CountingServer,
) -> None:
    """Timers stand still while the machine is suspended, and the server may be gone since."""
    now = 100.0
    connections = Outgoing().connector()
    url = yarl.URL(f"http://127.0.0.1:{server.port}/")
    connector = SpareConnector(connections, url, aiohttp.ClientTimeout(), clock=lambda: now)
    async with aiohttp.ClientSession(connector=connector) as session:
        connector.expect()
        await server.until_connections(1)
        await asyncio.sleep(0.05)  # until the client has noticed too that it is open
        now += 3600.0
        async with session.post(url) as response:
            assert response.status == 202
    assert server.requests == [1]


async def test_a_request_on_a_spare_connection_is_traced_as_one_that_has_its_connection(
    server: CountingServer,
) -> None:
    """What refuses a create that comes too late is asked before anything is written."""

    async def refuse(*_: object) -> None:
        raise aiohttp.ClientConnectionError("too late")

    trace = aiohttp.TraceConfig()
    trace.on_connection_create_end.append(refuse)
    connections = Outgoing().connector()
    url = yarl.URL(f"http://127.0.0.1:{server.port}/")
    connector = SpareConnector(connections, url, aiohttp.ClientTimeout())
    async with aiohttp.ClientSession(connector=connector, trace_configs=[trace]) as session:
        connector.expect()
        with pytest.raises(aiohttp.ClientConnectionError, match="too late"):
            await session.post(url)
    assert server.requests == []


async def test_spare_connections_are_few(server: CountingServer, client: ModelHunterClient) -> None:
    """A crowd of commands opens no more in advance than some, and all are sent."""
    for _ in range(3 * MOST_SPARES):
        client.expect_create()
    await server.until_connections(MOST_SPARES)

    await asyncio.gather(*(create(client) for _ in range(2 * MOST_SPARES)))

    assert sorted(server.requests) == list(range(2 * MOST_SPARES))
    assert len(server.connections) == 2 * MOST_SPARES


async def test_a_closed_client_leaves_no_spare_connection(server: CountingServer) -> None:
    """Those that are being opened are given up too."""
    async with _client_of(server.port) as client:
        client.expect_create()
        await server.until_connections(1)
        client.expect_create()
    await server.until_closed(0)
    assert asyncio.all_tasks() == {
        task for task in asyncio.all_tasks() if task.get_name() != "spare connection"
    }


async def test_a_create_on_a_spare_connection_that_breaks_has_an_unknown_outcome(
    server: CountingServer, client: ModelHunterClient
) -> None:
    """The server has read it, so it may have been carried out: it is not sent again."""
    server.is_cutting = True
    client.expect_create()
    await server.until_connections(1)

    with pytest.raises(OutcomeUnknown):
        await create(client)

    assert server.requests == [0]


async def test_a_create_whose_connection_is_refused_while_it_waits_was_not_sent() -> None:
    """Its outcome is known."""
    with closed_port() as port:
        async with _client_of(port) as client:
            client.expect_create()
            with pytest.raises(NotProcessed):
                await create(client)


async def test_a_connection_that_is_refused_while_a_request_waits_for_it_is_its_only_try() -> None:
    """An attempt to connect that was begun in advance is its own, or it would take twice as long."""
    attempts: list[AddrInfoType] = []

    def open_socket(address: AddrInfoType) -> socket.socket:
        attempts.append(address)
        return socket.socket(address[0], address[1], address[2])

    with closed_port() as port:
        url = yarl.URL(f"http://127.0.0.1:{port}/")
        connections = Outgoing().connector(socket_factory=open_socket)
        connector = SpareConnector(connections, url, aiohttp.ClientTimeout())
        async with aiohttp.ClientSession(connector=connector) as session:
            connector.expect()
            with pytest.raises(aiohttp.ClientConnectorError):
                await session.post(url)
    assert len(attempts) == 1


async def test_a_spare_connection_that_could_not_be_opened_is_no_answer(
    server: CountingServer,
) -> None:
    """The create tries by itself, and finds the server that is back."""
    with closed_port() as port:
        connections = Outgoing().connector()
        connector = SpareConnector(
            connections, yarl.URL(f"http://127.0.0.1:{port}"), aiohttp.ClientTimeout()
        )
        connector.expect()
        await asyncio.sleep(0.05)  # refused by then
        async with aiohttp.ClientSession(connector=connector) as session:
            with pytest.raises(aiohttp.ClientConnectorError):
                await session.post(f"http://127.0.0.1:{port}/")
            async with session.post(f"http://127.0.0.1:{server.port}/") as response:
                assert response.status == 202


async def test_a_cancelled_create_leaves_no_connection_open(client: ModelHunterClient) -> None:
    """A stop while the connection is being opened closes it."""
    client.expect_create()
    waiting = asyncio.ensure_future(create(client))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert not [t for t in asyncio.all_tasks() if t.get_name() == "spare connection"]
