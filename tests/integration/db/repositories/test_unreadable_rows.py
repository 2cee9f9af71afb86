"""A row that can't be read costs its own job alone."""

import pytest

from db.repositories.claims import Claims
from db.repositories.jobs import JobRepository
from db.store import Store
from tests.databases import execute
from tests.integration.db.repositories.builders import NOON, accepted

# A column and what another version, another program or a damaged disk left in it.
ODD = [
    ("prompt", "cast(x'ff' as text)"),
    ("prompt", "x'00'"),
    ("created_at", "'soon'"),
    ("channel_id", "'there'"),
    ("options", "'[1]'"),
    ("shown_at", "x'01'"),
    ("result_count", "2.5"),
    ("kind", "'hologram'"),
    ("state", "'dreaming'"),
    ("reason", "'a new reason'"),
    ("card_kind", "''"),
    ("cancel_control", "'telepathy'"),
    ("options", "'{'"),
    ("body", "x'ff'"),
    ("price_high", "'a lot'"),
    ("cost", "'a lot'"),
]


async def spoil(store: Store, job_id: int, column: str, value: str) -> None:
    """Write into a row what this program does not read."""
    if store.dialect_name != "sqlite":
        pytest.skip("PostgreSQL refuses most of these")
    await execute(store, f"update jobs set {column} = {value} where id = {job_id}")  # noqa: S608


@pytest.mark.parametrize(("column", "value"), ODD)
async def test_an_unreadable_row_costs_its_own_job_alone(
    store: Store, column: str, value: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Claims, look-ups and lists go on with the others; the row is left as it is, and logged once."""
    for number in (1, 2, 3):
        await accepted(store, number, user_id=7)
    await spoil(store, 2, column, value)
    jobs, two = JobRepository(store), Claims(store, "two")
    await Claims(store, "one").release()
    claimed = await two.owned_among(await two.claim(expired=()))
    assert [job.id for job in claimed] == [1, 3]
    assert [job.id for job in await two.owned_among([1, 2, 3])] == [1, 3]
    assert [job.id for job in await jobs.get_all([1, 2, 3])] == [1, 3]
    assert (await jobs.get(1), await jobs.get(2)) == (claimed[0], None)
    assert {job.id for job in await jobs.recent_of_user(7, 10)} == {1, 3}
    assert await jobs.request_cancel(3, by=7, now=NOON) is not None
    await jobs.request_cancel(2, by=7, now=NOON)
    assert [job.id for job in await two.take_woken()] == [3]
    assert await two.take_woken() == ()
    errors = [record for record in caplog.records if record.levelname == "ERROR"]
    assert len(errors) <= 1
