"""What waits together is written by one transaction, and each piece is as if it were alone."""

import asyncio
import sqlite3
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.engines.connections import Connections, start
from db.engines.group_commit import carry_out_together
from db.engines.sqlite import connect
from db.engines.work import Work
from db.errors import NotBegun, StoreFailed

_PAGES = 60  # of 4 KiB, as many as the small disk of these tests has
_LARGE = 400_000  # bytes, more than that


class _Refused(Exception):
    """What a piece raises by itself."""


def _execute(connection: sqlite3.Connection, statement: str, *values: int) -> None:
    try:
        connection.execute(statement, values)
    except sqlite3.Error as error:
        raise StoreFailed(str(error)) from error


def _write(number: int) -> Callable[[sqlite3.Connection], int]:
    """Return what writes two rows, and returns how many there are then."""

    def do(connection: sqlite3.Connection) -> int:
        for half in (0, 1):
            connection.execute("insert into written values (?, ?, x'')", (number, half))
        (count,) = connection.execute("select count(*) from written").fetchone()
        return int(count)

    return do


def _write_and_refuse(number: int) -> Callable[[sqlite3.Connection], None]:
    """Return what writes a row and then fails by itself, as a limit does."""

    def do(connection: sqlite3.Connection) -> None:
        connection.execute("insert into written values (?, 0, x'')", (number,))
        raise _Refused

    return do


def _write_twice(number: int) -> Callable[[sqlite3.Connection], None]:
    """Return what writes a row that exists."""

    def do(connection: sqlite3.Connection) -> None:
        for _ in range(2):
            _execute(connection, "insert into written values (?, 0, x'')", number)

    return do


def _fill(number: int) -> Callable[[sqlite3.Connection], None]:
    """Return what needs more space than there is."""

    def do(connection: sqlite3.Connection) -> None:
        _execute(connection, "insert into written values (?, 0, zeroblob(?))", number, _LARGE)

    return do


_KINDS: dict[str, tuple[Callable[[int], Callable[[sqlite3.Connection], object]], type | None]] = {
    "writes": (_write, None),
    "is refused": (_write_and_refuse, _Refused),
    "exists": (_write_twice, StoreFailed),
    "finds no space": (_fill, StoreFailed),
}


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """Open a small database."""
    opened = _open(tmp_path / "bot.db")
    yield opened
    opened.close()


def _open(path: Path | None) -> sqlite3.Connection:
    opened = connect(path)
    opened.execute("create table written (number, half, filling, primary key (number, half))")
    opened.execute(f"pragma max_page_count = {_PAGES}")
    return opened


def _rows(connection: sqlite3.Connection) -> list[tuple[int, int]]:
    return connection.execute("select number, half from written order by 1, 2").fetchall()


def _transactions(kinds: Sequence[str]) -> list[Work]:
    return [Work(_KINDS[kind][0](n), is_transaction=True) for n, kind in enumerate(kinds)]


@given(kinds=st.lists(st.sampled_from(sorted(_KINDS)), max_size=12))
def test_each_transaction_is_whole_whatever_becomes_of_the_others(kinds: list[str]) -> None:
    """What succeeds is there, what fails has left nothing, and each knows which of the two it is.

    A full disk ends SQLite's transaction, so that it may take with it what was done before.
    """
    connection = _open(None)
    group = _transactions(kinds)
    carry_out_together(connection, deque(group))
    full = max((n for n, kind in enumerate(kinds) if kind == "finds no space"), default=-1)
    stored: list[tuple[int, int]] = []
    for number, (kind, work) in enumerate(zip(kinds, group, strict=True)):
        if kind == "writes" and not work.has_failed:
            stored += [(number, 0), (number, 1)]
            assert work.outcome() == len(stored)
        else:
            assert kind != "writes" or number < full
            with pytest.raises((StoreFailed, _KINDS[kind][1] or StoreFailed)):
                work.outcome()
    assert _rows(connection) == stored
    assert not connection.in_transaction
    connection.close()


def test_a_group_is_one_commit(connection: sqlite3.Connection) -> None:
    """The disk is waited for once."""
    ran: list[str] = []
    connection.set_trace_callback(ran.append)
    carry_out_together(connection, deque(_transactions(["writes"] * 5)))
    assert [it for it in ran if it.startswith(("BEGIN", "COMMIT"))] == ["BEGIN IMMEDIATE", "COMMIT"]


def test_a_statement_alone_needs_no_transaction(connection: sqlite3.Connection) -> None:
    """It is one by itself."""
    ran: list[str] = []
    connection.set_trace_callback(ran.append)
    alone = Work(lambda it: it.execute("insert into written values (1, 1, x'')").rowcount)
    carry_out_together(connection, deque([alone]))
    assert alone.outcome() == 1
    assert len(ran) == 1


def test_a_commit_that_fails_fails_for_all(connection: sqlite3.Connection) -> None:
    """None may believe that it is stored, and the next group is as usual."""
    connection.execute("create table parent (number primary key)")
    connection.execute(
        "create table other (number references parent deferrable initially deferred)"
    )
    broken = Work(lambda it: it.execute("insert into other values (99)"), is_transaction=True)
    group = [*_transactions(["writes", "writes"]), broken]
    carry_out_together(connection, deque(group))
    for work in group:
        with pytest.raises(StoreFailed):
            work.outcome()
    assert _rows(connection) == []
    carry_out_together(connection, deque(after := _transactions(["writes"])))
    assert after[0].outcome() == 2


def test_a_transaction_that_sqlite_ends_is_written_off_and_the_rest_is_tried_alone(
    connection: sqlite3.Connection,
) -> None:
    """Those before it have lost what they wrote; those after it have not begun."""

    def end(it: sqlite3.Connection) -> None:
        it.execute("rollback")  # as SQLite does by itself where the disk fails
        raise StoreFailed("disk I/O error")

    before, after = _transactions(["writes", "writes"])
    failing = Work(end, is_transaction=True)
    carry_out_together(connection, deque([before, failing, after]))
    for work in (before, failing):
        with pytest.raises(StoreFailed, match="disk I/O error"):
            work.outcome()
    assert after.outcome() == 2
    assert _rows(connection) == [(1, 0), (1, 1)]


def test_another_writer_is_waited_for_once_by_the_whole_group(tmp_path: Path) -> None:
    """Where another process does not let go of the database, each would else wait in turn."""
    connection = _open(tmp_path / "bot.db")
    other = connect(tmp_path / "bot.db")
    connection.execute("pragma busy_timeout = 1")
    other.execute("begin immediate")
    group = _transactions(["writes"] * 3)
    carry_out_together(connection, deque(group))
    for work in group:
        with pytest.raises(StoreFailed, match="locked"):
            work.outcome()
    other.close()
    connection.close()


def test_what_is_unwanted_or_late_is_left_out(connection: sqlite3.Connection) -> None:
    """It would only delay the others."""
    unwanted, late, wanted = _transactions(["writes"] * 3)
    unwanted.is_wanted = False
    late = Work(_write(1), is_transaction=True, is_late=lambda: True)
    carry_out_together(connection, deque([unwanted, late, wanted]))
    for work in (unwanted, late):
        with pytest.raises(NotBegun):
            work.outcome()
    assert _rows(connection) == [(2, 0), (2, 1)]


async def test_what_waits_for_the_thread_goes_together(tmp_path: Path) -> None:
    """A crowd takes few commits, and each of it its own answer."""
    connection = _open(tmp_path / "bot.db")
    commits: list[str] = []
    connection.set_trace_callback(lambda it: commits.append(it) if it == "COMMIT" else None)
    writer: Connections = await start([connection], carry_out_together)
    counts = await asyncio.gather(
        *(writer.run(_write(number), is_transaction=True) for number in range(100))
    )
    assert list(counts) == list(range(2, 202, 2))
    assert len(commits) < 50
    await writer.close()
