"""What becomes of a call that gets no connection or no answer in time."""

import asyncio
import contextlib

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from pydantic import SecretStr

from bot.modelhunter import (
    ModelHunterClient,
    NotProcessed,
    OutcomeUnknown,
    Timeouts,
    Unavailable,
    open_client,
)
from tests.integration.modelhunter.script import (
    CALLS,
    KEY,
    Script,
    client_of,
    closed_port,
    create,
)


async def test_a_refused_connection_proves_that_no_task_was_made() -> None:
    """A connection that never came about proves that nothing was taken."""
    with closed_port() as port:
        async with open_client(f"http://127.0.0.1:{port}", SecretStr(KEY)) as client:
            with pytest.raises(NotProcessed) as caught:
                await create(client)
            with pytest.raises(Unavailable):
                await client.get_task("task_1")

    assert (caught.value.status, caught.value.retry_after) == (None, None)


async def plain_server(*, answers: bool) -> asyncio.Server:
    """Serve on loopback without TLS: answer the first bytes in plain text, or not at all."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        if answers:
            writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        else:
            await reader.read()
        writer.close()

    return await asyncio.start_server(handle, "127.0.0.1", 0)


@pytest.mark.parametrize(
    ("answers", "cause"),
    [(True, aiohttp.ClientConnectorSSLError), (False, aiohttp.ConnectionTimeoutError)],
)
async def test_a_failed_handshake_proves_that_no_task_was_made(
    answers: bool, cause: type[Exception]
) -> None:
    """A server that speaks no TLS, or never ends the handshake, was sent nothing of the request."""
    async with await plain_server(answers=answers) as server:
        port = server.sockets[0].getsockname()[1]
        url, timeouts = f"https://127.0.0.1:{port}", Timeouts(connect=0.2)
        async with open_client(url, SecretStr(KEY), timeouts=timeouts) as client:
            with pytest.raises(NotProcessed) as caught:
                await create(client)
    assert caught.value.__cause__ is not None
    assert isinstance(caught.value.__cause__.__cause__, cause)


async def test_a_call_that_takes_too_long(script: Script, server: TestServer) -> None:
    """A server that takes too long makes a read "try later" and a create "unknown"."""
    release = asyncio.Event()

    async def hang(_: web.Request) -> web.StreamResponse:
        await release.wait()
        return web.Response()

    script.respond = hang
    async with client_of(server, Timeouts(read=0.05, create=0.05)) as client:
        for call in CALLS.values():
            with pytest.raises(Unavailable):
                await call(client)
        with pytest.raises(OutcomeUnknown):
            await create(client)
    release.set()


async def test_the_timeout_is_for_the_whole_answer(script: Script, server: TestServer) -> None:
    """A byte now and then does not stretch the timeout."""

    async def drip(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        with contextlib.suppress(ConnectionError):
            while True:
                await response.write(b" ")
                await asyncio.sleep(0.01)
        return response

    script.respond = drip
    async with client_of(server, Timeouts(read=0.1)) as client:
        with pytest.raises(Unavailable):
            await client.get_task("task_1")


async def test_a_create_without_a_free_connection(script: Script, server: TestServer) -> None:
    """A create that waited in vain for a connection never left."""
    release, arrived = asyncio.Event(), asyncio.Event()

    async def hang(_: web.Request) -> web.StreamResponse:
        arrived.set()
        await release.wait()
        return web.json_response({"success": True, "data": {"id": "task_1"}}, status=202)

    script.respond = hang
    # Long enough for the first one's own connection on a busy machine.
    async with client_of(server, Timeouts(connect=0.5), connections=1) as client:
        first = asyncio.ensure_future(create(client))
        arrival = asyncio.create_task(arrived.wait(), name="arrival")
        await asyncio.wait({first, arrival}, return_when=asyncio.FIRST_COMPLETED)
        assert not first.done(), first
        with pytest.raises(NotProcessed):
            await create(client)
        release.set()
        await first

    assert len(script.asked) == 1


async def test_a_cancelled_call_passes_the_cancellation_on(
    script: Script, client: ModelHunterClient
) -> None:
    """Cancelling the caller is no error of the API."""
    arrived, release = asyncio.Event(), asyncio.Event()

    async def hang(_: web.Request) -> web.StreamResponse:
        arrived.set()
        await release.wait()
        return web.Response()

    script.respond = hang
    waiting = asyncio.ensure_future(create(client))
    await arrived.wait()
    waiting.cancel()

    with pytest.raises(asyncio.CancelledError):
        await waiting
    release.set()
