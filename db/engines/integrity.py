"""Integrity: whether a SQLite file is whole, which is found before the bot relies on it.

SQLite reads every page for that, at some 300 MiB a second. A file up to `LARGEST_CHECKED_FIRST` is
checked before anything else is done with it. A larger one would keep the cards of all jobs waiting
for seconds after each start. So it is checked soon after the start instead, on a connection of its
own, which delays no other. Until then a file that was cut off is refused all the same, as SQLite
compares its length with its header, and a statement that meets a broken page fails.
"""

import asyncio
import logging
import sqlite3
from pathlib import Path

from db.engines.connections import start
from db.engines.database_url import parse_database_url
from db.engines.sqlite import connect_reader
from db.errors import DatabaseUnusable, StoreError

log = logging.getLogger(__name__)

DAMAGED = "The database is damaged: restore it from a backup, or move it away."

LARGEST_CHECKED_FIRST = 64 * 1024 * 1024  # bytes
# Seconds from the start to the check of a larger file: until then all jobs are looked at.
CHECK_AFTER = 15.0
# Seconds until the next try of a check that could not be made.
_AGAIN_AFTER = 10 * 60.0
_BROKEN = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def is_checked_first(connection: sqlite3.Connection) -> bool:
    """Return whether the file is small enough to be checked before it is used."""
    size = _number(connection, "page_count") * _number(connection, "page_size")
    return size <= LARGEST_CHECKED_FIRST


def is_whole(connection: sqlite3.Connection) -> bool:
    """Return whether all pages of the database are as they must be.

    Raises:
        sqlite3.Error: That can't be found out.
    """
    try:
        found = connection.execute("PRAGMA quick_check(1)").fetchall()
    except sqlite3.DatabaseError as error:
        # The lowest byte is the code, those above it say more.
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in _BROKEN:
            return False
        raise
    return found == [("ok",)]


async def check_large_file(address: str, *, after: float = CHECK_AFTER) -> None:
    """Check the file at *address* in *after* seconds, if it is too large for being checked first.

    Raises:
        DatabaseUnusable: It is damaged.
    """
    path = parse_database_url(address).path
    pause = after
    while path is not None:
        await asyncio.sleep(pause)
        try:
            is_sound = await _is_sound(path)
        except (StoreError, sqlite3.Error, OSError) as error:
            log.warning("the database can't be checked now (%s); trying again", error)
            pause = _AGAIN_AFTER
            continue
        if not is_sound:
            raise DatabaseUnusable(DAMAGED)
        return


async def _is_sound(path: Path) -> bool:
    """Check a large file on a connection and in a thread of its own, which delays no stop."""
    connections = await start([await asyncio.to_thread(connect_reader, path)])
    try:
        return await connections.run(_is_small_or_whole)
    finally:
        await connections.close()


def _is_small_or_whole(connection: sqlite3.Connection) -> bool:
    if is_checked_first(connection):
        return True
    is_sound = is_whole(connection)
    if is_sound:
        log.info("the database was checked: it is whole")
    return is_sound


def _number(connection: sqlite3.Connection, pragma: str) -> int:
    (number,) = connection.execute(f"PRAGMA {pragma}").fetchone()
    return int(number)
