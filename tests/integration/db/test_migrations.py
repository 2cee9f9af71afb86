"""A database of any age becomes this program's, whole or not at all."""

import functools
import os
import shutil
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, text

import db.migrations
from db.engines.engine import open_database
from db.engines.migrate import migrate
from db.errors import DatabaseUnusable
from db.tables import metadata

_NEXT_STEP = '''
"""Go one step further."""
import sqlalchemy as sa
from alembic import op

revision = "next"
down_revision = "0002"


def upgrade() -> None:
    op.create_table("extra", sa.Column("id", sa.Integer(), primary_key=True))
    op.add_column("facts", sa.Column("since", sa.Double()))
    op.execute("update facts set value = 'changed'")
    {ending}
'''


def _steps_and_one_more(folder: Path, ending: str) -> functools.partial[None]:
    """Make a migration like the program's with one more step, which ends as given."""
    shutil.copytree(Path(db.migrations.__path__[0]), folder)
    (folder / "versions" / "next_step.py").write_text(_NEXT_STEP.format(ending=ending))
    return functools.partial(migrate, steps=os.fspath(folder))


def _differences(connection: Connection) -> list[object]:
    return list(compare_metadata(MigrationContext.configure(connection), metadata))


async def test_the_migrations_lead_to_the_tables() -> None:
    """A migrated database has exactly the tables that the program uses."""
    async with open_database("sqlite://") as engine, engine.connect() as connection:
        assert await connection.run_sync(_differences) == []


async def test_migrating_again_changes_nothing(tmp_path: Path) -> None:
    """A restart finds the database as it left it."""
    url = f"sqlite:///{tmp_path}/bot.db"
    async with open_database(url) as engine, engine.begin() as connection:
        await connection.execute(text("insert into facts values ('a', 'kept')"))
    async with open_database(url) as engine, engine.connect() as connection:
        rows = (await connection.execute(text("select value from facts"))).scalars().all()
        locks = (await connection.execute(text("select count(*) from acceptance"))).scalar_one()
    assert rows == ["kept"]
    assert locks == 1


async def test_a_migration_of_a_database_with_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next version's migrations run on this version's database."""
    url = f"sqlite:///{tmp_path}/bot.db"
    async with open_database(url) as engine, engine.begin() as connection:
        await connection.execute(text("insert into facts values ('a', 'old')"))
    monkeypatch.setattr(
        "db.engines.engine.migrate", _steps_and_one_more(tmp_path / "steps", "pass")
    )
    async with open_database(url) as engine, engine.connect() as connection:
        rows = (await connection.execute(text("select value, since from facts"))).all()
    assert [tuple(row) for row in rows] == [("changed", None)]


async def test_a_failed_migration_leaves_the_old_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A step that fails half way is undone, and the old program goes on."""
    url = f"sqlite:///{tmp_path}/bot.db"
    async with open_database(url) as engine, engine.begin() as connection:
        await connection.execute(text("insert into facts values ('a', 'kept')"))
    with monkeypatch.context() as patch:
        failing = _steps_and_one_more(tmp_path / "steps", 'op.execute("select * from nowhere")')
        patch.setattr("db.engines.engine.migrate", failing)
        with pytest.raises(DatabaseUnusable, match="no such table: nowhere"):
            async with open_database(url):
                pass
    async with open_database(url) as engine, engine.connect() as connection:
        assert await connection.run_sync(_differences) == []
        rows = (await connection.execute(text("select value from facts"))).scalars().all()
    assert rows == ["kept"]


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
