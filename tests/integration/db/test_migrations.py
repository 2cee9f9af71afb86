"""A database of any age becomes this program's, whole or not at all."""

import asyncio
import contextlib
import functools
import os
import shutil
import sqlite3
import sys
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import NullPool, create_engine

import db.migrations
from db.engines.engine import open_database
from db.engines.migrate import migrate
from db.errors import DatabaseUnusable
from db.migrations import NEWEST
from db.repositories.claims import Claims, Lease
from db.tables import metadata
from tests.databases import execute, sql
from tests.postgresql import empty_database

_NEXT_STEP = '''
"""Go one step further."""
import sqlalchemy as sa
from alembic import op

revision = "next"
down_revision = "{newest}"
BESIDE_FORMER = {beside}


def upgrade() -> None:
    op.create_table("extra", sa.Column("id", sa.Integer(), primary_key=True))
    op.add_column("facts", sa.Column("since", sa.Double()))
    op.execute("update facts set value = 'changed'")
    {ending}
'''


def _steps_and_one_more(
    folder: Path, ending: str, *, beside: bool = False
) -> functools.partial[None]:
    """Make a migration like the program's with one more step, which ends as given."""
    shutil.copytree(Path(db.migrations.__path__[0]), folder)
    (folder / "versions" / "next_step.py").write_text(
        _NEXT_STEP.format(ending=ending, newest=NEWEST, beside=beside)
    )
    return functools.partial(migrate, steps=os.fspath(folder), newest="next")


def _differences(path: Path) -> list[object]:
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool)
    with engine.connect() as connection:
        return list(compare_metadata(MigrationContext.configure(connection), metadata))


async def test_the_migrations_lead_to_the_tables(tmp_path: Path) -> None:
    """A migrated database has exactly the tables that the program uses."""
    async with open_database(f"sqlite:///{tmp_path}/bot.db"):
        pass
    assert _differences(tmp_path / "bot.db") == []


async def test_migrating_again_changes_nothing(tmp_path: Path) -> None:
    """A restart finds the database as it left it."""
    url = f"sqlite:///{tmp_path}/bot.db"
    async with open_database(url) as store:
        await execute(store, "insert into facts values ('a', 'kept')")
    async with open_database(url) as store:
        rows = await store.read(sql("select value from facts"))
        locks = await store.read(sql("select count(*) from acceptance"))
    assert rows == [("kept",)]
    assert locks == [(1,)]


async def test_a_migration_of_a_database_with_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next version's migrations run on this version's database."""
    url = f"sqlite:///{tmp_path}/bot.db"
    async with open_database(url) as store:
        await execute(store, "insert into facts values ('a', 'old')")
    monkeypatch.setattr(
        "db.engines.engine.migrate", _steps_and_one_more(tmp_path / "steps", "pass")
    )
    async with open_database(url) as store:
        rows = await store.read(sql("select value, since from facts"))
    assert rows == [("changed", None)]


async def test_a_failed_migration_leaves_the_old_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A step that fails half way is undone, and the old program goes on."""
    url = f"sqlite:///{tmp_path}/bot.db"
    async with open_database(url) as store:
        await execute(store, "insert into facts values ('a', 'kept')")
    with monkeypatch.context() as patch:
        failing = _steps_and_one_more(tmp_path / "steps", 'op.execute("select * from nowhere")')
        patch.setattr("db.engines.engine.migrate", failing)
        with pytest.raises(DatabaseUnusable, match="no such table: nowhere"):
            async with open_database(url):
                pass
    async with open_database(url) as store:
        rows = await store.read(sql("select value from facts"))
    assert rows == [("kept",)]
    assert _differences(tmp_path / "bot.db") == []


async def test_a_newer_database_is_refused_and_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a downgrade the program does not touch what it does not understand."""
    url = f"sqlite:///{tmp_path}/bot.db"
    with monkeypatch.context() as patch:
        patch.setattr("db.engines.engine.migrate", _steps_and_one_more(tmp_path / "steps", "pass"))
        async with open_database(url):
            pass
    before = (tmp_path / "bot.db").read_bytes()
    with pytest.raises(DatabaseUnusable, match="newer version"):
        async with open_database(url):
            pass
    assert (tmp_path / "bot.db").read_bytes() == before


def test_each_step_says_whether_the_former_version_can_go_on() -> None:
    """What is not said would be taken for no, by chance."""
    config = Config()
    config.set_main_option("script_location", "db:migrations")
    for step in ScriptDirectory.from_config(config).walk_revisions():
        assert isinstance(step.module.BESIDE_FORMER, bool), step.revision


async def test_a_newer_database_that_goes_beside_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A step that older programs can go on with keeps none of them from its start."""
    url = f"sqlite:///{tmp_path}/bot.db"
    newer = _steps_and_one_more(tmp_path / "steps", "pass", beside=True)
    with monkeypatch.context() as patch:
        patch.setattr("db.engines.engine.migrate", newer)
        async with open_database(url) as store:
            await execute(store, "insert into facts values ('a', 'kept', null)")
    async with open_database(url) as store:
        assert await store.read(sql("select value from facts where key = 'a'")) == [("kept",)]
        assert await Claims(store, "older").renew(1) is False
    with monkeypatch.context() as patch:
        patch.setattr("db.engines.engine.migrate", newer)
        async with open_database(url) as store:
            assert await store.read(sql("select version_num from alembic_version")) == [("next",)]


@pytest.mark.parametrize(
    ("beside", "age", "refused"),
    [
        (False, 5, True),
        (False, 60, False),
        (True, 5, False),
    ],
)
async def test_a_step_waits_for_processes_that_can_not_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, beside: bool, age: int, refused: bool
) -> None:
    """While others run on PostgreSQL, only a step is made that they can go on with."""
    async with empty_database() as url:
        async with open_database(url) as store:
            renewed = f"extract(epoch from clock_timestamp()) - {age}"
            await execute(
                store,
                f"insert into processes (owner, renewals, renewed_at) values ('x', 1, {renewed})",  # noqa: S608
            )
        newer = _steps_and_one_more(tmp_path / "steps", "pass", beside=beside)
        monkeypatch.setattr("db.engines.engine.migrate", newer)
        with pytest.raises(DatabaseUnusable) if refused else contextlib.nullcontext():
            async with open_database(url):
                pass
        monkeypatch.undo()
        with (
            pytest.raises(DatabaseUnusable) if not (refused or beside) else contextlib.nullcontext()
        ):
            async with open_database(url):
                pass


def _first_version(path: Path) -> None:
    """Make the database of the version before, with two processes that own jobs."""
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool)
    with engine.begin() as connection:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", "db:migrations")
        command.upgrade(config, "0001")
    with sqlite3.connect(path) as connection:
        names = [row[1] for row in connection.execute("pragma table_info(jobs)")]
        for number, (owner, is_open) in enumerate(
            [("a", 1), ("a", 1), ("b", 1), ("c", 0), (None, 1)]
        ):
            row: dict[str, object] = dict.fromkeys(names, 0) | {
                "id": number,
                "owner": owner,
                "open": is_open,
            }
            row |= {"task_id": None, "retry_of": number, "lease_until": 1.0e9 + number}
            places = ", ".join("?" for _ in row)
            columns = ", ".join(row)
            connection.execute(
                f"insert into jobs ({columns}) values ({places})",  # noqa: S608 - names of columns
                list(row.values()),
            )


async def test_the_leases_of_jobs_become_those_of_their_owners(tmp_path: Path) -> None:
    """A database of the version before is migrated with its leases: one for each owner of open jobs."""
    path = tmp_path / "bot.db"
    await asyncio.to_thread(_first_version, path)
    async with open_database(f"sqlite:///{path}") as store:
        others = (await Claims(store, "new").ownership()).others
        assert others == {Lease("a", 0), Lease("b", 0)}
        assert sorted(await Claims(store, "new").claim(others)) == [0, 1, 2, 4]
    assert _differences(path) == []


async def test_a_database_that_is_up_to_date_needs_no_alembic(tmp_path: Path) -> None:
    """A start finds the newest step in the database, and loads Alembic only where one is missing."""
    url = f"sqlite:///{tmp_path}/bot.db"
    assert ScriptDirectory("db/migrations").get_current_head() == NEWEST
    async with open_database(url):
        pass
    opening = (
        "import asyncio, sys\n"
        "from db.engines.engine import open_database\n"
        "async def main():\n"
        f"    async with open_database({url!r}):\n"
        "        print('alembic' in sys.modules, 'sqlalchemy.orm' in sys.modules)\n"
        "asyncio.run(main())"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", opening, stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate()
    assert out.decode().split() == ["False", "False"]
