"""Engine: open the database that DATABASE_URL names, check it, and bring its tables up to date."""

import asyncio
import sqlite3
from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from db.engines import sqlite
from db.engines.migrate import migrate
from db.errors import DatabaseUnusable


@asynccontextmanager
async def open_database(url: str) -> AsyncGenerator[AsyncEngine, None]:
    """Yield an engine on a database that was checked and whose tables are up to date.

    *url* is `sqlite:///path`, `sqlite://` (in memory) or `postgresql://...`.

    Raises:
        DatabaseUnusable: The text is one sentence for the operator.
    """
    async with _engine_for(_parse(url)) as engine:
        try:
            await _make_ready(engine)
            yield engine
        finally:
            await engine.dispose()


def _parse(address: str) -> URL:
    try:
        return make_url(address)
    except ArgumentError:
        # The address may hold a password, so it is neither repeated nor kept as the cause.
        raise DatabaseUnusable(
            "DATABASE_URL is not an address like sqlite:///data/bot.db or postgresql://host/name."
        ) from None


def _engine_for(url: URL) -> AbstractAsyncContextManager[AsyncEngine]:
    match url.get_backend_name():
        case "sqlite" if url.database in {None, "", ":memory:"}:
            return sqlite.in_memory()
        case "sqlite" if "uri" in url.query:
            # SQLite would open another file than the one that is made private, checked and locked.
            raise DatabaseUnusable(
                "DATABASE_URL has uri=, which is not understood: name the file as"
                " sqlite:///data/bot.db."
            )
        case "sqlite":
            return _sqlite_on_disk(url)
        case "postgresql":
            return _postgresql(url)
        case other:
            raise DatabaseUnusable(
                f"DATABASE_URL names {other!r}, but only sqlite and postgresql are understood."
            )


@asynccontextmanager
async def _sqlite_on_disk(url: URL) -> AsyncGenerator[AsyncEngine, None]:
    path = Path(url.database or "")
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
