"""Databases of tests: in memory without a migration of their own, and asked in plain SQL."""

import contextlib
import functools
import sqlite3
from collections.abc import AsyncGenerator
from typing import Any

from sqlalchemy import text

from db.engines import sqlite
from db.engines.migrate import migrate
from db.statements import Statement, Steps
from db.store import Store


@contextlib.asynccontextmanager
async def open_memory_database() -> AsyncGenerator[Store]:
    """Yield an empty database of its own, as `open_database("sqlite://")` does.

    Its tables are copied from a database that was migrated once: Alembic takes 40 ms, which most
    tests would pay.
    """
    connection = sqlite.connect(None)
    _migrated().backup(connection)
    async with sqlite.open_store(connection, None) as store:
        yield store


def sql(statement: str) -> Steps[list[tuple[Any, ...]]]:
    """Return the steps of a statement in plain SQL, whose rows are as the driver gave them."""
    rows = yield Statement(text(statement))()
    return [tuple(row) for row in rows.raw]


async def execute(store: Store, *statements: str) -> None:
    """Execute statements in plain SQL, each a transaction."""
    for statement in statements:
        await store.write(sql(statement))


@functools.cache
def _migrated() -> sqlite3.Connection:
    """Return a database in memory with this program's tables."""
    source = sqlite.connect(None)
    sqlite.make_ready(source, migrate)
    return source
