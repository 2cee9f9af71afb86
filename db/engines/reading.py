"""Reading: a database is opened beside the bot that uses it, and nothing of it is changed or made.

A SQLite file is opened as the bot opens it, as the last connection that is closed tidies up the log
beside the file, which one that may only read could not. That no statement writes is seen to by the
pragma of readers, and on PostgreSQL by transactions that only read.
"""

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncGenerator
from functools import partial
from pathlib import Path

from sqlalchemy import URL, text

from db.engines import sqlite
from db.engines.connections import start
from db.engines.database_url import parse_database_url
from db.errors import DatabaseUnusable, StoreFailed
from db.migrations import NEWEST
from db.statements import Statement, only
from db.store import Store

_STEPS = Statement(text("select version_num from alembic_version"))
_OTHER_VERSION = "The database was written by another version of this program: start the bot of this version once."


@contextlib.asynccontextmanager
async def open_for_reading(address: str) -> AsyncGenerator[Store]:
    """Yield a store that only reads, on a database with this program's tables.

    Raises:
        DatabaseUnusable: The text is one sentence for the operator.
    """
    database = parse_database_url(address)
    if database.is_in_memory:
        raise DatabaseUnusable(
            "DATABASE_URL names a database in memory, which no other program has."
        )
    opened = _postgresql(database.url) if database.path is None else _sqlite(database.path)
    async with opened as store:
        await _check_tables(store)
        yield store


@contextlib.asynccontextmanager
async def _sqlite(path: Path) -> AsyncGenerator[Store]:
    readers = await start([await asyncio.to_thread(_connect, path)])
    try:
        yield sqlite.SqliteStore(readers, readers)
    finally:
        await readers.close()


def _connect(path: Path) -> sqlite3.Connection:
    if not path.is_file():  # SQLite would make it
        raise DatabaseUnusable(f"There is no database at {path}: start the bot, which makes it.")
    try:
        return sqlite.connect_reader(path)
    except sqlite3.Error as error:
        raise DatabaseUnusable(f"The database can't be opened: {error}.") from error


@contextlib.asynccontextmanager
async def _postgresql(url: URL) -> AsyncGenerator[Store]:
    # They load the driver, which SQLite does not need.
    from db.engines.postgresql import PostgresStore  # noqa: PLC0415
    from db.engines.postgresql_connections import Connections, connect  # noqa: PLC0415

    readers = Connections(partial(connect, url, only_reads=True), 1)
    store = PostgresStore(readers, readers)
    try:
        yield store
    finally:
        await store.close()


async def _check_tables(store: Store) -> None:
    try:
        steps = (await store.read(only(_STEPS()))).column()
    except StoreFailed as error:
        raise DatabaseUnusable(f"The database can't be read: {error}") from error
    if steps != [NEWEST]:
        raise DatabaseUnusable(_OTHER_VERSION)
