"""Database locks: keep the bot from writing, on SQLite or PostgreSQL."""

import sqlite3
from pathlib import Path
from typing import Protocol

import asyncpg


class DatabaseLock(Protocol):
    """Lock that keeps every other program from writing once it is taken."""

    async def take(self) -> None:
        """Wait for it, and take it."""

    async def close(self) -> None:
        """Give it back."""


class _SqliteLock:
    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None, timeout=5)

    async def take(self) -> None:
        self._connection.execute("BEGIN IMMEDIATE")

    async def close(self) -> None:
        self._connection.close()


class _PostgresLock:
    def __init__(self, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        self._connection = connection

    async def take(self) -> None:
        await self._connection.execute("begin; lock table jobs, processes in exclusive mode")

    async def close(self) -> None:
        await self._connection.close()


async def open_lock(database: Path | str) -> DatabaseLock:
    """Return the lock of a file, or of the database at an address of PostgreSQL."""
    if isinstance(database, str):
        return _PostgresLock(await asyncpg.connect(database))
    return _SqliteLock(database)
