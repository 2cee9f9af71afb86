"""What becomes of a call whose answer is cut, endless or no HTTP."""

import contextlib

import pytest
from aiohttp import web
from pydantic import SecretStr

from bot.modelhunter import (
    Malformed,
    ModelHunterClient,
    OutcomeUnknown,
    Unavailable,
    open_client,
)
from tests.integration.modelhunter.script import (
    CALLS,
    KEY,
    Respond,
    Script,
    create,
    serve_bytes,
)


async def _cut_at_once(request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def _cut_within_the_body(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(status=202, headers={"Content-Length": "500"})
    await response.prepare(request)
    await response.write(b'{"success": true, "data": {"id": "task_1"')
    assert request.transport is not None
    request.transport.close()
    return response


async def _endless(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(status=202)
    await response.prepare(request)
    with contextlib.suppress(ConnectionError):
        for _ in range(1000):
            await response.write(b" " * 100_000)
    return response


async def _bad_compression(_: web.Request) -> web.StreamResponse:
    return web.Response(body=b"this is not gzip", headers={"Content-Encoding": "gzip"})


BROKEN = [_cut_at_once, _cut_within_the_body, _bad_compression]


@pytest.mark.parametrize("respond", [*BROKEN, _endless])
async def test_a_create_whose_answer_breaks_off(
    script: Script, client: ModelHunterClient, respond: Respond
) -> None:
    """A create whose answer breaks off or never ends was read by the server: it may exist."""
    script.respond = respond

    with pytest.raises(OutcomeUnknown):
        await create(client)

    assert len(script.asked) == 1


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("respond", BROKEN)
async def test_a_read_whose_answer_breaks_off(
    script: Script, client: ModelHunterClient, call: str, respond: Respond
) -> None:
    """A read whose answer breaks off means: try later."""
    script.respond = respond

    with pytest.raises(Unavailable) as caught:
        await CALLS[call](client)

    assert (caught.value.status, caught.value.retry_after) == (None, None)


@pytest.mark.parametrize("call", CALLS)
async def test_a_read_without_an_end(script: Script, client: ModelHunterClient, call: str) -> None:
    """An answer without an end is given up at the cap, not collected."""
    script.respond = _endless

    with pytest.raises(Malformed):
        await CALLS[call](client)


@pytest.mark.parametrize(
    "raw",
    [b"", b"SSH-2.0-OpenSSH_9\r\n", b"HTTP/1.1 200 OK\r\nbad header\r\n\r\n", b"\x15\x03\x01"],
)
async def test_a_server_of_another_protocol(raw: bytes) -> None:
    """A server that speaks no HTTP makes a read "try later" and a create "unknown"."""
    async with await serve_bytes(raw) as server:
        port = server.sockets[0].getsockname()[1]
        async with open_client(f"http://127.0.0.1:{port}", SecretStr(KEY)) as client:
            with pytest.raises(Unavailable):
                await client.get_task("task_1")
            with pytest.raises(OutcomeUnknown):
                await create(client)
