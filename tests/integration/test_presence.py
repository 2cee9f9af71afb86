"""Tests of knowing whether another process works on the same file."""

import subprocess
import sys
from pathlib import Path

from db.presence import presence

# Says whether it is alone, then stays until its input ends.
_OTHER = """
import sys
from db.presence import presence
with presence(sys.argv[1]) as alone:
    print(alone, flush=True)
    sys.stdin.read()
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


def test_the_second_is_not_alone_and_a_killed_one_leaves_nothing(tmp_path: Path) -> None:
    """A process is alone unless another lives, whatever way the other one ended."""
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


def test_a_database_that_is_no_file_has_no_presence() -> None:
    """In memory, and on a server, only leases tell."""
    with presence("sqlite://") as in_memory, presence("postgresql://localhost/bot") as on_server:
        assert (in_memory, on_server) == (False, False)


def test_the_lock_file_is_private(tmp_path: Path) -> None:
    """Nobody else on the machine can keep the bot waiting by holding its lock."""
    with presence(f"sqlite:///{tmp_path}/bot.db"):
        assert (tmp_path / "bot.db.lock").stat().st_mode & 0o777 == 0o600
