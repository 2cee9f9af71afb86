"""Command: what each file of this package defines, and how a command ends on a mistake."""

import argparse
import dataclasses
import sys
from collections.abc import Callable

_EXIT_FAILURE = 1
_EXIT_MISTAKE = 2


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command: its texts, its arguments, and the function that carries it out.

    `run` returns the exit code. It imports what it needs when it is called: `--help` and a mistake
    in the arguments are answered at once, and `backup` starts without discord.py.
    """

    name: str
    help: str  # its line in the list of commands
    description: str  # the head of its own --help
    run: Callable[[argparse.Namespace], int]
    add_arguments: Callable[[argparse.ArgumentParser], None] = lambda _parser: None
    prog: str | None = None  # how it is called, if not by the program's name and its own


def end_with(mistake: str) -> int:
    """Print the one line that says what the operator must change, and return exit code 2."""
    print(mistake, file=sys.stderr)  # noqa: T201 - the command's answer
    return _EXIT_MISTAKE


def fail_with(failure: str) -> int:
    """Print the one line that says what did not work, this time, and return exit code 1."""
    print(failure, file=sys.stderr)  # noqa: T201 - the command's answer
    return _EXIT_FAILURE


def port(text: str) -> int:
    """Read a port, 0 to 65535; argparse makes one line and exit code 2 of what is raised."""
    if not (text.isascii() and text.isdecimal() and len(text) <= 5 and int(text) <= 65535):
        raise argparse.ArgumentTypeError(f"{text!r} is no port: 0 to 65535")
    return int(text)
