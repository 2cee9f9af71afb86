"""A database is looked at without changing it, beside whatever uses it."""

import contextlib
import sqlite3
from pathlib import Path

import pytest

from db.engines.engine import open_database
from db.engines.inspection import DatabaseFault, Fault, Tables, compare
from db.engines.sqlite_inspection import inspect_sqlite
from db.migrations import NEWEST
from db.repositories.key_values import KeyValues


def contents(folder: Path) -> dict[str, bytes]:
    """Return what each file of a folder holds, by its name."""
    return {each.name: each.read_bytes() for each in folder.iterdir()}


async def test_a_database_in_use_is_inspected_without_a_trace(tmp_path: Path) -> None:
    """The bot's log stays as it is, its next write is made, and no file is left behind."""
    path = tmp_path / "bot.db"
    async with open_database(f"sqlite:///{path}") as store:
        await KeyValues(store).put_value("name", "text")
        before = contents(tmp_path)
        facts = inspect_sqlite(path)
        after = contents(tmp_path)
        assert before.keys() == after.keys()
        assert before["bot.db"] == after["bot.db"]
        assert before["bot.db-wal"] == after["bot.db-wal"]
        await KeyValues(store).put_value("name", "other")
        assert await KeyValues(store).get_value("name") == "other"
    assert (facts.tables, facts.is_checked) == (Tables.READY, True)
    assert facts.commit is not None
    assert facts.engine == f"SQLite {sqlite3.sqlite_version}"
    assert facts.size == len(before["bot.db"])


async def test_a_database_at_rest_is_left_as_it_is(tmp_path: Path) -> None:
    """No file of a log is left beside one that no bot uses, and its content is the same."""
    path = tmp_path / "bot.db"
    async with open_database(f"sqlite:///{path}"):
        pass
    before = path.read_bytes()
    inspect_sqlite(path)
    assert contents(tmp_path) == {"bot.db": before}


def test_a_database_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    """Neither the file nor its folders are made; the speed of the disk is known all the same."""
    facts = inspect_sqlite(tmp_path / "deeper" / "still" / "bot.db")
    assert (facts.tables, facts.size) == (Tables.NONE, 0)
    assert facts.commit is not None
    assert list(tmp_path.iterdir()) == []


def test_a_database_of_another_program_has_no_tables_of_the_bot(tmp_path: Path) -> None:
    """Its tables are not touched."""
    path = tmp_path / "other.db"
    with contextlib.closing(sqlite3.connect(path)) as other, other:
        other.execute("create table other (a)")
    assert inspect_sqlite(path).tables is Tables.NONE


@pytest.mark.parametrize("place", ["/proc/none/bot.db", "/dev/null"])
def test_what_cannot_be_written_is_a_fault(place: str) -> None:
    """A folder that takes no files, and a device, are named."""
    with pytest.raises(DatabaseFault) as raised:
        inspect_sqlite(Path(place))
    assert raised.value.fault is Fault.UNWRITABLE


@pytest.mark.parametrize(
    ("step", "tables"),
    [
        (None, Tables.NONE),
        ("0001", Tables.OLDER),
        (NEWEST, Tables.READY),
        ("9999", Tables.NEWER),
    ],
)
def test_steps_are_compared(step: str | None, tables: Tables) -> None:
    """The number of the last step says which program has made the tables."""
    assert compare(step) is tables
