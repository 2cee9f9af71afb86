"""Engine: open the database that DATABASE_URL names, check it, and bring its tables up to date."""

import asyncio
import sqlite3
from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

from sqlalchemy import URL
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from db.engines import sqlite
from db.engines.database_url import DatabaseUrl, parse_database_url
from db.engines.migrate import migrate
from db.errors import DatabaseUnusable


@asynccontextmanager
async def open_database(url: str) -> AsyncGenerator[AsyncEngine, None]:
    """Yield an engine on a database that was checked and whose tables are up to date.

    *url* is `sqlite:///path`, `sqlite://` (in memory) or `postgresql://...`.

    Raises:
        DatabaseUnusable: The text is one sentence for the operator.
    """
    async with _engine_for(parse_database_url(url)) as engine:
        try:
            await _make_ready(engine)
            yield engine
        finally:
            await engine.dispose()


def _engine_for(database: DatabaseUrl) -> AbstractAsyncContextManager[AsyncEngine]:
    if database.path is not None:
        return _sqlite_on_disk(database.url, database.path)
    return sqlite.in_memory() if database.is_in_memory else _postgresql(database.url)


@asynccontextmanager
async def _sqlite_on_disk(url: URL, path: Path) -> AsyncGenerator[AsyncEngine, None]:
    try:
        await asyncio.to_thread(sqlite.prepare_file, path)
    except OSError as error:
        raise DatabaseUnusable(
            f"The database file {path} can't be written ({error.strerror}): "
            "name another one with DATABASE_URL."
        ) from error
    async with sqlite.engine_for(url) as engine:
        yield engine


@asynccontextmanager
async def _postgresql(url: URL) -> AsyncGenerator[AsyncEngine, None]:
    # Hosted servers give addresses for libpq, whose name of this option is not asyncpg's.
    query = {("ssl" if key == "sslmode" else key): value for key, value in url.query.items()}
    try:
        engine = create_async_engine(
            url.set(drivername="postgresql+asyncpg", query=query),
            pool_pre_ping=True,
            hide_parameters=True,  # as in db.engines.sqlite
        )
    except ModuleNotFoundError as error:
        raise DatabaseUnusable(
            "DATABASE_URL names PostgreSQL, whose driver is missing: install it with"
            " `pip install asyncpg`."
        ) from error
    yield engine


async def _make_ready(engine: AsyncEngine) -> None:
    try:
        async with engine.begin() as connection:
            if engine.dialect.name == "sqlite" and not await connection.run_sync(sqlite.is_intact):
                raise DatabaseUnusable(
                    "The database is damaged: restore it from a backup, or move it away."
                )
            await connection.run_sync(migrate)
    except (SQLAlchemyError, sqlite3.Error, OSError) as error:
        raise DatabaseUnusable(_explain(error)) from error
    except (TypeError, ValueError) as error:
        # A driver that does not know a part of the address; its words may repeat a password.
        raise DatabaseUnusable(
            f"DATABASE_URL has a part that the driver does not understand ({type(error).__name__})."
        ) from None


def _explain(error: Exception) -> str:
    cause = getattr(error, "orig", None) or error
    lines = str(getattr(cause, "strerror", None) or cause).splitlines()
    text = lines[0].rstrip(".") if lines else type(cause).__name__
    if "not a database" in text:
        return "The file that DATABASE_URL names is not a database: name another one."
    if "malformed" in text:
        return "The database is damaged: restore it from a backup, or move it away."
    if "locked" in text:
        return "The database is locked by another program: stop that one first."
    return f"The database can't be opened: {text}."
