"""The figures of the database are read seldom, and none is shown that is not of now."""

import asyncio
import datetime
from decimal import Decimal

import pytest
from prometheus_client import CollectorRegistry

from bot.monitoring.database_gauges import FRESH_FOR, DatabaseGauges
from db.errors import StoreFailed
from db.records import JobKind, JobState
from db.repositories.figures import Figures, Spent
from tests.manual_clock import NOON, ManualClock

FIGURES = Figures(
    open_jobs={(JobState.FOLLOWING, JobKind.VIDEO): 3},
    undelivered_since=NOON - 90.0,
    spent=[Spent(guild_id=7, settled=True, amount=Decimal("1.5"))],
)


class Database:
    """A database whose figures can be read, or not."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.figures: Figures | Exception = FIGURES
        self.days: list[datetime.date] = []
        self.registry = CollectorRegistry()
        self.gauges = DatabaseGauges(
            self.read, daily_budget=Decimal(20), clock=self.clock, monotonic=self.clock
        )
        self.registry.register(self.gauges)

    async def read(self, day: datetime.date) -> Figures:
        """Return the figures, or raise what there is instead."""
        self.days.append(day)
        await asyncio.sleep(0)
        if isinstance(self.figures, Exception):
            raise self.figures
        return self.figures

    def value(self, name: str, **labels: str) -> float | None:
        """Return a sample of the registry."""
        return self.registry.get_sample_value(f"modelhunter_bot_{name}", labels)


async def test_figures_are_shown_as_metrics() -> None:
    """Jobs by state and kind, the age of the oldest result, the sums and the budget of the day."""
    database = Database()
    await database.gauges.refresh()

    assert database.value("jobs", state="following", kind="video") == 3.0
    assert database.value("oldest_undelivered_seconds") == 90.0
    assert database.value("day_usd", server="7", amount="settled") == 1.5
    assert database.value("daily_budget_usd") == 20.0
    assert database.value("database_readable") == 1.0
    assert database.days == [datetime.datetime.fromtimestamp(NOON, datetime.UTC).date()]


async def test_figures_are_read_once_in_some_seconds() -> None:
    """However many ask at once, the database is asked once; later it is asked again."""
    database = Database()
    await asyncio.gather(*(database.gauges.refresh() for _ in range(20)))
    database.clock.now += FRESH_FOR - 0.5
    await database.gauges.refresh()
    assert len(database.days) == 1

    database.clock.now += 0.5
    await database.gauges.refresh()
    assert len(database.days) == 2


@pytest.mark.parametrize("error", [StoreFailed("locked"), TimeoutError(), OSError(5, "disk")])
async def test_figures_that_can_not_be_read_are_left_out(error: Exception) -> None:
    """An old figure does not pass for a new one, and the metrics say that there is none."""
    database = Database()
    await database.gauges.refresh()
    database.figures = error
    database.clock.now += FRESH_FOR
    await database.gauges.refresh()

    assert database.value("database_readable") == 0.0
    assert database.value("jobs", state="following", kind="video") is None
    assert database.value("oldest_undelivered_seconds") is None
    assert database.value("daily_budget_usd") == 20.0


async def test_no_result_that_waits_is_none_second_old() -> None:
    """Without a result that waits its age is 0, so that an alert has something to compare."""
    database = Database()
    database.figures = Figures(open_jobs={}, undelivered_since=None, spent=())
    await database.gauges.refresh()
    assert database.value("oldest_undelivered_seconds") == 0.0
