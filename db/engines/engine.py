"""Opening: the database that DATABASE_URL names is checked and its tables are brought up to date."""

import asyncio
import sqlite3
from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

from sqlalchemy import URL
from sqlalchemy.exc import SQLAlchemyError

from db.engines import sqlite
from db.engines.database_url import DatabaseUrl, parse_database_url
from db.engines.integrity import DAMAGED, is_checked_first, is_whole
from db.engines.migrate import migrate
from db.errors import DatabaseUnusable
from db.store import Store


@asynccontextmanager
async def open_database(url: str) -> AsyncGenerator[Store, None]:
    """Yield the store on a database whose tables are up to date.

    It was checked, unless it is a large file (`db.engines.integrity`).

    *url* is `sqlite:///path`, `sqlite://` (in memory) or `postgresql://...`.

    Raises:
        DatabaseUnusable: The text is one sentence for the operator.
    """
    async with _store_for(parse_database_url(url)) as store:
        yield store


def _store_for(database: DatabaseUrl) -> AbstractAsyncContextManager[Store]:
    if database.path is not None or database.is_in_memory:
        return _sqlite(database.path)
    return _postgresql(database.url)


@asynccontextmanager
async def _sqlite(path: Path | None) -> AsyncGenerator[Store, None]:
    connection = await asyncio.to_thread(_open_sqlite, path)
    async with sqlite.open_store(connection, path) as store:
        yield store


def _open_sqlite(path: Path | None) -> sqlite3.Connection:
    if path is not None:
        try:
            sqlite.prepare_file(path)
        except OSError as error:
            raise DatabaseUnusable(
                f"The database file {path} can't be written ({error.strerror}): "
                "name another one with DATABASE_URL."
            ) from error
    try:
        connection = sqlite.connect(path)
    except sqlite3.Error as error:
        raise DatabaseUnusable(_explain(error)) from error
    try:
        if is_checked_first(connection) and not is_whole(connection):
            raise DatabaseUnusable(DAMAGED)
        sqlite.make_ready(connection, migrate)
    except (SQLAlchemyError, sqlite3.Error, OSError) as error:
        connection.close()
        raise DatabaseUnusable(_explain(error)) from error
    except BaseException:
        connection.close()
        raise
    return connection


@asynccontextmanager
async def _postgresql(url: URL) -> AsyncGenerator[Store, None]:
    # They load the driver and SQLAlchemy's asynchronous half, which SQLite does not need.
    from db.engines import postgresql, postgresql_start  # noqa: PLC0415

    await postgresql_start.make_ready(url, migrate)
    async with postgresql.open_store(url) as store:
        yield store


def _explain(error: Exception) -> str:
    cause = getattr(error, "orig", None) or error
    lines = str(getattr(cause, "strerror", None) or cause).splitlines()
    text = lines[0].rstrip(".") if lines else type(cause).__name__
    if "not a database" in text:
        return "The file that DATABASE_URL names is not a database: name another one."
    if "malformed" in text:
        return DAMAGED
    if "locked" in text:
        return "The database is locked by another program: stop that one first."
    return f"The database can't be opened: {text}."
