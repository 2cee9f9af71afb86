"""Confined work: what the child processes have in common, whatever they do with their file.

A child exits with 0 if its work is done, with `REFUSED` and the reason on standard output, or with
`NO_ROOM` where the disk is full, which is no fault of the file.
"""

import argparse
import errno
import os
import sys
from collections.abc import Callable
from pathlib import Path

import av

from bot.media.errors import CannotTranscode
from bot.media.transcoding.kernel_confinement import give_up_everything_but
from bot.media.transcoding.process_limits import confine, exit_with_parent

REFUSED = 3
NO_ROOM = 4
# PyAV and Python load parts of themselves when they are first used.
_LIBRARIES = (Path(av.__file__).parent, Path(os.__file__).parent)
_DISK_FULL = {errno.ENOSPC, errno.EDQUOT}


def parser_of(program: str) -> argparse.ArgumentParser:
    """Return a parser of the arguments that every child takes."""
    parser = argparse.ArgumentParser(prog=program)
    parser.add_argument("source", type=Path)
    parser.add_argument("--media-type", required=True)
    parser.add_argument("--memory", type=int, required=True, help="bytes")
    parser.add_argument("--seconds", type=int, required=True, help="of the processor")
    return parser


def carry_out(
    work: Callable[[], str | None],
    asked: argparse.Namespace,
    *,
    target: Path | None = None,
    file_size: int = 0,
) -> int:
    """Confine this process to the source and *target*, do *work* and return the exit code.

    *file_size* is the most bytes that may be written. What *work* returns is printed.
    """
    confine(memory=asked.memory, processor_seconds=asked.seconds, file_size=file_size)
    try:
        if target is not None:
            target.touch()
        # Before there is another thread, which would keep what this one gives up.
        give_up_everything_but(asked.source, target, libraries=_LIBRARIES)
        exit_with_parent()
        _print(work() or "")
    except MemoryError:
        return _refuse("it takes too much memory")
    except CannotTranscode as error:
        return _refuse(str(error))
    except (av.FFmpegError, OSError, ValueError) as error:
        if getattr(error, "errno", None) in _DISK_FULL:
            return NO_ROOM
        # Without its text, which holds the path.
        return _refuse(f"it is broken ({type(error).__name__})")
    return 0


def _refuse(reason: str) -> int:
    _print(reason)
    return REFUSED


def _print(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
