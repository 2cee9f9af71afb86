"""How often a job costs the database something, from the command to its result."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from unittest.mock import patch

import pytest
from simcord.results import ResponseMessage

from bot.app.build import App
from db.engines.engine import open_database
from db.records import Job, JobState
from db.store import Store
from sandbox.modelhunter import Script
from tests.counting_store import CountingStore
from tests.end_to_end.in_process.stage import Scene


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[CountingStore]:
    """Return the stores that are opened from now on, each of which counts."""
    opened: list[CountingStore] = []

    @asynccontextmanager
    async def counting(url: str) -> AsyncGenerator[Store]:
        async with open_database(url) as store:
            opened.append(CountingStore(store))
            yield opened[-1]

    monkeypatch.setattr("bot.app.build.open_database", counting)
    return opened


@pytest.fixture
def app(counted: list[CountingStore], app: App) -> App:
    """Build the program on a store that counts."""
    assert len(counted) == 1
    return app


async def test_a_short_job_reads_its_row_twice_and_writes_it_six_times(
    scene: Scene, counted: list[CountingStore]
) -> None:
    """From the command to the file on the card a row is read twice and written six times at most."""
    card = await _run_short_job(scene)
    (store,) = counted
    job_id = scene.job_of(card)
    reads = store.of_row(job_id, "SELECT")
    writes = store.of_row(job_id, "INSERT INTO jobs", "UPDATE jobs", "DELETE FROM jobs")
    *until_delivered, closing = writes
    assert closing.startswith("UPDATE jobs SET open=?")
    assert len(reads) <= 2, reads
    assert len(until_delivered) <= 6, until_delivered


async def test_a_short_job_is_built_from_its_request_alone(scene: Scene) -> None:
    """Whatever becomes of it, its record is a copy of the one before or made of its row."""
    build = Job.__init__
    with patch.object(Job, "__init__", autospec=True, side_effect=build) as built:
        await _run_short_job(scene)
    assert built.call_count == 1


async def _run_short_job(scene: Scene) -> ResponseMessage:
    """Return the card of a job whose task ends at the first look, after all has been done for it."""
    scene.api.scripts.next(Script.quick(0))
    card = await scene.ask("image")
    await scene.until_taken()
    await scene.pass_time(2.0, card)
    await scene.until_state(card, JobState.DELIVERED)
    await scene.until(lambda: "0 in flight" in repr(scene.app.due_times), "rest")
    return card
