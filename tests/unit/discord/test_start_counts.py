"""Start counts: each start is counted once, whatever happens to the disk and whoever counts with us."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.discord.start_counts import StartCount, StartCounter, read_start_count
from db.errors import StoreFailed
from db.repositories.key_values import KeyValues
from tests.databases import open_memory_database
from tests.manual_clock import NOON, ManualClock

KEY = "session starts"


class FailingDisk(KeyValues):
    """Texts that can't be written for a moment."""

    fails = False

    async def change_value(self, key: str, change: Callable[[str | None], str]) -> None:
        """Write the change, or fail."""
        if self.fails:
            raise StoreFailed("(sqlite3.OperationalError) disk I/O error")
        await super().change_value(key, change)


@pytest.fixture
async def disk() -> AsyncGenerator[FailingDisk]:
    """Return a disk that may fail."""
    async with open_memory_database() as store:
        yield FailingDisk(store)


def counter(disk: KeyValues, clock: Callable[[], float]) -> StartCounter:
    """Return a process's counter."""
    return StartCounter(disk, KEY, kept=3, clock=clock)


async def test_the_starts_of_all_processes_are_counted_once(disk: FailingDisk) -> None:
    """No start of two processes that count at the same time is lost, and the latest are kept."""
    clock = ManualClock()
    one, other = counter(disk, clock), counter(disk, clock)
    await asyncio.gather(*(each.add() for each in (one, other) * 10))
    assert (await one.count()).number == (await other.count()).number == 20
    clock.now += 5
    await one.add()
    assert (await other.count()).latest == (NOON, NOON, NOON + 5)


async def test_a_start_that_is_not_written_counts_and_is_written_later(disk: FailingDisk) -> None:
    """A disk that fails for a moment makes no start look like another bot's."""
    clock = ManualClock()
    one, other = counter(disk, clock), counter(disk, clock)
    await one.add()
    disk.fails = True
    await one.add()
    assert ((await one.count()).number, (await other.count()).number) == (2, 1)
    disk.fails = False
    await one.add()
    assert (await one.count()).number == (await other.count()).number == 3


@given(st.lists(st.floats(0, 2e9), max_size=120))
def test_the_times_of_the_version_before_are_read(times: list[float]) -> None:
    """An upgrade forgets no start of this day."""
    assert read_start_count(json.dumps(times)) == StartCount(number=len(times), latest=tuple(times))


@given(
    st.none()
    | st.text()
    | st.recursive(
        st.none() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    ).map(json.dumps)
)
def test_whatever_is_stored_ends_no_start(stored: str | None) -> None:
    """A row that makes no sense is a count that begins anew."""
    count = read_start_count(stored).plus([NOON], 100)
    assert count.latest[-1] == NOON
    assert read_start_count(count.model_dump_json()) == count
