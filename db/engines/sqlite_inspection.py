"""SQLite's inspection: what a file is like, without changing it and beside a bot that uses it.

It is opened as a bot opens it: a connection that may only read would leave the files of the log
behind, which the last one that may write removes. How long a commit takes is measured on a file of
its own, in the same folder.
"""

import contextlib
import os
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Generator
from pathlib import Path

from db.engines import sqlite
from db.engines.inspection import COMMITS, DatabaseFacts, DatabaseFault, Fault, Tables, compare
from db.engines.integrity import is_checked_first, is_whole

_BUSY_TIMEOUT = 2.0  # seconds that another program may hold the writer's place
_SCRATCH = ".modelhunter-doctor-"


def inspect_sqlite(path: Path) -> DatabaseFacts:
    """Return what the file at *path* is like; blocks.

    Raises:
        DatabaseFault: It can't be used.
    """
    folder = _existing(path.parent)
    if path.exists() and not path.is_file():
        raise DatabaseFault(Fault.UNWRITABLE, f"{path} is not a regular file")
    _require_writable(folder, *([path] if path.exists() else []))
    engine = f"SQLite {sqlite3.sqlite_version}"
    if not path.exists():
        commit = _measured(folder)
        return DatabaseFacts(
            engine=engine, tables=Tables.NONE, size=0, commit=commit, is_checked=True
        )
    with _opened(path) as connection:
        tables = compare(_last_step(connection))
        is_checked = is_checked_first(connection)
        if is_checked and not is_whole(connection):
            raise DatabaseFault(Fault.DAMAGED, "its pages are not as they must be")
        _require_unlocked(connection)
    return DatabaseFacts(
        engine=engine,
        tables=tables,
        size=path.stat().st_size,
        commit=_measured(folder),
        is_checked=is_checked,
    )


def _existing(folder: Path) -> Path:
    """Return the folder, or the nearest above it that is there: the bot makes those that are not."""
    while not folder.is_dir() and folder != folder.parent:
        folder = folder.parent
    return folder


def _require_writable(*paths: Path) -> None:
    for path in paths:
        if not os.access(path, os.R_OK | os.W_OK):
            raise DatabaseFault(Fault.UNWRITABLE, f"{path} can't be written by this user")


@contextlib.contextmanager
def _opened(path: Path) -> Generator[sqlite3.Connection]:
    address = f"{path.absolute().as_uri()}?mode=rw"
    try:
        with contextlib.closing(
            sqlite3.connect(address, uri=True, timeout=_BUSY_TIMEOUT, isolation_level=None)
        ) as connection:
            connection.execute("PRAGMA query_only = ON")
            yield connection
    except sqlite3.Error as error:
        raise _fault_of(error) from error


def _last_step(connection: sqlite3.Connection) -> str | None:
    found = connection.execute(
        "select 1 from sqlite_master where type = 'table' and name = 'alembic_version'"
    )
    if found.fetchone() is None:
        return None
    row = connection.execute("select version_num from alembic_version").fetchone()
    return None if row is None else str(row[0])


def _require_unlocked(connection: sqlite3.Connection) -> None:
    """Take the writer's place and give it back at once, having written nothing."""
    connection.execute("PRAGMA query_only = OFF")
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("ROLLBACK")


def _fault_of(error: sqlite3.Error) -> DatabaseFault:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    fault = {
        sqlite3.SQLITE_NOTADB: Fault.NOT_A_DATABASE,
        sqlite3.SQLITE_CORRUPT: Fault.DAMAGED,
        sqlite3.SQLITE_BUSY: Fault.LOCKED,
        sqlite3.SQLITE_LOCKED: Fault.LOCKED,
    }.get(code, Fault.UNWRITABLE)
    return DatabaseFault(fault, str(error))


def _measured(folder: Path) -> float:
    """Return the seconds that a commit takes in this folder: the median of a few."""
    try:
        with (
            tempfile.TemporaryDirectory(prefix=_SCRATCH, dir=folder) as scratch,
            contextlib.closing(sqlite.connect(Path(scratch) / "commits.db")) as connection,
        ):
            connection.execute("CREATE TABLE commits (at REAL)")
            return statistics.median(_commit(connection) for _ in range(COMMITS))
    except (sqlite3.Error, OSError) as error:
        raise DatabaseFault(Fault.UNWRITABLE, str(error)) from error


def _commit(connection: sqlite3.Connection) -> float:
    begun = time.perf_counter()
    connection.execute("INSERT INTO commits VALUES (1)")
    return time.perf_counter() - begun
