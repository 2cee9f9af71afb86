"""A fresh database for each test: SQLite in memory and on disk, PostgreSQL where one is named."""

import uuid
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

from db.engines.engine import open_database
from db.store import Store
from tests.integration.db.repositories.builders import EVERY, POSTGRES


@asynccontextmanager
async def _postgres_database(server: str) -> AsyncGenerator[str, None]:
    """Make a database of its own on the server, and drop it afterwards."""
    name = f"test_{uuid.uuid4().hex}"
    url = make_url(server).set(drivername="postgresql+asyncpg")
    admin = create_async_engine(url, isolation_level="AUTOCOMMIT")
    async with admin.connect() as connection:
        await connection.execute(text(f"create database {name}"))
        yield url.set(drivername="postgresql", database=name).render_as_string(hide_password=False)
        await connection.execute(text(f"drop database {name}"))
    await admin.dispose()


@pytest_asyncio.fixture(params=EVERY)
async def url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncGenerator[str, None]:
    """Yield the address of an empty database."""
    match request.param:
        case "memory":
            yield "sqlite://"
        case "disk":
            yield f"sqlite:///{tmp_path}/bot.db"
        case _:
            assert POSTGRES is not None
            async with _postgres_database(POSTGRES) as address:
                yield address


@pytest_asyncio.fixture
async def store(url: str) -> AsyncGenerator[Store, None]:
    """Yield the database, open and migrated."""
    async with open_database(url) as opened:
        yield opened
