"""When the watch asks for the balance, and what it makes of the answer."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from decimal import Decimal

import pytest

from bot.modelhunter import ModelHunterClient, OperatorMustAct, Unavailable
from bot.monitoring.api_health import ACCOUNT, REACH, ApiWatch, report_refusal, report_unreachable
from bot.monitoring.health import Health
from tests.virtual_time import START, clock, in_virtual_time

MINUTE = 60.0


class ScriptedApi(ModelHunterClient):
    """Return the balance that a test sets, or raise it, and remember when it was asked for."""

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
    async with ApiWatch(api, health, monotonic=clock).running():
        await asyncio.sleep(10)
        yield health


@in_virtual_time
async def test_the_balance_is_asked_for_every_five_minutes() -> None:
    """In quiet times the balance is asked for every five minutes."""
    api = ScriptedApi()
    async with watched(api):
        await asyncio.sleep(11 * MINUTE)
    assert api.asked == [0, 300, 600]


@in_virtual_time
async def test_a_reported_problem_is_checked_at_once() -> None:
    """One call that met a refused connection keeps no command out when the API answers again."""
    api = ScriptedApi()
    async with watched(api) as health:
        report_unreachable(health)
        await asyncio.sleep(1)
        assert health.problems() == ()
        await asyncio.sleep(MINUTE)
    assert api.asked == [0, 10]


@in_virtual_time
async def test_an_unreachable_api_is_checked_every_half_minute() -> None:
    """While the API is away it is asked every half a minute, and not for each report."""
    api = ScriptedApi()
    async with watched(api) as health:
        api.told = Unavailable()
        report_unreachable(health)
        for _ in range(80):
            await asyncio.sleep(1)
            report_unreachable(health)
        assert health.problem(REACH) is not None
        api.told = Decimal(5)
        await asyncio.sleep(30)
        assert health.problems() == ()
    assert api.asked == [0, 10, 40, 70, 100]


@in_virtual_time
async def test_a_problem_the_watch_found_is_no_report() -> None:
    """Its own discovery does not make the watch ask again at once."""
    api = ScriptedApi(Unavailable())
    async with watched(api) as health:
        assert health.problem(REACH) is not None
    assert api.asked == [0]


def refuse(health: Health, status: int) -> None:
    """Report that the API refused a create."""
    report_refusal(health, OperatorMustAct(status=status, code=None))


@in_virtual_time
async def test_a_key_that_is_accepted_again() -> None:
    """Any balance shows that the key is taken, so a 401 is over."""
    async with watched(ScriptedApi(None)) as health:
        refuse(health, 401)
        await asyncio.sleep(1)
        assert health.problems() == ()


@pytest.mark.parametrize("balance", ["0", "-0.5"])
def test_a_spent_balance_stays_reported(balance: str) -> None:
    """While there is nothing to pay with, a 402 stays reported, however often the balance is read."""
    _see_that_a_spent_balance_stays_told(Decimal(balance))


@in_virtual_time
async def _see_that_a_spent_balance_stays_told(balance: Decimal) -> None:
    api = ScriptedApi(balance)
    async with watched(api) as health:
        refuse(health, 402)
        await asyncio.sleep(60 * MINUTE)
        assert health.problem(ACCOUNT) is not None
        api.told = balance + Decimal("0.1")
        await asyncio.sleep(31)
        assert health.problems() == ()


@in_virtual_time
async def test_a_topped_up_balance_ends_a_402() -> None:
    """A 402 with money left is over as soon as there is more of it."""
    api = ScriptedApi(Decimal("0.02"))
    async with watched(api) as health:
        refuse(health, 402)
        await asyncio.sleep(MINUTE)
        assert health.problem(ACCOUNT) is not None
        api.told = Decimal(20)
        await asyncio.sleep(30)
        assert health.problems() == ()


@pytest.mark.parametrize(
    ("status", "balance"), [(402, Decimal("0.02")), (402, None), (403, Decimal(5)), (403, None)]
)
def test_a_refusal_that_no_balance_disproves(
    status: int, balance: Decimal | None, caplog: pytest.LogCaptureFixture
) -> None:
    """A refusal that no balance can disprove stays for five minutes, and is logged once in them."""
    _see_that_it_stands(status, balance)
    assert len([it for it in caplog.records if it.levelname == "ERROR"]) == 1


@in_virtual_time
async def _see_that_it_stands(status: int, balance: Decimal | None) -> None:
    async with watched(ScriptedApi(balance)) as health:
        for _ in range(29):
            refuse(health, status)
            await asyncio.sleep(10)
            assert health.problem(ACCOUNT) is not None
        await asyncio.sleep(45)
        assert health.problems() == ()
