"""Fault effects: the middleware that makes calls fail as the fault table says."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from sandbox.modelhunter import list_faults
from sandbox.modelhunter.errors import ApiError
from sandbox.modelhunter.faults import ApiFaultEffect, ApiFaults
from sandbox.modelhunter.streamed import HungUp, StreamedResponse

Sleep = Callable[[float], Awaitable[None]]

# Bytes; larger than any real answer of an API, small enough to send in a test.
HUGE = 32 * 1024 * 1024
_CHUNK = b" " * 65536
_TASK_ID = b"{task_id}"


def fault_middleware(faults: ApiFaults, sleep: Sleep, relative: Callable[[str], str]) -> Middleware:
    """Return a middleware that asks *faults* about the *relative* path of each call."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        effect = faults.strike(request.method, relative(request.path))
        if effect is None:
            return await handler(request)
        genuine = await _carry_out(request, handler, effect) if effect.reaches_the_api else None
        if effect.delay:
            await sleep(effect.delay)
        if effect.cut in ("before", "after"):
            return hang_up(request)
        return _answer(request, effect, genuine)

    return middleware


async def _carry_out(
    request: web.Request, handler: Handler, effect: ApiFaultEffect
) -> web.StreamResponse:
    if effect.listing is None:
        return await handler(request)
    query = dict(list_faults.asked(request.query, effect.listing))
    genuine = await handler(request.clone(rel_url=request.rel_url.with_query(query)))
    body = _bytes_of(genuine)
    if genuine.status != 200 or body is None:  # what is refused has no page
        return genuine
    page = json.loads(body)
    tasks, pagination = list_faults.spoiled(
        page["data"], page["pagination"], request.query, effect.listing
    )
    return web.json_response({**page, "data": tasks, "pagination": pagination})


def hang_up(request: web.Request) -> web.StreamResponse:
    """Reset the connection; the response that is returned can't be sent any more."""
    if request.transport is not None:
        request.transport.abort()
    return HungUp()


def _answer(
    request: web.Request, effect: ApiFaultEffect, genuine: web.StreamResponse | None
) -> web.StreamResponse:
    if effect.cut == "middle" and isinstance(genuine, web.Response):
        return _half(request, genuine)
    if genuine is not None and effect.status is None and effect.body is None:
        genuine.headers.update(effect.headers)
        return genuine
    status = effect.status or (genuine.status if genuine is not None else 200)
    body, content_type = _body(effect, status, genuine)
    if isinstance(body, bytes):
        body = body.replace(_TASK_ID, request.path.rpartition("/")[2].encode())
    return web.Response(
        status=status, body=body, headers={"Content-Type": content_type, **effect.headers}
    )


def _body(
    effect: ApiFaultEffect, status: int, genuine: web.StreamResponse | None
) -> tuple[bytes | AsyncIterator[bytes], str]:
    """Return what is sent in place of the genuine answer, and its content type."""
    envelope = json.dumps(ApiError(status, effect.code, effect.message).envelope()).encode()
    match effect.body:
        case bytes():
            return effect.body, effect.content_type
        case "html":
            page = (
                f"<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>"
            )
            return page.encode(), "text/html"
        case "truncated":
            whole = _bytes_of(genuine) or envelope
            return whole[: len(whole) // 2], "application/json"
        case "huge":
            return _huge(), "application/json"
        case "wrong-type":
            return b'{"success": "yes", "data": [17, "nonsense"]}', "application/json"
        case None:
            return envelope, "application/json"


def _bytes_of(response: web.StreamResponse | None) -> bytes | None:
    body = response.body if isinstance(response, web.Response) else None
    return bytes(body) if isinstance(body, bytes | bytearray) else None


async def _huge() -> AsyncIterator[bytes]:
    """Yield well-formed JSON that is far too long."""
    yield b'{"success": true, "data": {"id": "'
    for _ in range(HUGE // len(_CHUNK)):
        yield _CHUNK
    yield b'"}}'


def _half(request: web.Request, genuine: web.Response) -> web.Response:
    """Return *genuine* with its whole length announced, cut off after half of it."""
    length = genuine.content_length or 0

    async def first_half() -> AsyncIterator[bytes]:
        left = length // 2
        async for chunk in _chunks(genuine):
            yield chunk[:left]
            left -= len(chunk)
            if left <= 0:
                break
        if request.transport is not None:
            # Closing still sends the half; an abort might lose all of it.
            request.transport.close()
        raise ConnectionResetError("cut in the middle")

    return StreamedResponse(first_half, length, genuine.content_type)


async def _chunks(response: web.Response) -> AsyncIterator[bytes]:
    if isinstance(response, StreamedResponse):
        async for chunk in response.chunks():
            yield chunk
    else:
        yield _bytes_of(response) or b""
