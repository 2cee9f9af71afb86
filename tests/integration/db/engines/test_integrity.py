"""A damaged file is refused: a small one before it is used, a large one soon after the start."""

import asyncio
import sqlite3
from pathlib import Path

import pytest

from bot.app.run import _stopped_by_damage
from db.engines import integrity
from db.engines.engine import open_database
from db.engines.integrity import check_large_file
from db.errors import DatabaseUnusable
from tests.databases import execute, sql

_PAGE = 4096
_TIMEOUT = 30.0


async def _large_file(path: Path) -> None:
    """Write a database with small texts at its beginning and large ones behind."""
    async with open_database(f"sqlite:///{path}") as store:
        await execute(store, "insert into facts values ('first', 'kept')")
        await execute(
            store,
            "with recursive n(i) as (select 1 union all select i + 1 from n where i < 300)"
            " insert into facts select 'k' || i, hex(randomblob(4096)) from n",
        )
    assert _size(path) > 2_000_000


def _size(path: Path) -> int:
    return path.stat().st_size


def _cut(path: Path) -> None:
    """Leave the first half of a file."""
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def _damage(path: Path) -> None:
    """Overwrite a page in the middle."""
    content = bytearray(path.read_bytes())
    middle = len(content) // _PAGE // 2 * _PAGE
    content[middle : middle + _PAGE] = b"\xff" * _PAGE
    path.write_bytes(content)


@pytest.fixture
async def large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a file that is too large for being checked first."""
    path = tmp_path / "bot.db"
    await _large_file(path)
    monkeypatch.setattr(integrity, "LARGEST_CHECKED_FIRST", 1_000_000)
    return path


async def test_a_damaged_small_file_is_refused_first(tmp_path: Path) -> None:
    """A file that is checked within a moment is checked before anything is done with it."""
    path = tmp_path / "bot.db"
    await _large_file(path)
    _damage(path)
    with pytest.raises(DatabaseUnusable, match="damaged"):
        async with open_database(f"sqlite:///{path}"):
            pass


async def test_a_damaged_large_file_is_found_later(large: Path) -> None:
    """A large file opens at once, and its check finds the damage while the store is in use."""
    _damage(large)
    async with open_database(f"sqlite:///{large}") as store:
        with pytest.raises(DatabaseUnusable, match="damaged"):
            await check_large_file(f"sqlite:///{large}", after=0.0)
        rows = await store.read(sql("select value from facts where key = 'first'"))
    assert rows == [("kept",)]


async def test_a_whole_large_file_passes(large: Path) -> None:
    """The check of a whole file ends, also while it is written to."""
    async with open_database(f"sqlite:///{large}") as store:
        check = asyncio.create_task(check_large_file(f"sqlite:///{large}", after=0.0), name="check")
        await execute(store, "insert into facts values ('during', '')")
        await check


async def test_a_large_file_that_was_cut_off_is_refused_first(large: Path) -> None:
    """A file that is shorter than its header says is refused before it is used, however large."""
    _cut(large)
    with pytest.raises(DatabaseUnusable, match="damaged"):
        async with open_database(f"sqlite:///{large}"):
            pass


async def test_a_check_that_fails_is_made_again(
    large: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A check that can't be made is logged and repeated, and passes for no answer."""
    _damage(large)
    tries = 0

    def connect(path: Path) -> sqlite3.Connection:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise sqlite3.OperationalError("disk I/O error")
        return sqlite3.connect(path, check_same_thread=False)

    monkeypatch.setattr(integrity, "connect_reader", connect)
    monkeypatch.setattr(integrity, "_AGAIN_AFTER", 0.0)
    with pytest.raises(DatabaseUnusable, match="damaged"):
        await check_large_file(f"sqlite:///{large}", after=0.0)
    assert tries == 2
    assert "disk I/O error" in caplog.text


@pytest.mark.parametrize("address", ["sqlite://", "postgresql://host/name"])
async def test_what_is_no_file_needs_no_check(address: str) -> None:
    """A database in memory or on a server is not checked."""
    await check_large_file(address, after=0.0)


async def test_damage_ends_the_program(large: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Damage that is found while the bot runs stops it in order, and is what it ends with."""
    _damage(large)
    stop = asyncio.Event()
    check = check_large_file(f"sqlite:///{large}", after=0.0)
    with pytest.raises(DatabaseUnusable, match="damaged"):
        async with asyncio.timeout(_TIMEOUT), _stopped_by_damage(check, stop):
            await stop.wait()
    assert "The database is damaged" in caplog.text


async def test_a_stop_does_not_wait_for_the_check(large: Path) -> None:
    """A check that has not begun is left out when the bot stops."""
    check = check_large_file(f"sqlite:///{large}", after=3600.0)
    async with asyncio.timeout(_TIMEOUT), _stopped_by_damage(check, asyncio.Event()):
        await asyncio.sleep(0)
