"""The child process: make one file small enough, with PyAV, inside limits.

Exits with 0 if it did, or with `REFUSED` and the reason on standard output.
"""

import argparse
import errno
import sys
from pathlib import Path

import av

from bot.media.errors import CannotTranscode
from bot.media.transcoding.audio import fit_sound
from bot.media.transcoding.image import fit_image
from bot.media.transcoding.process_limits import confine, live_as_long_as_the_parent
from bot.media.transcoding.source import open_source
from bot.media.transcoding.video import fit_video

REFUSED = 3
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT}


def fit(path: Path, media_type: str, target: Path, limit: int) -> None:
    """Write the file at *path* to *target* as what fits into *limit* bytes best.

    Raises:
        CannotTranscode: Nothing of it would.
        av.FFmpegError: It is broken.
    """
    if media_type.startswith("image/") and media_type != "image/gif":
        return fit_image(path, media_type, target, limit)
    with open_source(path, media_type) as source:
        has_pictures = source.video is not None
    return (fit_video if has_pictures else fit_sound)(path, media_type, target, limit)


def main() -> int:
    """Do what the command line says and return the exit code."""
    asked = _arguments().parse_args()
    live_as_long_as_the_parent()
    # An attempt that becomes too large is noticed by its packets; this is for what is not.
    confine(memory=asked.memory, processor_seconds=asked.seconds, file_size=asked.limit * 2)
    try:
        fit(asked.source, asked.media_type, asked.target, asked.limit)
    except MemoryError:
        return _refuse("it takes too much memory")
    except CannotTranscode as error:
        return _refuse(str(error))
    except (av.FFmpegError, OSError, ValueError) as error:
        return _refuse(_reason(error))
    return 0


def _reason(error: Exception) -> str:
    """Say what *error* means, without its text, which holds the path."""
    if getattr(error, "errno", None) in _NO_ROOM:
        return "there is no room on the disk for a smaller one"
    return f"it is broken ({type(error).__name__})"


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="transcode")
    parser.add_argument("source", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("--media-type", required=True)
    parser.add_argument("--limit", type=int, required=True, help="bytes")
    parser.add_argument("--memory", type=int, required=True, help="bytes")
    parser.add_argument("--seconds", type=int, required=True, help="of the processor")
    return parser


def _refuse(reason: str) -> int:
    sys.stdout.write(reason)
    sys.stdout.flush()
    return REFUSED


if __name__ == "__main__":
    sys.exit(main())
