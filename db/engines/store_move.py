"""Move of a store: all rows of a SQLite file into PostgreSQL, each compared, or none.

The file is copied into memory while no bot runs on it, and is brought up to date there, so that it stays
as it is. All rows are written and read back in one transaction, in which no bot can begin on the target.
A move that is interrupted leaves the target as it was and is begun anew; one whose answer was lost finds
the same rows, and succeeds. At last the file is renamed: a bot that ran on it once more would send again
what has been sent since.
"""

import contextlib
import dataclasses
import datetime
import fcntl
import sqlite3
from collections.abc import Generator, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import (
    URL,
    BigInteger,
    Boolean,
    Column,
    Date,
    Double,
    Integer,
    Table,
    Text,
    bindparam,
    select,
)
from sqlalchemy.dialects.postgresql import insert

from db.columns import Money, SharedText
from db.engines import sqlite
from db.engines.database_url import parse_database_url
from db.engines.integrity import DAMAGED, is_whole
from db.engines.migrate import migrate
from db.engines.postgresql import DIALECT
from db.engines.postgresql_connections import Connection, connect
from db.engines.postgresql_errors import CALL_TO_DRIVER, DriverFailed
from db.engines.postgresql_start import make_ready
from db.engines.sqlite_statements import DIALECT as SQLITE
from db.errors import DatabaseUnusable, MoveRefused
from db.rows import to_job
from db.statements import Compiled, Statement
from db.tables import jobs, metadata
from db.text_values import storable_values

# Who is at work, and the row that is always there.
_NOT_MOVED = {"processes", "leases", "acceptance"}
_ROWS_AT_ONCE = 500
_LEASE = 30.0  # seconds; a bot that runs has renewed its own since
_UNREADABLE = (ValueError, TypeError, LookupError, ArithmeticError)
_TYPES: Mapping[type, type | tuple[type, ...]] = {
    BigInteger: int,
    Boolean: bool,
    Date: datetime.date,
    Double: (float, int),
    Integer: int,
    Money: Decimal,
    SharedText: str,
    Text: str,
}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """What a move has done: numbers of rows by table, and where the file is now."""

    rows: Mapping[str, int]
    left_out: Sequence[str]  # rows that can't be read
    file: Path


async def move(source: str, target: str, *, leave_out_unreadable: bool = False) -> Moved:
    """Move all rows of the SQLite file at *source* to the PostgreSQL database at *target*.

    Raises:
        MoveRefused: Nothing was moved; the text says what the operator must change.
        DatabaseUnusable: One of the two can't be opened.
    """
    path, url = _file_of(source), _postgresql_of(target)
    with _alone(path):
        with contextlib.closing(_snapshot(path)) as snapshot:
            await make_ready(url, migrate)
            found = _read(snapshot)
            if found.unreadable and not leave_out_unreadable:
                raise MoveRefused(
                    f"These rows can't be read: {', '.join(found.unreadable[:10])}. Move the others"
                    " with --leave-out-unreadable."
                )
            await _fill(url, found)
        return Moved(
            rows={table.name: len(rows) for table, rows in found.rows.items()},
            left_out=found.unreadable,
            file=_rename(path),
        )


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    rows: Mapping[Table, Sequence[Sequence[Any]]]
    unreadable: Sequence[str]


def _file_of(address: str) -> Path:
    path = parse_database_url(address).path
    if path is None:
        raise MoveRefused("The first address must name a SQLite file, as sqlite:///data/bot.db.")
    if not path.is_file():
        raise MoveRefused(f"There is no database at {path}.")
    return path


def _postgresql_of(address: str) -> URL:
    url = parse_database_url(address).url
    if url.get_backend_name() != "postgresql":
        raise MoveRefused("The second address must name PostgreSQL, as postgresql://host/name.")
    return url


@contextlib.contextmanager
def _alone(path: Path) -> Generator[None]:
    """Hold the lock that every bot on the file shares (`db.engines.instance_lock`)."""
    with path.with_name(f"{path.name}.lock").open("a+") as lock:
        try:
            fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise MoveRefused(f"A bot runs on {path}: stop it first.") from None
        yield


def _snapshot(path: Path) -> sqlite3.Connection:
    """Return a copy in memory with this program's tables, whose jobs have no owner."""
    snapshot = sqlite.connect(None)
    try:
        with contextlib.closing(sqlite3.connect(path)) as origin:
            origin.backup(snapshot)
        if not is_whole(snapshot):
            raise DatabaseUnusable(DAMAGED)
        sqlite.make_ready(snapshot, migrate)
        snapshot.execute(
            "update jobs set owner = null, version = version + 1 where owner is not null and open"
        )
    except sqlite3.Error as error:
        snapshot.close()
        raise DatabaseUnusable(f"{path} can't be read: {error}.") from None
    except BaseException:
        snapshot.close()
        raise
    return snapshot


def _read(snapshot: sqlite3.Connection) -> _Found:
    rows: dict[Table, Sequence[Sequence[Any]]] = {}
    unreadable: list[str] = []
    for table in (table for table in metadata.sorted_tables if table.name not in _NOT_MOVED):
        compiled = Statement(select(table)).compiled(SQLITE)
        rows[table] = readable = []
        for raw in snapshot.execute(compiled.text):
            try:
                readable.append(_checked(table, compiled.read(raw)))
            except _UNREADABLE:
                unreadable.append(f"{table.name} {raw[0]!r}")
    return _Found(rows=rows, unreadable=unreadable)


def _checked(table: Table, values: list[Any]) -> list[Any]:
    """Return *values*, which PostgreSQL takes; SQLite stores anything in any column."""
    if table is jobs:
        to_job(values)
    for column, value in zip(table.c, values, strict=True):
        if value is None and not column.nullable:
            raise TypeError(column.name)
        if value is not None and not isinstance(value, _TYPES.get(type(column.type), object)):
            raise TypeError(column.name)
    return values


async def _fill(url: URL, found: _Found) -> None:
    try:
        with CALL_TO_DRIVER:
            connection = await connect(url)
            try:
                await connection.execute("set statement_timeout = 0")
                async with connection.transaction():
                    await _refuse_if_in_use(connection)
                    for table, rows in found.rows.items():
                        await _write(connection, table, rows)
                        await _compare(connection, table, rows)
            finally:
                connection.terminate()
    except DriverFailed as failed:
        raise MoveRefused(f"PostgreSQL has not taken the rows: {failed.for_store}") from None


async def _refuse_if_in_use(connection: Connection) -> None:
    """Keep every bot from beginning on the target, and refuse if one runs there."""
    await connection.execute("lock table processes, jobs in exclusive mode")
    runs = await connection.fetchval(
        "select count(*) from processes"
        " where renewed_at > extract(epoch from clock_timestamp()) - $1::float",
        _LEASE,
    )
    if runs:
        raise MoveRefused(
            "A bot runs on the PostgreSQL database, or did a moment ago: stop it, and try again in"
            " half a minute."
        )


async def _write(connection: Connection, table: Table, rows: Sequence[Sequence[Any]]) -> None:
    names = [column.name for column in table.c]
    statement = insert(table).values({name: bindparam(name) for name in names})
    compiled = Statement(statement.on_conflict_do_nothing()).compiled(DIALECT)
    for some in _in_parts(rows):
        bound = [compiled.bind(dict(zip(names, row, strict=True))) for row in some]
        await connection.executemany(compiled.text, [storable_values(row) for row in bound])


async def _compare(connection: Connection, table: Table, rows: Sequence[Sequence[Any]]) -> None:
    """Read each row back, and compare it with that of the file."""
    by_key = _by_key(table)
    keys = list(table.primary_key.columns)
    places = [list(table.c).index(key) for key in keys]
    for row in rows:
        values = {_name(key): row[place] for key, place in zip(keys, places, strict=True)}
        stored = await connection.fetchrow(by_key.text, *storable_values(by_key.bind(values)))
        if stored is None or by_key.read(tuple(stored)) != storable_values(row):
            raise MoveRefused(_other_rows(table))
    count = await connection.fetchval(f"select count(*) from {table.name}")  # noqa: S608
    if count != len(rows):
        raise MoveRefused(_other_rows(table))


def _by_key(table: Table) -> Compiled:
    keys = [key == bindparam(_name(key)) for key in table.primary_key.columns]
    return Statement(select(table).where(*keys)).compiled(DIALECT)


def _name(key: Column[Any]) -> str:
    return f"key_{key.name}"


def _other_rows(table: Table) -> str:
    return (
        f"The PostgreSQL database has other rows in {table.name} than the file: name an empty"
        " database, as one on which a bot has run is not overwritten."
    )


def _in_parts(rows: Sequence[Sequence[Any]]) -> Iterator[Sequence[Sequence[Any]]]:
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        yield rows[start : start + _ROWS_AT_ONCE]


def _rename(path: Path) -> Path:
    """Give the file another name, that no earlier one has."""
    moved = path.with_name(f"{path.name}.moved")
    number = 1
    while moved.exists():
        number += 1
        moved = path.with_name(f"{path.name}.moved-{number}")
    path.rename(moved)
    return moved
