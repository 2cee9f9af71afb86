"""The bot's memory, which holds its secrets, is closed to other processes of the same user."""

import subprocess
import sys
from pathlib import Path

import pytest

# Runs the command up to where it would open the program, and reports whether it may be looked into.
_START = """
import argparse, ctypes, os, sys
import bot.app.run
from bot.cli.run import RUN

async def report(*_: object, **__: object) -> None:
    print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))  # PR_GET_DUMPABLE

bot.app.run.run = report
options = argparse.Namespace(allowed_addresses=frozenset(), refused_token_pause=None)
sys.exit(RUN.run(options))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="prctl is Linux's")
def test_the_command_closes_its_memory_before_it_runs(tmp_path: Path) -> None:
    """When the bot starts, its environment can't be read, and the log says what confines the rest."""
    token = "MTIzNDU2Nzg5MDEyMzQ1Njc4.GhIjKl.abcdefghijklmnopqrstuvwxyz0123456789ab"
    started = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", _START],
        env={"DISCORD_TOKEN": token, "MODELHUNTER_KEY": "mh_planted", "DATABASE_URL": "sqlite://"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert started.stdout.split() == ["0"]
    assert "what makes results smaller is confined by: " in started.stderr
    assert "planted" not in started.stderr
