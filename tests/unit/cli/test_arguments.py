"""What the command line understands, and how soon it answers."""

import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from bot.__main__ import main

ROOT = Path(__file__).parents[3]

# What a command needs for its work, and no text of help.
HEAVY = ("aiohttp", "alembic", "av", "discord", "httpx", "pydantic", "simcord", "sqlalchemy")

_PRINT_HEAVY_MODULES = f"""
import sys
from bot.__main__ import main
try:
    main(sys.argv[1:])
except SystemExit as ended:
    print(ended.code, *(name for name in {HEAVY} if name in sys.modules))
"""


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--help"], 0),
        (["--version"], 0),
        (["run", "--help"], 0),
        (["demo", "--help"], 0),
        (["sandbox", "--help"], 0),
        (["backup", "--help"], 0),
        (["webhook", "--help"], 0),
        (["status", "--help"], 0),
        (["doctor", "--help"], 0),
        (["doctor", "--channel", "general"], 2),
        (["usage", "--help"], 0),
        (["usage", "--by", "prompt"], 2),
        (["usage", "--month", "2026-13"], 2),
        (["usage", "--month", "2026-11", "--range", "7d"], 2),
        (["usage", "--server", "here"], 2),
        (["usage", "--lines", "0"], 2),
        (["webhook"], 2),
        (["webhook", "list"], 2),
        (["backup"], 2),
        (["nonsense"], 2),
    ],
)
def test_help_and_mistakes_load_no_heavy_module(arguments: list[str], code: int) -> None:
    """The help, and the line about a mistake, come without discord.py, SQLAlchemy and the like."""
    ended = subprocess.run(  # noqa: S603
        [sys.executable, "-c", _PRINT_HEAVY_MODULES, *arguments],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ended.stdout.splitlines()[-1] == str(code)


def test_the_version_is_that_of_the_changelog(capsys: pytest.CaptureFixture[str]) -> None:
    """A report of a fault can name what is installed."""
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    number = re.search(r"^## \[(.+?)\]", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert number is not None
    assert capsys.readouterr().out == f"modelhunter-bot {number[1]}\n"


def test_the_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    """Each command has a line, and the settings are pointed to."""
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    lines = capsys.readouterr().out.splitlines()
    words = [line.split()[0] for line in lines if line.startswith("    ") and line.split()]
    commands = ["run", "status", "doctor", "demo", "sandbox", "backup", "usage", "webhook"]
    assert [word for word in words if word in commands] == commands
    assert "docs/settings.md" in lines[-1]


@pytest.mark.parametrize(
    ("command", "call", "options"),
    [
        ("run", "modelhunter-bot run", ()),
        ("demo", "python -m bot demo", ("--port", "--once", "--output")),
        ("sandbox", "python -m bot sandbox", ("--port",)),
        ("backup", "modelhunter-bot backup", ("file",)),
        ("status", "modelhunter-bot status", ("--json",)),
        ("doctor", "modelhunter-bot doctor", ("--channel", "--dry-run", "--json")),
        ("usage", "modelhunter-bot usage", ("--by", "--range", "--month", "--server", "--csv")),
    ],
)
def test_a_command_explains_its_arguments(
    command: str, call: str, options: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    """The help of a command says how it is called and names each of its arguments."""
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    said = capsys.readouterr().out
    assert said.startswith(f"usage: {call} [-h]")
    assert [option for option in options if option not in said] == []


@pytest.mark.parametrize("arguments", [["run", "now"], ["backup", "a", "b"], ["demo", "x"], ["no"]])
def test_an_argument_too_many_is_named(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """What no command takes ends with exit code 2, and is named."""
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert arguments[-1] in capsys.readouterr().err.splitlines()[-1]


@pytest.mark.parametrize("arguments", [[], ["run"]])
def test_without_a_command_the_bot_is_run(
    arguments: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """`run` is the default: both end at the settings that are missing."""
    monkeypatch.chdir(tmp_path)
    for name in ("DISCORD_TOKEN", "MODELHUNTER_KEY"):
        monkeypatch.delenv(name, raising=False)
    assert main(arguments) == 2
    said = capsys.readouterr().err
    assert said.startswith("DISCORD_TOKEN is missing; MODELHUNTER_KEY is missing.")


def test_a_folder_that_the_demo_cannot_write_to_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The demo says in one sentence that its output has no place, before it begins."""
    (tmp_path / "file").touch()
    for place in (tmp_path / "file", tmp_path / "file" / "deeper"):
        assert main(["demo", "--once", "a fox", "--output", str(place)]) == 2
        said = capsys.readouterr().err
        assert said.startswith(f"The demo can't write to {place} (")
        assert said.count("\n") == 1


def test_a_port_that_is_taken_ends_the_sandbox(capsys: pytest.CaptureFixture[str]) -> None:
    """The sandbox says in one sentence that it can't listen there."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert main(["sandbox", "--port", str(port)]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"The sandbox can't listen on port {port} (Address already in use)")
    assert said.count("\n") == 1
