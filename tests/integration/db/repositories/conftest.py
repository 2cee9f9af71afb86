"""A fresh database for each test: SQLite in memory and on disk, and PostgreSQL."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio

from db.engines.engine import open_database
from db.store import Store
from tests.integration.db.repositories.builders import EVERY
from tests.postgresql import fresh_database


@pytest_asyncio.fixture(params=EVERY)
async def url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncGenerator[str, None]:
    """Yield the address of an empty database."""
    match request.param:
        case "memory":
            yield "sqlite://"
        case "disk":
            yield f"sqlite:///{tmp_path}/bot.db"
        case _:
            async with fresh_database() as address:
                yield address


@pytest_asyncio.fixture
async def store(url: str) -> AsyncGenerator[Store, None]:
    """Yield the database, open and migrated."""
    async with open_database(url) as opened:
        yield opened
