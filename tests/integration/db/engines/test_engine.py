"""The database opens private and durable, or says in one sentence why not."""

import asyncio
import os
import sqlite3
import stat
import sys
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from db.engines.engine import open_database
from db.errors import DatabaseUnusable, StoreFailed
from db.statements import Steps
from db.store import Store
from tests.databases import execute, sql

_Rows = list[tuple[Any, ...]]


async def _pragmas(how: Callable[[Steps[_Rows]], Awaitable[_Rows]], *names: str) -> list[object]:
    return [(await how(sql(f"PRAGMA {name}")))[0][0] for name in names]


async def _why_not(url: str) -> str:
    with pytest.raises(DatabaseUnusable) as refused:
        async with open_database(url):
            pass
    return str(refused.value)


async def _keys(store: Store) -> list[str]:
    return sorted(key for (key,) in await store.read(sql("select key from facts")))


async def _put(store: Store, key: str) -> None:
    await store.transact(sql(f"insert into facts values ('{key}', '')"))  # noqa: S608


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


async def test_every_connection_has_its_pragmas(tmp_path: Path) -> None:
    """Every connection has the settings on which the promises rest."""
    async with open_database(f"sqlite:///{tmp_path}/bot.db") as store:
        writing = await _pragmas(
            store.write, "journal_mode", "synchronous", "foreign_keys", "busy_timeout"
        )
        reading = await _pragmas(store.read, "journal_mode", "query_only", "busy_timeout")
    assert writing == ["wal", 2, 1, 5000]
    assert reading == ["wal", 1, 5000]


async def test_a_reading_connection_writes_nothing(tmp_path: Path) -> None:
    """What was handed to the wrong connection is an error, not a second writer."""
    async with open_database(f"sqlite:///{tmp_path}/bot.db") as store:
        with pytest.raises(StoreFailed, match="readonly"):
            await store.read(sql("insert into facts values ('a', 'b')"))
        assert await _keys(store) == []


async def test_what_was_committed_is_read(tmp_path: Path) -> None:
    """A reader, though on another connection, sees each write whose caller has its answer."""
    async with open_database(f"sqlite:///{tmp_path}/bot.db") as store:
        for number in range(50):
            await _put(store, str(number))
            assert str(number) in await _keys(store)


async def test_readers_do_not_wait_for_the_writer(tmp_path: Path) -> None:
    """While a write waits for another program's, lists and look-ups are answered."""
    async with open_database(f"sqlite:///{tmp_path}/bot.db") as store:
        other = sqlite3.connect(tmp_path / "bot.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        writing = asyncio.create_task(_put(store, "late"), name="late write")
        assert await _keys(store) == []
        assert not writing.done()
        other.execute("ROLLBACK")
        other.close()
        await writing
        assert await _keys(store) == ["late"]


async def test_database_files_are_private(tmp_path: Path) -> None:
    """No other user of the machine reads prompts or tokens, also where the files had another mode before."""
    path = tmp_path / "deep" / "er" / "bot.db"
    for _ in range(2):
        async with open_database(f"sqlite:///{path}") as store:
            await execute(store, "insert into facts values ('a', 'b')", "delete from facts")
            parts = sorted(path.parent.iterdir())
            assert [part.name for part in parts] == ["bot.db", "bot.db-shm", "bot.db-wal"]
            assert [_mode(part) for part in parts] == [0o600] * 3
        path.chmod(0o644)


async def test_closing_a_database_leaves_one_file(tmp_path: Path) -> None:
    """After a clean stop the database is one file that can be copied."""
    async with open_database(f"sqlite:///{tmp_path}/bot.db"):
        pass
    assert os.listdir(tmp_path) == ["bot.db"]


async def test_databases_in_memory_are_apart() -> None:
    """Two programs in one process, as in tests, do not see each other's jobs."""
    async with open_database("sqlite://") as one, open_database("sqlite://") as two:
        await _put(one, "a")
        assert await _keys(two) == []


@pytest.mark.parametrize("place", ["memory", "disk"])
async def test_coroutines_never_share_a_transaction(tmp_path: Path, place: str) -> None:
    """One coroutine's rollback does not take another's work with it."""
    url = "sqlite://" if place == "memory" else f"sqlite:///{tmp_path}/bot.db"

    def write(number: int) -> Steps[None]:
        yield from sql(f"insert into facts values ('{number}', '')")  # noqa: S608
        if number % 2:
            raise ArithmeticError

    async with open_database(url) as store:
        writes = [store.transact(write(number)) for number in range(10)]
        failed = [type(it) for it in await asyncio.gather(*writes, return_exceptions=True) if it]
        assert await _keys(store) == ["0", "2", "4", "6", "8"]
    assert failed == [ArithmeticError] * 5


@pytest.mark.parametrize("place", ["memory", "disk"])
async def test_a_cancelled_write_is_done_whole_or_not_at_all(tmp_path: Path, place: str) -> None:
    """A cancelled transaction leaves both of its rows or none, and the connection to the next one."""
    url = "sqlite://" if place == "memory" else f"sqlite:///{tmp_path}/bot.db"
    before = set(threading.enumerate())
    async with open_database(url) as store:
        await _put(store, "kept")

        def two_rows(number: int) -> Steps[None]:
            yield from sql(f"insert into facts values ('a{number}', '')")  # noqa: S608
            yield from sql(f"insert into facts values ('b{number}', '')")  # noqa: S608

        for turns in range(40):
            task = asyncio.create_task(store.transact(two_rows(turns)), name="cancelled")
            for _ in range(turns):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        await _put(store, "after")
        keys = await _keys(store)
    assert {"kept", "after"} <= set(keys)
    assert {key[1:] for key in keys if key[0] == "a"} - {"fter"} == {
        key[1:] for key in keys if key[0] == "b"
    }
    left = {it.name for it in threading.enumerate() if it not in before}
    assert left & {"reader", "writer"} == set()


async def test_work_in_line_that_is_cancelled_is_left_out(tmp_path: Path) -> None:
    """A write whose caller gave up before its turn is not carried out."""
    async with open_database(f"sqlite:///{tmp_path}/bot.db") as store:
        other = sqlite3.connect(tmp_path / "bot.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        first = asyncio.create_task(_put(store, "first"), name="in flight")
        second = asyncio.create_task(_put(store, "second"), name="in line")
        await asyncio.sleep(0)
        second.cancel()
        await asyncio.gather(second, return_exceptions=True)
        other.execute("ROLLBACK")
        other.close()
        await first
        await _put(store, "third")
        assert await _keys(store) == ["first", "third"]


async def test_a_closed_database_says_so() -> None:
    """What comes after the end of the database is an error, and waits for nothing."""
    async with open_database("sqlite://") as store:
        pass
    with pytest.raises(StoreFailed, match="closed"):
        await _put(store, "late")


_OPEN = """
import asyncio, sys
from db.engines.engine import open_database

async def main() -> None:
    async with open_database(sys.argv[1]):
        pass

asyncio.run(main())
"""


async def test_processes_may_create_the_database_together(tmp_path: Path) -> None:
    """Several processes that find no database make one, and all of them run."""
    url = f"sqlite:///{tmp_path}/bot.db"
    processes = [
        await asyncio.create_subprocess_exec(sys.executable, "-c", _OPEN, url) for _ in range(4)
    ]
    assert [await process.wait() for process in processes] == [0, 0, 0, 0]


_WRITE = """
import asyncio, sys
from db.engines.engine import open_database
from tests.databases import sql

async def main() -> None:
    async with open_database(sys.argv[1]) as store:
        for number in range(10**6):
            await store.write(sql(f"insert into facts values ('{number}', '')"))
            print(number, flush=True)

asyncio.run(main())
"""


async def test_a_commit_survives_a_kill(tmp_path: Path) -> None:
    """A process killed at any instant loses nothing that it had reported as saved."""
    url = f"sqlite:///{tmp_path}/bot.db"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _WRITE, url, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    for _ in range(50):
        await process.stdout.readline()
    process.kill()
    acknowledged = 50 + len((await process.stdout.read()).splitlines())
    await process.wait()
    async with open_database(url) as store:
        kept = len(await _keys(store))
    assert kept in {acknowledged, acknowledged + 1}  # one may be saved but not yet reported


async def test_an_unknown_kind_of_database_is_refused() -> None:
    """Another kind of database is named, and what is possible instead; never its password."""
    said = await _why_not("mysql://bot:secret@localhost/bot")
    assert "'mysql'" in said
    assert "sqlite" in said
    assert "secret" not in said


async def test_a_database_url_that_is_no_address_is_refused() -> None:
    """A setting that is no address is refused without being repeated."""
    said = await _why_not("secret bot.db")
    assert "DATABASE_URL is not an address" in said
    assert "secret" not in said


async def test_a_database_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    """A folder in the file's place, or a file in the folder's, is named."""
    (tmp_path / "file").touch()
    assert f"{tmp_path}/file/bot.db can't be written" in await _why_not(
        f"sqlite:///{tmp_path}/file/bot.db"
    )
    assert f"{tmp_path} can't be written" in await _why_not(f"sqlite:///{tmp_path}")


async def test_a_database_url_with_uri_is_refused(tmp_path: Path) -> None:
    """A file that SQLite finds by itself would not be made private."""
    assert "uri=" in await _why_not(f"sqlite:///file:{tmp_path}/bot.db?uri=true")
    assert os.listdir(tmp_path) == []


async def test_a_file_that_is_no_database_is_refused_and_kept(tmp_path: Path) -> None:
    """A file that is no database is left as it is."""
    path = tmp_path / "bot.db"
    path.write_bytes(b"this is a letter, not a database\n" * 100)
    assert "not a database" in await _why_not(f"sqlite:///{path}")
    assert path.read_bytes() == b"this is a letter, not a database\n" * 100


async def test_a_damaged_database_is_refused(tmp_path: Path) -> None:
    """Damage is found at the start, not in the middle of a job."""
    path = tmp_path / "bot.db"
    async with open_database(f"sqlite:///{path}"):
        pass
    content = bytearray(path.read_bytes())
    content[8192 : 8192 + 4096 * 4] = b"\xff" * 4096 * 4
    path.write_bytes(content)
    assert "damaged" in await _why_not(f"sqlite:///{path}")


async def test_a_locked_database_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other program that keeps the database locked is to be stopped first."""
    monkeypatch.setattr("db.engines.sqlite._PRAGMAS", ("PRAGMA busy_timeout = 1",))
    path = tmp_path / "bot.db"
    async with open_database(f"sqlite:///{path}"):
        pass
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    try:
        assert "locked by another program" in await _why_not(f"sqlite:///{path}")
    finally:
        other.close()


@pytest.mark.parametrize(
    "url",
    [
        "sqlite://data/bot.db",
        "sqlite://:memory:",
        "sqlite:///data/bot.db?timeout=abc",
        "sqlite:///data/",
        "postgresql://bot:pass@host:port/bot",
        "sqlite:////dev/null",
    ],
)
async def test_an_odd_database_url_leaves_no_file(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A refused address is one sentence, and makes neither a folder nor a file."""
    monkeypatch.chdir(tmp_path)
    assert (await _why_not(url)).count("\n") == 0
    assert os.listdir(tmp_path) == []


async def test_a_home_in_the_database_url_is_no_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A `~` leads to the home of the bot's user."""
    home = tmp_path / "home"
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.chdir(tmp_path)
    async with open_database("sqlite:///~/data/bot.db"):
        pass
    assert os.listdir(tmp_path) == ["home"]
    assert (home / "data" / "bot.db").is_file()
