"""Connections: what a POST waits for at a distance, and how often its outcome is unknown.

Three ways: a connection for each, a kept one (as the naive bot's session has), and a spare one that
was opened while the row was written and Discord took the answer.
"""

import asyncio
import contextlib
import random
import statistics
import tempfile
import time
from collections.abc import AsyncGenerator, Callable
from pathlib import Path

import aiohttp
import yarl
from aiohttp import web

from bot.outgoing import Outgoing, SpareConnector, tls_context
from tests.benchmarks.authority import write_authority
from tests.benchmarks.distant_network import open_distance
from tests.benchmarks.rows import NO_GOAL, NONE, Row

ROUND_TRIP = 0.1  # seconds
_POSTS = 20
# Seconds from a command to its POST: the row, and Discord's answer to the interaction.
_UNTIL_POST = 0.25
_KEEP_ALIVE = 1.0  # seconds after which the server closes an idle connection
_CLIENTS, _ROUNDS = 50, 10
_EDGE = 0.15  # POSTs are sent so many seconds around the moment at which it does


class _Way:
    """One way to connect: a session, and what is done in advance of a POST."""

    def __init__(self, url: yarl.URL, connector: aiohttp.BaseConnector) -> None:
        self._url = url
        self._session = aiohttp.ClientSession(connector=connector)
        self._expect = connector.expect if isinstance(connector, SpareConnector) else None

    async def post(self, idle: float) -> float:
        """POST *idle* seconds from now, which the last moments announce; return the seconds of it."""
        await asyncio.sleep(idle - _UNTIL_POST)
        if self._expect is not None:
            self._expect()
        await asyncio.sleep(_UNTIL_POST)
        begun = time.monotonic()
        async with self._session.post(self._url, json={"prompt": "a fox"}) as response:
            await response.read()
        return time.monotonic() - begun

    async def close(self) -> None:
        """Close its connections."""
        await self._session.close()


def _ways(url: yarl.URL, outgoing: Outgoing) -> dict[str, Callable[[], _Way]]:
    def spare() -> _Way:
        own = outgoing.connector(force_close=True)
        return _Way(url, SpareConnector(own, url, aiohttp.ClientTimeout()))

    return {
        "own": lambda: _Way(url, outgoing.connector(force_close=True)),
        "kept": lambda: _Way(url, outgoing.connector()),
        "spare": spare,
    }


async def rows() -> list[Row]:
    """Measure the three ways, one after the other."""
    async with _distant_server() as (url, outgoing):
        ways = _ways(url, outgoing)
        took = {name: await _median_seconds(way) for name, way in ways.items()}
        unknown = {name: await _unknown(way) for name, way in ways.items()}
    return [*_duration_rows(took), *_doubt_rows(unknown)]


def _duration_rows(took: dict[str, float]) -> list[Row]:
    name = f"POST at {ROUND_TRIP * 1000:g} ms round trip"
    return [
        Row(
            name=name,
            note=note,
            unit="ms",
            goal=NO_GOAL,
            naive=took["kept"] * 1000,
            ours=took[way] * 1000,
        )
        for way, note in (
            ("own", "a connection of its own, naive: a kept one"),
            ("spare", "a spare connection, naive: a kept one"),
        )
    ]


def _doubt_rows(unknown: dict[str, float]) -> list[Row]:
    name = "POSTs of unknown outcome in 1,000, at the server's keep-alive limit"
    return [
        Row(name=name, note=note, unit="", goal=NONE, naive=unknown["kept"], ours=unknown[way])
        for way, note in (
            ("own", "a connection of its own, naive: a kept one"),
            ("spare", "a spare connection, naive: a kept one"),
        )
    ]


async def _median_seconds(open_way: Callable[[], _Way]) -> float:
    way = open_way()
    try:
        times = [await way.post(_UNTIL_POST) for _ in range(_POSTS)]
    finally:
        await way.close()
    return statistics.median(times[1:])  # the first opens what is kept


async def _unknown(open_way: Callable[[], _Way]) -> float:
    """Return how many of 1,000 POSTs broke after they may have been sent."""
    randomness = random.Random(1)
    broken = 0

    async def client() -> None:
        nonlocal broken
        way = open_way()
        try:
            for _ in range(_ROUNDS):
                try:
                    await way.post(_KEEP_ALIVE - _EDGE + randomness.random() * 2 * _EDGE)
                except aiohttp.ClientConnectorError:
                    continue
                except aiohttp.ClientError:
                    broken += 1
        finally:
            await way.close()

    await asyncio.gather(*(client() for _ in range(_CLIENTS)))
    return broken * 1000 / (_CLIENTS * _ROUNDS)


@contextlib.asynccontextmanager
async def _distant_server() -> AsyncGenerator[tuple[yarl.URL, Outgoing]]:
    async def create(request: web.Request) -> web.Response:
        await request.read()
        return web.json_response({"success": True}, status=202)

    application = web.Application()
    application.router.add_post("/", create)
    runner = web.AppRunner(application, keepalive_timeout=_KEEP_ALIVE)
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        file, tls = write_authority(Path(folder))
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls).start()
            target = runner.addresses[0][:2]
            async with open_distance(target, ROUND_TRIP) as port:
                outgoing = Outgoing(tls=tls_context(str(file)))
                yield yarl.URL(f"https://127.0.0.1:{port}/"), outgoing
        finally:
            await runner.cleanup()
