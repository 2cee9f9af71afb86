"""From within the transcoder's process nothing is reached but its two files."""

import asyncio
import json
import os
import sqlite3
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.media.transcoding.kernel_confinement import confinement
from bot.media.transcoding.transcoder import Transcoder
from tests.integration.media.transcoding.child_processes import children, is_at_work, until
from tests.integration.media.transcoding.sample_media import make_video, pictures

KERNEL = confinement()
pytestmark = [
    pytest.mark.skipif(not KERNEL.landlock, reason=f"this kernel has {KERNEL}"),
    pytest.mark.skipif(not KERNEL.seccomp, reason=f"this kernel has {KERNEL}"),
]

# Tries everything that it is told to, and reports what it got.
_CHILD = """
import ctypes, json, os, socket, sqlite3, subprocess, sys, threading
from pathlib import Path
from bot.media.transcoding.kernel_confinement import give_up_everything_but

told = json.loads(sys.argv[1])
source, target = Path(told["source"]), Path(told["target"])
if told["confined"]:
    give_up_everything_but(source, target)

def connected():
    with socket.create_connection(("127.0.0.1", told["port"]), 5):
        return "connected"

def query():
    return sqlite3.connect(told["database"]).execute("select * from jobs").fetchall()

def in_thread():
    found = []
    thread = threading.Thread(target=lambda: found.append("ran"))
    thread.start()
    thread.join()
    return found

TRIES = {
    "source": source.read_text,
    "target": lambda: (target.write_text("written"), target.read_text()),
    "thread": in_thread,
    "environment of the bot": lambda: Path(f"/proc/{os.getppid()}/environ").read_text(),
    "memory map of the bot": lambda: Path(f"/proc/{os.getppid()}/maps").read_text(),
    "environment of another process": lambda: Path(f"/proc/{told['other']}/environ").read_text(),
    "settings": Path(told["settings"]).read_text,
    "database": query,
    "TCP": connected,
    "UDP": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", 9)),
    "UNIX socket": lambda: socket.socket(socket.AF_UNIX),
    "program": lambda: subprocess.run(["/bin/true"], check=True),
    "process": lambda: os.fork() or os._exit(0),
    "file beside the target": lambda: target.with_name("other").write_text("x"),
    "source for writing": lambda: source.open("a"),
    "folder": lambda: os.listdir(target.parent),
    "signal": lambda: os.kill(os.getppid(), 0),
    "link to the settings": lambda: os.symlink(told["settings"], target.with_name("link")),
}
found = {}
for name, attempt in TRIES.items():
    try:
        found[name] = f"reached {attempt()!r}"
    except (OSError, sqlite3.Error) as error:
        found[name] = "refused"
print(json.dumps(found))
"""
_BOT = """
import subprocess, sys
from bot.media.transcoding.kernel_confinement import hide_this_process

hide_this_process()
child = subprocess.run([sys.executable, "-c", sys.argv[1], sys.argv[2]], env={}, check=True)
"""
OPEN = {"source", "target", "thread"}


async def tries(folder: Path, *, confined: bool) -> Mapping[str, str]:
    """Start a bot with secrets, let it start a child, and return what the child reached."""
    (folder / "source").write_text("a film")
    (folder / "target").touch()
    (folder / ".env").write_text("DISCORD_TOKEN=planted")
    with sqlite3.connect(folder / "bot.db") as database:
        database.execute("create table if not exists jobs (prompt text)")
        database.execute("insert into jobs values ('planted')")
    database.close()
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    async with server:
        told = {
            "confined": confined,
            "source": str(folder / "source"),
            "target": str(folder / "target"),
            "settings": str(folder / ".env"),
            "database": str(folder / "bot.db"),
            "port": server.sockets[0].getsockname()[1],
            "other": os.getpid(),
        }
        bot = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", _BOT, _CHILD, json.dumps(told)),
            env={"DISCORD_TOKEN": "planted", "MODELHUNTER_KEY": "planted"},
            stdout=asyncio.subprocess.PIPE,
        )
        said, _ = await bot.communicate()
    assert bot.returncode == 0
    found: Mapping[str, str] = json.loads(said.splitlines()[-1])
    return found


async def test_nothing_but_its_files_is_reached(tmp_path: Path) -> None:
    """No secret, no file, no network, no other process; threads and its two files it has."""
    found = await tries(tmp_path, confined=True)

    assert {name for name, outcome in found.items() if outcome != "refused"} == OPEN
    assert "planted" not in json.dumps(found)


async def test_an_unconfined_process_reaches_them(tmp_path: Path) -> None:
    """The tries above would succeed otherwise, so that their refusal means something."""
    found = await tries(tmp_path, confined=False)

    others = {name for name, outcome in found.items() if outcome != "refused"} - OPEN
    assert {"settings", "database", "TCP", "program", "folder", "signal"} <= others


async def test_the_transcoder_is_confined_before_it_reads(tmp_path: Path) -> None:
    """The process that works on a file can get no privileges, and has a filter of system calls."""
    frames = pictures((960, 540), seconds=4)
    file = make_video(tmp_path / "a.mp4", frames, bit_rate=8_000_000)
    before = children()
    task = asyncio.create_task(Transcoder().transcode(file, limit=1_000_000), name="fit")
    try:
        await until(lambda: any(is_confined(child) for child in children() - before))
        (process,) = children() - before
        assert is_at_work(process)
        assert status_of(process)["CapEff"].strip("0") == ""
        assert (await task).size < 1_000_000
    finally:
        task.cancel()
        await asyncio.wait([task])


def status_of(process: int) -> Mapping[str, str]:
    """Return what the kernel says of *process*, by the names of proc(5)."""
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:  # it has just ended
        return {}
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


def is_confined(process: int) -> bool:
    """Return whether *process* runs under a filter."""
    status = status_of(process)
    return (status.get("Seccomp"), status.get("NoNewPrivs")) == ("2", "1")
