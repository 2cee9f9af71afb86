"""Connections: what a POST waits for at a distance, and how often its outcome is unknown.

Three ways: a connection for each, a kept one (as the naive bot's session has), and the bot's, which is
a spare one that was opened while the row was written and Discord took the answer, or one on which
another POST was answered within the last half second.
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
from bot.outgoing.spare_connections import REUSED_WITHIN
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
_NOTES = {
    "own": "a connection of its own, naive: a kept one, at the server's limit",
    "spare": "a spare connection, naive: a kept one, at the server's limit",
    "reused": "one just answered on, naive: a kept one, at the server's limit",
}


class _Way:
    """One way to connect: a session, and what is done in advance of a POST."""

    def __init__(self, url: yarl.URL, connector: aiohttp.BaseConnector) -> None:
        self._url = url
        self._session = aiohttp.ClientSession(connector=connector)
        self._expect = connector.expect if isinstance(connector, SpareConnector) else None

    async def post(self, idle: float) -> float:
        """POST *idle* seconds from now, which the last moments announce; return the seconds of it."""
        await asyncio.sleep(max(0.0, idle - _UNTIL_POST))
        if self._expect is not None:
            self._expect()
        await asyncio.sleep(min(idle, _UNTIL_POST))
        begun = time.monotonic()
        async with self._session.post(self._url, json={"prompt": "a fox"}) as response:
            await response.read()
        return time.monotonic() - begun

    async def close(self) -> None:
        """Close its connections."""
        await self._session.close()


def _ways(url: yarl.URL, outgoing: Outgoing) -> dict[str, Callable[[], _Way]]:
    def spare() -> _Way:
        return _Way(url, SpareConnector(outgoing.connector(), url, aiohttp.ClientTimeout()))

    return {
        "own": lambda: _Way(url, aiohttp.TCPConnector(ssl=outgoing.tls, force_close=True)),
        "kept": lambda: _Way(url, outgoing.connector()),
        "spare": spare,
    }


async def rows() -> list[Row]:
    """Measure the three ways, one after the other."""
    async with _distant_server() as (url, outgoing):
        ways = _ways(url, outgoing)
        took = {name: await _median_seconds(way, _UNTIL_POST) for name, way in ways.items()}
        took["reused"] = await _median_seconds(ways["spare"], 0.0)
        edge = (_KEEP_ALIVE - _EDGE, _KEEP_ALIVE + _EDGE)
        unknown = {name: await _unknown(way, edge) for name, way in ways.items()}
        unknown["reused"] = await _unknown(ways["spare"], (0.0, REUSED_WITHIN + _EDGE))
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
        for way, note in _NOTES.items()
    ]


def _doubt_rows(unknown: dict[str, float]) -> list[Row]:
    name = "POSTs of unknown outcome in 1,000"
    return [
        Row(name=name, note=note, unit="", goal=NONE, naive=unknown["kept"], ours=unknown[way])
        for way, note in _NOTES.items()
    ]


async def _median_seconds(open_way: Callable[[], _Way], idle: float) -> float:
    way = open_way()
    try:
        times = [await way.post(idle) for _ in range(_POSTS)]
    finally:
        await way.close()
    return statistics.median(times[1:])  # the first opens what is kept


async def _unknown(open_way: Callable[[], _Way], idle: tuple[float, float]) -> float:
    """Return how many of 1,000 POSTs broke after they may have been sent.

    Each is sent so many seconds after the one before was answered, at least and at most.
    """
    randomness = random.Random(1)
    broken = 0

    async def client() -> None:
        nonlocal broken
        way = open_way()
        try:
            for _ in range(_ROUNDS):
                try:
                    await way.post(randomness.uniform(*idle))
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
