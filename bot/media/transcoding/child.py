"""Child process: transcode one file with PyAV, inside the limits it puts on itself.

Exits with 0 if the target was written, or with `REFUSED` and the reason on standard output.
"""

import argparse
import errno
import os
import sys
from pathlib import Path

import av

from bot.media.errors import CannotTranscode
from bot.media.transcoding.audio import fit_audio
from bot.media.transcoding.image import fit_image, is_animated
from bot.media.transcoding.kernel_confinement import give_up_everything_but
from bot.media.transcoding.process_limits import confine, exit_with_parent
from bot.media.transcoding.source import open_source
from bot.media.transcoding.video import fit_video

REFUSED = 3
# PyAV and Python load parts of themselves when they are first used.
_LIBRARIES = (Path(av.__file__).parent, Path(os.__file__).parent)
_DISK_FULL = {errno.ENOSPC, errno.EDQUOT}


def fit(path: Path, media_type: str, target: Path, limit: int) -> None:
    """Write the file at *path* to *target* in the format that suits less than *limit* bytes.

    Raises:
        CannotTranscode: No format and quality does.
        av.FFmpegError: It is broken.
    """
    if media_type == "image/png" and is_animated(path):
        return fit_video(path, "image/apng", target, limit)
    if media_type.startswith("image/") and media_type != "image/gif":
        return fit_image(path, media_type, target, limit)
    with open_source(path, media_type) as source:
        has_video = source.video is not None
    return (fit_video if has_video else fit_audio)(path, media_type, target, limit)


def main() -> int:
    """Do what the command line says and return the exit code."""
    asked = _arguments().parse_args()
    # An attempt that becomes too large ends when its packets, which are counted, exceed the limit.
    # The file size is limited by the kernel too, for what is not counted.
    confine(memory=asked.memory, processor_seconds=asked.seconds, file_size=asked.limit * 2)
    try:
        asked.target.touch()
        # Before there is another thread, which would keep what this one gives up.
        give_up_everything_but(asked.source, asked.target, libraries=_LIBRARIES)
        exit_with_parent()
        fit(asked.source, asked.media_type, asked.target, asked.limit)
    except MemoryError:
        return _refuse("it takes too much memory")
    except CannotTranscode as error:
        return _refuse(str(error))
    except (av.FFmpegError, OSError, ValueError) as error:
        return _refuse(_reason(error))
    return 0


def _reason(error: Exception) -> str:
    """Return what *error* means, without its text, which holds the path."""
    if getattr(error, "errno", None) in _DISK_FULL:
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
