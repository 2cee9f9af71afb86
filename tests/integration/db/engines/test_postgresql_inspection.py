"""A PostgreSQL database is looked at without changing it, beside whatever uses it."""

import asyncpg
from sqlalchemy import make_url

from db.engines.engine import open_database
from db.engines.inspection import Tables
from db.engines.postgresql_inspection import inspect_postgresql
from db.repositories.key_values import KeyValues
from tests.postgresql import empty_database, fresh_database

_TABLES = "select count(*) from pg_class where relkind = 'r' and relname in ('commits', 'jobs')"


async def _count(address: str) -> int:
    connection = await asyncpg.connect(address)
    try:
        return int(await connection.fetchval(_TABLES))
    finally:
        await connection.close()


async def test_a_database_in_use_is_inspected() -> None:
    """Version, tables, size and the time of a commit are known; the bot's next write is made."""
    async with fresh_database() as address, open_database(address) as store:
        facts = await inspect_postgresql(make_url(address))
        await KeyValues(store).put_value("name", "text")
        assert await _count(address) == 1
    assert facts.tables is Tables.READY
    assert facts.engine.startswith("PostgreSQL 1")
    assert facts.size > 1_000_000
    assert facts.commit is not None


async def test_an_empty_database_stays_empty() -> None:
    """No table is made by looking."""
    async with empty_database() as address:
        facts = await inspect_postgresql(make_url(address))
        assert await _count(address) == 0
    assert facts.tables is Tables.NONE
