"""Tests of knowing whether another process works on the same file."""

import subprocess
import sys
from pathlib import Path

from db.engines.instance_lock import instance_lock

# Says whether it is alone, then stays until its input ends.
_OTHER = """
import asyncio, sys
from db.engines.instance_lock import instance_lock
async def alone():
    found.append(True)
async def main():
    async with instance_lock(sys.argv[1], when_alone=alone):
        print(bool(found), flush=True)
        sys.stdin.read()
found = []
asyncio.run(main())
"""

# Says whether the lock is to be had at this moment.
_PASSER_BY = """
import fcntl, sys
with open(sys.argv[1], "a+") as lock:
    try:
        fcntl.lockf(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        print("free")
    except OSError:
        print("taken")
"""


def _start(address: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", _OTHER, address],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def _says(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def _lock_is(path: Path) -> str:
    return subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", _PASSER_BY, str(path)], stdout=subprocess.PIPE, text=True, check=True
    ).stdout.strip()


async def _nothing() -> None:
    """Have nothing to do when alone."""


def test_the_instance_lock_ends_with_its_process(tmp_path: Path) -> None:
    """A process is alone unless another runs, however the other one ended."""
    address = f"sqlite:///{tmp_path}/bot.db"
    with _start(address) as first:
        assert _says(first) == "True"
        with _start(address) as second:
            assert _says(second) == "False"
            second.kill()
        first.kill()
    with _start(address) as third:
        assert _says(third) == "True"
        third.kill()


async def test_no_process_starts_while_the_only_one_acts_on_it(tmp_path: Path) -> None:
    """What is true of other processes when it is found out is still true when it is acted on."""
    seen: list[str] = []

    async def look() -> None:
        seen.append(_lock_is(tmp_path / "bot.db.lock"))

    async with instance_lock(f"sqlite:///{tmp_path}/bot.db", when_alone=look):
        seen.append(_lock_is(tmp_path / "bot.db.lock"))
    assert seen == ["taken", "free"]


async def test_a_database_that_is_no_file_has_no_instance_lock() -> None:
    """In memory, and on a server, only leases show whether another process runs."""

    async def never() -> None:
        raise AssertionError("nobody knows that")

    for address in ("sqlite://", "postgresql://localhost/bot"):
        async with instance_lock(address, when_alone=never):
            pass


async def test_the_lock_file_is_private(tmp_path: Path) -> None:
    """No other user of the machine can keep the bot waiting by holding its lock."""
    async with instance_lock(f"sqlite:///{tmp_path}/bot.db", when_alone=_nothing):
        assert (tmp_path / "bot.db.lock").stat().st_mode & 0o777 == 0o600
