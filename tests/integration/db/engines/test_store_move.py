"""A bot's database moves from SQLite to PostgreSQL whole and unchanged, or stays where it is."""

import asyncio
import sqlite3
import sys
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from db.engines.engine import open_database
from db.engines.store_move import move
from db.errors import MoveRefused
from db.records import JobState
from db.repositories.claims import Claims
from db.repositories.drafts import Drafts
from db.repositories.jobs import JobRepository
from db.repositories.key_values import KeyValues
from db.repositories.ledger import Ledger
from db.store import Store
from tests.databases import execute, sql
from tests.integration.db.repositories.builders import (
    TODAY,
    a_draft,
    accepted,
    changed,
)
from tests.postgresql import fresh_database

MANY = 520  # more than are written in one go
ODD = "a\x00b \U0001f98a"


@pytest.fixture
async def target() -> AsyncGenerator[str]:
    """Give the address of an empty database."""
    async with fresh_database() as address:
        yield address


@pytest.fixture
async def source(tmp_path: Path) -> str:
    """Give the address of a file in which a bot has worked."""
    address = f"sqlite:///{tmp_path}/bot.db"
    async with open_database(address) as store:
        await Claims(store, "one").renew(3)
        for number in range(1, MANY):
            await accepted(store, number)
        await changed(store, await accepted(store, 2000, prompt=ODD), state=JobState.SUBMITTING)
        await changed(store, await accepted(store, 2001), open=False, ended_at=0.1)
        await Drafts(store).add_draft(a_draft())
        await KeyValues(store).put_value("key", "value")
    return address


async def _rows(store: Store, table: str) -> list[tuple[object, ...]]:
    return await store.read(sql(f"select * from {table} order by 1"))  # noqa: S608


async def test_every_row_is_moved(source: str, target: str, tmp_path: Path) -> None:
    """Each job, sum, draft and fact is as it was; the jobs are free at once, and the file is renamed."""
    async with open_database(source) as store:
        before = await JobRepository(store).get_all(range(3000))
        spent = await Ledger(store).spent_on(TODAY)
    moved = await move(source, target)
    assert moved.rows["jobs"] == len(before) == MANY + 1
    assert moved.file == tmp_path / "bot.db.moved"
    assert not (tmp_path / "bot.db").exists()
    assert not (tmp_path / "bot.db-wal").exists()
    async with open_database(target) as store:
        free = [job.id for job in before if job.open]
        assert await Claims(store, "two").claim([]) == free
        after = await JobRepository(store).get_all(range(3000))
        for old, new in zip(before, after, strict=True):
            assert new.prompt == old.prompt.replace("\x00", "")
            assert (new.id, new.state, new.ended_at, new.options, new.price_high) == (
                (old.id, old.state, old.ended_at, old.options, old.price_high)
            )
            assert new.version == old.version + (2 if old.open else 0)
        assert await Ledger(store).spent_on(TODAY) == spent
        assert await Drafts(store).get_draft(1) == a_draft()
        assert await KeyValues(store).get_value("key") == "value"


async def test_a_move_that_was_interrupted_is_begun_anew(
    source: str, target: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However far it came, the target is as it was and the file in its place; then it succeeds."""
    from db.engines import store_move

    async def broken(*_: object) -> None:
        raise OSError("the machine is switched off")

    for part in ("_write", "_compare"):
        with monkeypatch.context() as patch:
            patch.setattr(store_move, part, broken)
            with pytest.raises(MoveRefused):
                await move(source, target)
        assert (tmp_path / "bot.db").exists()
        async with open_database(target) as store:
            assert await _rows(store, "jobs") == []
    with monkeypatch.context() as patch:
        patch.setattr(store_move, "_rename", lambda _: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            await move(source, target)
    assert (await move(source, target)).rows["jobs"] == MANY + 1


@pytest.mark.parametrize(
    "statement",
    [
        "update jobs set prompt = 'another' where id = 7",
        "update ledger set amount = amount + 1 where job_id = 7",
        "insert into facts values ('more', 'value')",
        "delete from drafts",
    ],
)
async def test_other_rows_are_not_overwritten(source: str, target: str, statement: str) -> None:
    """A database on which a bot has worked keeps its rows, and nothing is added."""
    copy = source.removeprefix("sqlite:///")
    content = await asyncio.to_thread(Path(copy).read_bytes)
    await move(source, target)
    await asyncio.to_thread(Path(copy).write_bytes, content)
    async with open_database(target) as store:
        await execute(store, statement)
        before = [await _rows(store, table) for table in ("jobs", "ledger", "facts", "drafts")]
        if statement.startswith("delete"):  # what is missing is added, as after an interruption
            await move(source, target)
            return
        with pytest.raises(MoveRefused, match="other rows"):
            await move(source, target)
        after = [await _rows(store, table) for table in ("jobs", "ledger", "facts", "drafts")]
    assert after == before
    assert await asyncio.to_thread(Path(copy).exists)


async def test_a_move_is_refused_while_a_bot_runs_on_the_file(source: str, target: str) -> None:
    """A bot holds the lock of its file, so that nothing is written behind the copy."""
    lock = source.removeprefix("sqlite:///") + ".lock"
    holding = (
        "import fcntl, sys\n"
        "file = open(sys.argv[1], 'a+')\n"
        "fcntl.lockf(file, fcntl.LOCK_SH)\n"
        "print('held', flush=True)\n"
        "sys.stdin.read()"
    )
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", holding, lock),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"held\n"
    with pytest.raises(MoveRefused, match="stop it first"):
        await move(source, target)
    await process.communicate(b"")  # closes its input, so that it ends
    await move(source, target)


async def test_a_move_is_refused_while_a_bot_runs_on_the_target(source: str, target: str) -> None:
    """A process that has renewed its lease a moment ago may write at any time."""
    async with open_database(target) as store:
        await Claims(store, "runs").renew(1)
        with pytest.raises(MoveRefused, match="A bot runs on the PostgreSQL"):
            await move(source, target)
        await execute(store, "update processes set renewed_at = renewed_at - 31")
    await move(source, target)


async def test_unreadable_rows_are_named(source: str, target: str) -> None:
    """A row that the bot does not read either is left out only if the operator says so."""
    path = source.removeprefix("sqlite:///")
    with sqlite3.connect(path) as database:
        database.execute("update jobs set options = '{' where id = 7")
        database.execute("update jobs set state = 'dreaming' where id = 8")
        database.execute("update jobs set prompt = cast(x'ff' as text) where id = 9")
    with pytest.raises(MoveRefused, match="jobs 7, jobs 8, jobs 9"):
        await move(source, target)
    moved = await move(source, target, leave_out_unreadable=True)
    assert (moved.rows["jobs"], moved.left_out) == (MANY - 2, ["jobs 7", "jobs 8", "jobs 9"])


async def test_addresses_the_wrong_way_round_are_refused(source: str, target: str) -> None:
    """The file comes first; nothing is moved back, and none is made."""
    with pytest.raises(MoveRefused, match="first address"):
        await move(target, source)
    with pytest.raises(MoveRefused, match="second address"):
        await move(source, source)
    with pytest.raises(MoveRefused, match="no database at"):
        await move(f"{source}.none", target)
