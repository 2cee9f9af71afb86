"""The measured store does what the store does, and reports each call once."""

import asyncio

import pytest

from bot.monitoring.measured_store import MeasuredStore
from db.engines.engine import open_database
from db.errors import AlreadyAccepted, NotBegun, StoreFailed
from db.repositories.key_values import KeyValues
from db.store import Store
from tests.integration.db.repositories.builders import accepted


class Report:
    """What was reported, by a clock that moves a second each time it is read."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str, float]] = []
        self.now = 0.0

    def monotonic(self) -> float:
        """Return the time."""
        self.now += 1.0
        return self.now

    def observe(self, call: str, outcome: str, seconds: float) -> None:
        """Keep what is reported."""
        self.calls.append((call, outcome, seconds))

    def store(self, store: Store) -> MeasuredStore:
        """Return the measured store."""
        return MeasuredStore(store, self.observe, monotonic=self.monotonic)


async def test_calls_of_the_store_are_reported() -> None:
    """What was written is read, each call is reported once, and none is under way afterwards."""
    report = Report()
    async with open_database("sqlite://") as opened:
        store = report.store(opened)
        await KeyValues(store).put_value("a", "1")
        assert await KeyValues(store).get_value("a") == "1"
        await accepted(store)
        assert store.dialect_name == "sqlite"

    assert {(call, outcome) for call, outcome, _ in report.calls} == {
        ("write", "ok"),
        ("read", "ok"),
        ("transaction", "ok"),
    }
    assert {seconds for *_, seconds in report.calls} == {1.0}
    assert store.waiting == 0


class Failing:
    """A store that does nothing but fail."""

    dialect_name = "sqlite"

    def __init__(self, error: BaseException) -> None:
        self._error = error

    async def read(self, steps: object) -> None:
        """Fail."""
        del steps
        raise self._error


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (StoreFailed("disk"), "failed"),
        (OSError(5, "disk"), "failed"),
        (NotBegun("late"), "too_late"),
        (AlreadyAccepted(), "ok"),  # the database works
        (asyncio.CancelledError(), "given_up"),
    ],
)
async def test_a_call_that_fails_is_reported_by_its_error(
    error: BaseException, outcome: str
) -> None:
    """The caller gets the error as it is."""
    report = Report()
    store = report.store(Failing(error))  # type: ignore[arg-type]
    with pytest.raises(type(error)):
        await store.read(iter(()))  # type: ignore[arg-type]
    assert report.calls == [("read", outcome, 1.0)]
    assert store.waiting == 0
