"""Probing child: print what can be reached of what a child must not reach, with its limits on.

It is confined as those that decode files are, and tries what a hostile file might have it do. The
operator reads the result (`modelhunter-bot doctor`): what a kernel says that it has need not work.
"""

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from bot.media.transcoding.confined_work import carry_out, parser_of

_TRIES: Mapping[str, Callable[[], object]] = {
    "files": lambda: Path("/etc/passwd").read_bytes(),
    "network": lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM).close(),
    "programs": lambda: subprocess.run(["/bin/true"], check=True),
    "processes": lambda: os.kill(os.getppid(), 0),
}


def reached() -> str:
    """Return what could be reached, separated by blanks."""
    return " ".join(name for name, attempt in _TRIES.items() if _succeeds(attempt))


def _succeeds(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except (OSError, subprocess.SubprocessError):
        return False
    return True


def main() -> int:
    """Do what the command line says and return the exit code."""
    return carry_out(reached, parser_of("probe").parse_args())


if __name__ == "__main__":
    sys.exit(main())
