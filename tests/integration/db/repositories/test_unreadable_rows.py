"""A row that can't be read costs its own job alone."""

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from db.repositories.claims import Claims
from db.repositories.jobs import JobRepository
from tests.integration.db.repositories.builders import NOON, accepted

# A column and what another version, another program or a damaged disk left in it.
ODD = [
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


async def spoil(engine: AsyncEngine, job_id: int, column: str, value: str) -> None:
    """Write into a row what this program does not read."""
    if engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL refuses most of these")
    async with engine.begin() as connection:
        await connection.execute(text(f"update jobs set {column} = {value} where id = {job_id}"))  # noqa: S608


@pytest.mark.parametrize(("column", "value"), ODD)
async def test_an_unreadable_row_costs_its_own_job_alone(
    engine: AsyncEngine, column: str, value: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Claims, look-ups and lists go on with the others; the row is left as it is, and logged once."""
    for number in (1, 2, 3):
        await accepted(engine, number, user_id=7)
    await spoil(engine, 2, column, value)
    jobs, two = JobRepository(engine), Claims(engine, "two")
    await Claims(engine, "one").release()
    claimed = await two.claim(expired=(), lease_until=NOON, limit=10)
    assert [job.id for job in claimed] == [1, 3]
    assert [job.id for job in await two.owned()] == [1, 3]
    assert [job.id for job in await jobs.get_all([1, 2, 3])] == [1, 3]
    assert (await jobs.get(1), await jobs.get(2)) == (claimed[0], None)
    assert {job.id for job in await jobs.recent_of_user(7, 10)} == {1, 3}
    assert await jobs.request_cancel(3, by=7, now=NOON) is not None
    await jobs.request_cancel(2, by=7, now=NOON)
    assert [job.id for job in await two.take_woken()] == [3]
    assert await two.take_woken() == ()
    errors = [record for record in caplog.records if record.levelname == "ERROR"]
    assert len(errors) <= 1
