"""Each request of a session is measured once, however it ends."""

import asyncio
from collections.abc import AsyncGenerator

import aiohttp
import pytest
import yarl
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.outgoing.measured_calls import Outcome, measure_calls, outcome_of


async def _answer(request: web.Request) -> web.Response:
    status = request.match_info["status"]
    if status == "cut":
        assert request.transport is not None
        request.transport.abort()
    elif status == "never":
        await asyncio.sleep(30)
    return web.Response(status=int(status) if status.isdecimal() else 200)


@pytest.fixture
async def server() -> AsyncGenerator[TestServer]:
    """Serve an address for each status, one that cuts the connection, and one without an answer."""
    application = web.Application()
    application.router.add_route("*", "/{status}", _answer)
    server = TestServer(application)
    async with server:
        yield server


@pytest.mark.parametrize(
    ("path", "outcome"),
    [
        ("200", "ok"),
        ("204", "ok"),
        ("404", "refused"),
        ("429", "rate_limited"),
        ("500", "failed"),
        ("503", "failed"),
        ("cut", "no_answer"),
        ("never", "no_answer"),
    ],
)
async def test_a_request_is_measured_by_its_outcome(
    server: TestServer, path: str, outcome: str
) -> None:
    """Its status says how it ended; one that is cut off or given up has no answer."""
    seen: list[tuple[str, str, float]] = []
    times = iter(range(100))
    trace = measure_calls(
        aiohttp.TraceConfig(),
        lambda *call: seen.append(call),
        name_of=lambda method, url: f"{method} {url.path}",
        monotonic=lambda: float(next(times)),
    )
    async with aiohttp.ClientSession(trace_configs=[trace]) as session:
        try:
            async with asyncio.timeout(0.3), session.delete(server.make_url(path)) as response:
                await response.read()
        except (TimeoutError, aiohttp.ClientError):
            assert outcome == "no_answer"

    assert seen == [(f"DELETE /{path}", outcome, 1.0)]


async def test_a_refused_connection_is_measured(unused_tcp_port: int) -> None:
    """Where nothing listens there is no answer."""
    seen: list[str] = []
    trace = measure_calls(
        aiohttp.TraceConfig(),
        lambda _call, outcome, _seconds: seen.append(outcome),
        name_of=lambda _method, _url: "any",
        monotonic=lambda: 0.0,
    )
    async with aiohttp.ClientSession(trace_configs=[trace]) as session:
        with pytest.raises(aiohttp.ClientConnectorError):
            await session.get(yarl.URL.build(scheme="http", host="127.0.0.1", port=unused_tcp_port))
    assert seen == ["no_answer"]


def test_every_status_has_an_outcome() -> None:
    """No status is without an outcome, and there are no more of them than five."""
    outcomes = {status: outcome_of(status) for status in range(100, 600)}
    assert {status for status, outcome in outcomes.items() if outcome is Outcome.OK} == set(
        range(100, 400)
    )
    assert [s for s, outcome in outcomes.items() if outcome is Outcome.RATE_LIMITED] == [429]
    assert {s for s, outcome in outcomes.items() if outcome is Outcome.FAILED} == set(
        range(500, 600)
    )
