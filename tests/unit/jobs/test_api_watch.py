"""When the watch asks for the balance, and what it makes of the answer."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from decimal import Decimal

from bot.health import Health
from bot.jobs.api_health import REACH, ApiWatch, note_silence
from bot.modelhunter import ModelHunterClient, Unavailable

from .virtual_time import START, clock, in_virtual_time

MINUTE = 60.0


class ScriptedApi(ModelHunterClient):
    """Tell the balance that a test sets, or raise it, and remember when it was asked for."""

    def __init__(self, balance: Decimal | Exception | None = Decimal(5)) -> None:
        self.told = balance
        self.asked: list[float] = []

    async def balance(self) -> Decimal | None:
        """Answer at once."""
        self.asked.append(round(clock() - START))
        if isinstance(self.told, Exception):
            raise self.told
        return self.told


@contextlib.asynccontextmanager
async def watched(api: ScriptedApi) -> AsyncGenerator[Health]:
    """Keep a watch on the API, and begin ten seconds later."""
    health = Health()
    async with ApiWatch(api, health).kept():
        await asyncio.sleep(10)
        yield health


@in_virtual_time
async def test_all_is_well() -> None:
    """In quiet times the balance is asked for every five minutes."""
    api = ScriptedApi()
    async with watched(api):
        await asyncio.sleep(11 * MINUTE)
    assert api.asked == [0, 300, 600]


@in_virtual_time
async def test_a_report_is_looked_into_at_once() -> None:
    """One call that met a refused connection keeps no command out when the API answers again."""
    api = ScriptedApi()
    async with watched(api) as health:
        note_silence(health)
        await asyncio.sleep(1)
        assert health.problems() == ()
        await asyncio.sleep(MINUTE)
    assert api.asked == [0, 10]


@in_virtual_time
async def test_trouble_is_looked_at_often() -> None:
    """While the API is away it is asked every half a minute, and not for each report."""
    api = ScriptedApi()
    async with watched(api) as health:
        api.told = Unavailable()
        note_silence(health)
        for _ in range(80):
            await asyncio.sleep(1)
            note_silence(health)
        assert health.problem(REACH) is not None
        api.told = Decimal(5)
        await asyncio.sleep(30)
        assert health.problems() == ()
    assert api.asked == [0, 10, 40, 70, 100]


@in_virtual_time
async def test_what_the_watch_itself_finds_is_no_report() -> None:
    """Its own discovery does not make the watch ask again at once."""
    api = ScriptedApi(Unavailable())
    async with watched(api) as health:
        assert health.problem(REACH) is not None
    assert api.asked == [0]
