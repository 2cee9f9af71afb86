"""`python -m bot backup FILE` copies the database while it is in use, without tokens."""

import asyncio
import dataclasses
import os
import signal
import sqlite3
import stat
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.__main__ import main
from db.engines.backup import backup
from db.engines.engine import open_database
from db.errors import BackupRefused
from db.job_inputs import JobInput
from db.records import JobState
from db.repositories.drafts import Drafts
from db.repositories.jobs import JobRepository
from db.repositories.key_values import KeyValues
from db.tables import WEBHOOK_KEY
from tests.integration.db.repositories.builders import PLENTY, a_draft, a_job

TOKEN = "aW50ZXJhY3Rpb246-planted-token-"

_WRITE = f"""
import asyncio, sys
from db.engines.engine import open_database
from db.repositories.jobs import JobRepository
from tests.integration.db.repositories.builders import NOON, PLENTY, a_job

async def main() -> None:
    async with open_database(sys.argv[1]) as store:
        jobs = JobRepository(store)
        for number in range(1, 10**6):
            job = a_job(number, interaction_token="{TOKEN}" + "x" * (number % 500))
            await jobs.accept(job, PLENTY, owner="one")
            print(number, flush=True)

asyncio.run(main())
"""


def _rows(path: Path, question: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(path)
    try:
        return connection.execute(question).fetchall()
    finally:
        connection.close()


def _change(path: Path, *statements: str) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        for statement in statements:
            connection.execute(statement)
    finally:
        connection.close()


async def test_a_backup_is_one_moment_of_a_database_in_use(tmp_path: Path) -> None:
    """Everything acknowledged before the copy is in it, whole, and the writer is not held up."""
    url = f"sqlite:///{tmp_path}/bot.db"
    writer = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _WRITE, url, stdout=asyncio.subprocess.PIPE
    )
    assert writer.stdout is not None
    copies = []
    for number in range(5):
        acknowledged = 0
        while acknowledged < 40 * (number + 1):
            acknowledged = int(await writer.stdout.readline())
        copy = tmp_path / f"copy-{number}.db"
        await asyncio.to_thread(backup, url, copy)
        copies.append((copy, acknowledged))
    assert writer.returncode is None
    writer.kill()
    await writer.wait()
    for copy, acknowledged in copies:
        ((jobs, newest),) = _rows(copy, "select count(*), max(id) from jobs")
        assert jobs == newest
        assert int(str(jobs)) >= acknowledged
        assert _rows(copy, "select count(*) from ledger") == [(jobs,)]
        assert TOKEN.encode() not in copy.read_bytes()
        async with open_database(f"sqlite:///{copy}") as store:
            assert await JobRepository(store).get(acknowledged) is not None


async def test_a_backup_holds_no_deleted_token(tmp_path: Path) -> None:
    """What was deleted is still in the pages of the database, and not in those of the copy."""
    path, copy = tmp_path / "bot.db", tmp_path / "copy.db"
    async with open_database(f"sqlite:///{path}") as store:
        for number in range(1, 51):
            job = a_job(number, interaction_token=TOKEN + "x" * 200)
            await JobRepository(store).accept(job, PLENTY, owner="one")
    # Some builds of SQLite erase what they delete; not all do.
    _change(path, "PRAGMA secure_delete = OFF", "DELETE FROM jobs WHERE id < 50")
    assert path.read_bytes().count(TOKEN.encode()) > 1
    backup(f"sqlite:///{path}", copy)
    assert TOKEN.encode() not in copy.read_bytes()
    assert _rows(copy, "select id, interaction_token from jobs") == [(50, None)]


async def test_a_backup_holds_no_address_of_an_attachment(tmp_path: Path) -> None:
    """A signed address opens the file to anyone who reads it; what the file was is kept."""
    path, copy = tmp_path / "bot.db", tmp_path / "copy.db"
    file = JobInput(slot="image", name="fox.png", media_type="image/png", size=9)
    job = a_job(inputs=(file,), input_sources={"0": f"https://cdn.example/fox.png?hm={TOKEN}"})
    async with open_database(f"sqlite:///{path}") as store:
        await JobRepository(store).accept(job, PLENTY, owner="one")
    backup(f"sqlite:///{path}", copy)
    assert TOKEN.encode() not in copy.read_bytes()
    async with open_database(f"sqlite:///{copy}") as store:
        kept = await JobRepository(store).get(job.id)
    assert kept is not None
    assert kept.handed_in == (file,)


async def test_a_backup_holds_no_question_about_a_price(tmp_path: Path) -> None:
    """A question, with its token and prompt, stays where it was asked: only there it is answered."""
    path, copy = tmp_path / "bot.db", tmp_path / "copy.db"
    async with open_database(f"sqlite:///{path}") as store:
        await Drafts(store).add_draft(dataclasses.replace(a_draft(), interaction_token=TOKEN))
    backup(f"sqlite:///{path}", copy)
    assert TOKEN.encode() not in copy.read_bytes()
    assert _rows(copy, "select id from drafts") == []


async def test_a_backup_holds_no_key_of_webhook_addresses(tmp_path: Path) -> None:
    """Who has a copy can't compute the addresses of jobs; where it is restored there is a new key."""
    path, copy = tmp_path / "bot.db", tmp_path / "copy.db"
    async with open_database(f"sqlite:///{path}") as store:
        await KeyValues(store).value_or_put(WEBHOOK_KEY, TOKEN)
        await KeyValues(store).put_value("another", "kept")
    backup(f"sqlite:///{path}", copy)
    assert TOKEN.encode() not in copy.read_bytes()
    assert _rows(copy, "select key, value from facts") == [("another", "kept")]


async def test_a_backup_is_private(tmp_path: Path) -> None:
    """No other user reads the copy, and nothing but the copy is left."""
    before = os.umask(0)
    try:
        async with open_database(f"sqlite:///{tmp_path}/bot.db"):
            pass
        backup(f"sqlite:///{tmp_path}/bot.db", tmp_path / "copy.db")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "copy.db").stat().st_mode) == 0o600
    assert sorted(os.listdir(tmp_path)) == ["bot.db", "copy.db"]


async def test_a_backup_overwrites_no_file(tmp_path: Path) -> None:
    """A file of that name is left as it is."""
    async with open_database(f"sqlite:///{tmp_path}/bot.db"):
        pass
    (tmp_path / "copy.db").write_text("precious")
    with pytest.raises(BackupRefused, match=r"copy.db is there already"):
        backup(f"sqlite:///{tmp_path}/bot.db", tmp_path / "copy.db")
    assert (tmp_path / "copy.db").read_text() == "precious"


async def test_a_backup_overwrites_no_file_that_appears_during_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that was free at the beginning may be taken at the end."""
    async with open_database(f"sqlite:///{tmp_path}/bot.db"):
        pass
    monkeypatch.setattr(
        "db.engines.backup._erase_tokens", lambda _: (tmp_path / "copy.db").write_text("precious")
    )
    with pytest.raises(BackupRefused, match=r"copy.db is there already"):
        backup(f"sqlite:///{tmp_path}/bot.db", tmp_path / "copy.db")
    assert (tmp_path / "copy.db").read_text() == "precious"
    assert sorted(os.listdir(tmp_path)) == ["bot.db", "copy.db"]


async def test_a_failed_backup_leaves_nothing(tmp_path: Path) -> None:
    """Of a damaged database there is no copy, and no half of one."""
    path = tmp_path / "bot.db"
    async with open_database(f"sqlite:///{path}"):
        pass
    content = bytearray(path.read_bytes())
    content[8192 : 8192 + 4096 * 4] = b"\xff" * 4096 * 4
    path.write_bytes(content)
    with pytest.raises(BackupRefused):
        backup(f"sqlite:///{path}", tmp_path / "copy.db")
    assert os.listdir(tmp_path) == ["bot.db"]


async def test_the_backup_command_needs_no_account(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command needs DATABASE_URL alone and says one line."""
    async with open_database(f"sqlite:///{tmp_path}/bot.db"):
        pass
    for name in ("DISCORD_TOKEN", "MODELHUNTER_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", "sqlite:///bot.db")
    assert main(["backup", "copy.db"]) == 0
    said = capsys.readouterr()
    assert said.out.startswith("Copied the database to copy.db (")
    assert said.out.count("\n") == 1
    assert (tmp_path / "copy.db").exists()


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql://bot:secret@localhost/bot", "pg_dump"),
        ("sqlite://", "names no file"),
        ("sqlite:///nowhere/bot.db", "no database at nowhere/bot.db"),
        ("secret", "not an address"),
    ],
)
def test_a_failed_backup_command_names_its_cause(
    url: str,
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The command ends with 2 and one sentence, which repeats no password, and leaves no file."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", url)
    assert main(["backup", "copy.db"]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert "secret" not in error
    assert os.listdir(tmp_path) == []


async def test_a_restored_backup_sends_nothing_again(tmp_path: Path) -> None:
    """One task per job: what was unsent in the copy may have been sent since, and is looked for."""
    url = f"sqlite:///{tmp_path}/bot.db"
    async with open_database(url) as store:
        await JobRepository(store).accept(a_job(1), PLENTY, owner="one")
    await asyncio.to_thread(backup, url, tmp_path / "copy.db")
    async with open_database(f"sqlite:///{tmp_path}/copy.db") as store:
        restored = await JobRepository(store).get(1)
    assert restored is not None
    assert restored.state is JobState.SUBMITTING
    assert restored.submitted_at == restored.created_at


_HALF_DONE = """
import signal, sys, time
from pathlib import Path
from bot.__main__ import main
from db.engines import backup

# Who is started in the background inherits that Ctrl-C is ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)

def wait(copy: Path) -> None:
    print("half done", flush=True)
    time.sleep(60)

backup._erase_tokens = wait
sys.exit(main(["backup", "copy.db"]))
"""


@asynccontextmanager
async def _half_done(folder: Path) -> AsyncGenerator[asyncio.subprocess.Process]:
    """Yield a process that has copied the database with its tokens and not erased them."""
    url = f"sqlite:///{folder}/bot.db"
    async with open_database(url) as store:
        job = a_job(1, interaction_token=TOKEN)
        await JobRepository(store).accept(job, PLENTY, owner="one")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", _HALF_DONE),
        cwd=folder,
        env={"DATABASE_URL": url, "PYTHONPATH": os.getcwd()},
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        assert await process.stdout.readline() == b"half done\n"
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def test_a_killed_backup_leaves_the_name_free(tmp_path: Path) -> None:
    """The copy's name is free, and what was left behind goes with the next copy."""
    async with _half_done(tmp_path) as process:
        process.kill()
        await process.wait()
    left, database = sorted(os.listdir(tmp_path))
    assert (left[:20], database) == (".modelhunter-backup-", "bot.db")
    assert TOKEN.encode() in (tmp_path / left).read_bytes()
    backup(f"sqlite:///{tmp_path}/bot.db", tmp_path / "copy.db")
    assert sorted(os.listdir(tmp_path)) == ["bot.db", "copy.db"]


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
async def test_a_stopped_backup_leaves_nothing(tmp_path: Path, sign: int) -> None:
    """A signal to stop removes the half-made copy."""
    async with _half_done(tmp_path) as process:
        process.send_signal(sign)
        assert await process.wait() != 0
    assert os.listdir(tmp_path) == ["bot.db"]


async def test_two_backups_at_once(tmp_path: Path) -> None:
    """A copy in the making is not taken for one that was left behind, and keeps no name."""
    async with _half_done(tmp_path):
        backup(f"sqlite:///{tmp_path}/bot.db", tmp_path / "copy.db")
        assert [name[:20] for name in sorted(os.listdir(tmp_path))] == [
            ".modelhunter-backup-",
            "bot.db",
            "copy.db",
        ]
