"""The daily line is said once, whoever says it; the alarm comes once and goes again."""

import asyncio
import logging
from collections.abc import AsyncGenerator
from decimal import Decimal
from pathlib import Path

import pytest

from bot.monitoring.health import Health
from bot.usage.balance_alarm import PACE, BalanceAlarm
from bot.usage.daily_line import KEY, DailyLine
from bot.usage.watch import UsageWatch
from db.engines.engine import open_database
from db.repositories.key_values import KeyValues
from db.repositories.usage import Usage
from db.store import Store
from tests.databases import open_memory_database
from tests.integration.db.repositories.builders import NOON, accepted
from tests.manual_clock import ManualClock
from tests.postgresql import fresh_database

DAY = 86_400.0
LINE = "usage of "


class Watched:
    """A process with its watch, on a clock that is set by hand."""

    def __init__(self, store: Store, clock: ManualClock) -> None:
        self.health = Health()
        usage = Usage(store)
        self.watch = UsageWatch(
            DailyLine(usage, KeyValues(store)),
            BalanceAlarm(usage, self.health),
            clock=clock,
            monotonic=clock,
        )

    async def look(self, balance: str | None = None) -> None:
        """Look once, after a balance was read, if one is given."""
        if balance is not None:
            self.watch.balance_read(Decimal(balance))
        await self.watch.look()


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return the daily lines that were logged."""
    said = [record.getMessage() for record in caplog.records]
    return [line for line in said if line.startswith(LINE)]


@pytest.fixture(autouse=True)
def _log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)


async def test_each_day_is_said_once_over_restarts(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A restart repeats no day, and a day that ended while no process ran is said at the next start."""
    clock = ManualClock(NOON)
    url = f"sqlite:///{tmp_path}/bot.db"
    async with open_database(url) as store:
        await accepted(store, 1)
        await Watched(store, clock).look("10")
        assert lines(caplog) == []
    for hours in (1, 11, 1, 0, 6):
        clock.now += hours * 3600.0
        async with open_database(url) as store:
            one = Watched(store, clock)
            await one.look("9")
            await one.look("8")
    (line,) = lines(caplog)
    assert line.startswith(
        "usage of 2026-09-21 (UTC): 1 job (1 running); $0.00 charged; $0.40 still"
    )
    assert line.endswith("balance is $9.00, $1.00 less than a day before")
    clock.now += 3 * DAY
    async with open_database(url) as store:
        await Watched(store, clock).look("5")
    days = [line.split()[2] for line in lines(caplog)]
    assert days == ["2026-09-21", "2026-09-22", "2026-09-23", "2026-09-24"]
    assert ["balance" in line for line in lines(caplog)] == [True, False, False, True]


@pytest.fixture(params=["sqlite", "postgresql"])
async def url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncGenerator[str]:
    """Yield the address of an empty database that several processes may use."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/bot.db"
        return
    async with fresh_database() as address:
        yield address


async def test_of_several_processes_one_says_the_day(
    url: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Processes that find midnight at once say the day once."""
    clock = ManualClock(NOON)
    async with open_database(url) as one, open_database(url) as two:
        processes = [Watched(store, clock) for store in (one, two, one, two)]
        await asyncio.gather(*(each.look("10") for each in processes))
        for _ in range(3):
            clock.now += DAY
            await asyncio.gather(*(each.look("10") for each in processes))
    assert len(lines(caplog)) == 3


async def test_the_line_waits_a_minute_for_the_balance(caplog: pytest.LogCaptureFixture) -> None:
    """A start after midnight says the line with the balance, and without one if none comes."""
    clock = ManualClock(NOON)
    async with open_memory_database() as store:
        await Watched(store, clock).look("10")
        clock.now += DAY
        restarted = Watched(store, clock)
        await restarted.look()
        assert lines(caplog) == []
        clock.now += 60
        await restarted.look()
    (line,) = lines(caplog)
    assert "balance" not in line


async def test_a_clock_that_goes_back_repeats_no_day(caplog: pytest.LogCaptureFixture) -> None:
    """A machine whose clock was set back has said those days already."""
    clock = ManualClock(NOON)
    async with open_memory_database() as store:
        await Watched(store, clock).look("10")
        clock.now += DAY
        await Watched(store, clock).look("10")
        clock.now -= 2 * DAY
        await Watched(store, clock).look("10")
        clock.now += 2 * DAY
        await Watched(store, clock).look("10")
    assert len(lines(caplog)) == 1


async def test_an_odd_value_costs_one_line(caplog: pytest.LogCaptureFixture) -> None:
    """What another program stored under the name is written over."""
    clock = ManualClock(NOON)
    async with open_memory_database() as store:
        await KeyValues(store).put_value(KEY, "odd")
        for _ in range(2):
            await Watched(store, clock).look("10")
            clock.now += DAY
        await Watched(store, clock).look("10")
    assert len(lines(caplog)) == 2


async def test_the_alarm_is_said_once_and_ends_by_itself(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """`/readyz` has it while the balance is below a usual day, the log once; no amount is in `/readyz`."""
    clock = ManualClock(NOON)
    async with open_memory_database() as store:
        one = Watched(store, clock)
        for number in range(1, 4):
            await accepted(store, number, created_at=NOON - number * DAY)
        await one.look("0.40")
        assert one.health.problem(PACE) is None
        for balance in ("0.39", "0.38", "0.10"):
            await one.look(balance)
            assert one.health.problems() == (
                "The ModelHunter balance covers less than a day at the usual pace: top it up.",
            )
        warnings = [record for record in caplog.records if record.levelno == logging.WARNING]
        assert [record.getMessage() for record in warnings] == [
            "The ModelHunter balance covers less than a day at the usual pace: top it up."
            " It is $0.39, and a day has cost $0.40, the mean of 3."
        ]
        await one.look("50")
        assert one.health.problems() == ()


async def test_a_balance_that_is_not_reported_is_no_alarm() -> None:
    """What is not known is not said."""
    clock = ManualClock(NOON)
    async with open_memory_database() as store:
        one = Watched(store, clock)
        for number in range(1, 4):
            await accepted(store, number, created_at=NOON - number * DAY)
        await one.look("0.01")
        assert one.health.problem(PACE) is not None
        one.watch.balance_read(None)
        await one.look()
        assert one.health.problem(PACE) is None
