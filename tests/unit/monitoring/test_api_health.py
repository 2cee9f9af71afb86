"""When the watch asks for the balance, and what it makes of the answer."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from datetime import datetime
from decimal import Decimal

import pytest

from bot.modelhunter import ModelHunterClient, OperatorMustAct, TaskPage, Unavailable
from bot.monitoring.api_gate import ACCOUNT, BALANCE, PERMISSION, REACH, ApiGate, Barrier
from bot.monitoring.api_health import ApiWatch
from bot.monitoring.api_refusals import Route
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

    async def list_tasks(
        self,
        *,
        start: datetime | None = None,  # noqa: ARG002
        cursor: str | None = None,  # noqa: ARG002
        limit: int = 100,  # noqa: ARG002
    ) -> TaskPage:
        """Answer as the balance does."""
        if isinstance(self.told, Exception):
            raise self.told
        return TaskPage(tasks=(), cursor=None, has_more=False)


@contextlib.asynccontextmanager
async def watched(api: ScriptedApi) -> AsyncGenerator[tuple[Health, ApiGate]]:
    """Keep a watch on the API, and begin ten seconds later."""
    health = Health()
    gate = ApiGate(health, monotonic=clock)
    async with ApiWatch(api, gate).running():
        await asyncio.sleep(10)
        yield health, gate


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
    async with watched(api) as (health, gate):
        gate.unreachable()
        await asyncio.sleep(1)
        assert health.problems() == ()
        await asyncio.sleep(MINUTE)
    assert api.asked == [0, 10]


@in_virtual_time
async def test_an_unreachable_api_is_checked_every_half_minute() -> None:
    """While the API is away it is asked every half a minute, and not for each report."""
    api = ScriptedApi()
    async with watched(api) as (health, gate):
        api.told = Unavailable()
        gate.unreachable()
        for _ in range(80):
            await asyncio.sleep(1)
            gate.unreachable()
        assert health.problem(REACH) is not None
        api.told = Decimal(5)
        await asyncio.sleep(30)
        assert health.problems() == ()
    assert api.asked == [0, 10, 40, 70, 100]


@in_virtual_time
async def test_a_problem_the_watch_found_is_no_report() -> None:
    """Its own discovery does not make the watch ask again at once."""
    api = ScriptedApi(Unavailable())
    async with watched(api) as (health, _gate):
        assert health.problem(REACH) is not None
    assert api.asked == [0]


ROUTE = Route("vidu/text-to-video", "vidu-q2")
PRICE = Decimal("0.40")
CENT = Decimal("0.01")
CHECKS = {401: ACCOUNT, 402: BALANCE, 403: PERMISSION}


def refuse(gate: ApiGate, status: int) -> None:
    """Report that the API refused a create."""
    gate.refused(ROUTE, PRICE, OperatorMustAct(status=status, code=None))


@in_virtual_time
async def test_a_key_that_is_accepted_again() -> None:
    """Any balance shows that the key is taken, so a 401 is over."""
    async with watched(ScriptedApi(None)) as (health, gate):
        refuse(gate, 401)
        await asyncio.sleep(1)
        assert health.problems() == ()


@pytest.mark.parametrize("balance", ["0", "-0.5"])
def test_a_spent_balance_stays_reported(balance: str) -> None:
    """While there is nothing to pay with, a 402 stays reported, however often the balance is read."""
    _see_that_a_spent_balance_stays_told(Decimal(balance))


@in_virtual_time
async def _see_that_a_spent_balance_stays_told(balance: Decimal) -> None:
    api = ScriptedApi(balance)
    async with watched(api) as (health, gate):
        refuse(gate, 402)
        await asyncio.sleep(60 * MINUTE)
        assert health.problem(BALANCE) is not None
        api.told = balance + Decimal("0.1")
        await asyncio.sleep(31)
        assert health.problems() == ()


@in_virtual_time
async def test_a_topped_up_balance_ends_a_402() -> None:
    """A 402 with money left is over as soon as there is more of it."""
    api = ScriptedApi(Decimal("0.02"))
    async with watched(api) as (health, gate):
        refuse(gate, 402)
        await asyncio.sleep(MINUTE)
        assert health.problem(BALANCE) is not None
        api.told = Decimal(20)
        await asyncio.sleep(30)
        assert health.problems() == ()


@pytest.mark.parametrize(
    ("status", "balance"), [(402, PRICE), (402, None), (403, Decimal(5)), (403, None)]
)
def test_a_refusal_that_no_balance_disproves(
    status: int, balance: Decimal | None, caplog: pytest.LogCaptureFixture
) -> None:
    """A refusal that no balance can disprove stays for five minutes, and is logged once in them."""
    _see_that_it_stands(status, balance)
    assert len([it for it in caplog.records if it.levelname == "ERROR"]) == 1


@in_virtual_time
async def _see_that_it_stands(status: int, balance: Decimal | None) -> None:
    async with watched(ScriptedApi(balance)) as (health, gate):
        for _ in range(29):
            refuse(gate, status)
            await asyncio.sleep(10)
            assert health.problem(CHECKS[status]) is not None
        await asyncio.sleep(330)
        assert health.problems() == ()


@in_virtual_time
async def test_a_balance_that_never_rises_is_tried_again() -> None:
    """Another limit than the balance may have been meant: after a day the next request tries."""
    async with watched(ScriptedApi(Decimal("0.02"))) as (_, gate):
        refuse(gate, 402)
        await asyncio.sleep(23 * 60 * MINUTE)
        assert gate.barrier(ROUTE, PRICE) is Barrier.PRICE
        assert gate.barrier(ROUTE, PRICE - CENT) is None
        await asyncio.sleep(61 * MINUTE)
        assert gate.barrier(ROUTE, PRICE) is None
