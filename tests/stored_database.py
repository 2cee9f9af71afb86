"""Stored database: what a bot in another process has written, in plain SQL and without its code."""

import asyncio
import contextlib
import sqlite3
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import asyncpg


def read_rows(address: str, query: str) -> list[tuple[Any, ...]]:
    """Return the rows of a query, on SQLite or PostgreSQL."""
    if address.startswith("sqlite:"):
        path = address.removeprefix("sqlite:///")
        with contextlib.closing(sqlite3.connect(path, timeout=10)) as database, database:
            return database.execute(query).fetchall()
    # In a loop of its own, as it is called from coroutines and functions alike.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, _fetch(address, query)).result()


async def _fetch(address: str, query: str) -> list[tuple[Any, ...]]:
    connection = await asyncpg.connect(address)
    try:
        found: Sequence[Any] = await connection.fetch(query)
        return [tuple(row) for row in found]
    finally:
        await connection.close()
