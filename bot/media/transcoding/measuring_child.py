"""Measuring child: print what one file is, inside the limits it puts on itself.

Pictures are measured by their headers alone. Of videos and sounds every packet is read, as a header
may promise another length, and one picture is decoded, which says how it is to be turned.
"""

import json
import struct
import sys
from collections.abc import Mapping
from pathlib import Path

import av

from bot.media.errors import CannotTranscode
from bot.media.transcoding.confined_work import carry_out, parser_of
from bot.media.transcoding.frames import size_as_shown
from bot.media.transcoding.picture_header import PictureHeader, read_header
from bot.media.transcoding.plan import LONGEST_SIDE, MOST_PIXELS
from bot.media.transcoding.source import Source, measure, open_source

# Pictures that are decoded as they are found, and those whose parts must be looked at first.
_FITTED = frozenset(
    {"image/png", "image/jpeg", "image/webp", "image/gif", "image/bmp", "image/tiff"}
)
_OF_PARTS = frozenset({"image/heic", "image/avif"})


def facts_of(path: Path, media_type: str) -> Mapping[str, object]:
    """Return what the file at *path* is, without what is usual.

    Raises:
        CannotTranscode, av.FFmpegError, ValueError: It is broken, or holds nothing that is known.
    """
    if media_type.startswith("image/"):
        return _picture(path, media_type)
    with open_source(path, media_type) as source:
        found = dict(_shown(source))
    if "width" not in found and media_type.startswith("video/"):
        found["media_type"] = f"audio/{media_type.partition('/')[2]}"
    with open_source(path, media_type) as source:
        found["seconds"] = f"{measure(source, media_type).duration:.2f}"
    return found


def _picture(path: Path, media_type: str) -> Mapping[str, object]:
    try:
        header = read_header(path, media_type)
    except struct.error as error:
        raise ValueError("cut short") from error
    if header is None:
        return {}
    width, height = header.size_as_shown
    return {
        "width": width,
        "height": height,
        "is_animated": header.is_animated,
        "is_plain": header.is_plain,
        "can_be_fitted": _can_be_fitted(path, media_type, header),
    }


def _can_be_fitted(path: Path, media_type: str, header: PictureHeader) -> bool:
    width, height = header.width, header.height
    if max(width, height) > LONGEST_SIDE or width * height > MOST_PIXELS:
        return False
    return media_type in _FITTED or (
        media_type in _OF_PARTS and _is_whole(path, media_type, header)
    )


def _is_whole(path: Path, media_type: str, header: PictureHeader) -> bool:
    """Whether libav shows the picture as one; it leaves those of tiles to its callers."""
    try:
        with open_source(path, media_type) as source:
            context = source.video.codec_context if source.video else None
            return context is not None and (context.width, context.height) == (
                header.width,
                header.height,
            )
    except (CannotTranscode, av.FFmpegError):
        return False


def _shown(source: Source) -> Mapping[str, object]:
    """Return the size of the video's pictures, nothing if there are none."""
    if source.video is None:
        return {}
    picture = next(source.container.decode(source.video), None)
    if picture is None:
        raise CannotTranscode("there is no picture in it")
    width, height = size_as_shown(picture, source.video.sample_aspect_ratio)
    return {"width": width, "height": height}


def main() -> int:
    """Do what the command line says and return the exit code."""
    asked = parser_of("measure").parse_args()
    return carry_out(
        lambda: json.dumps(facts_of(asked.source, asked.media_type), separators=(",", ":")), asked
    )


if __name__ == "__main__":
    sys.exit(main())
