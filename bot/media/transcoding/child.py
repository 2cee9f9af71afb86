"""Child process: transcode one file with PyAV, inside the limits it puts on itself."""

import sys
from pathlib import Path

from bot.media.errors import CannotTranscode
from bot.media.transcoding.audio import fit_audio
from bot.media.transcoding.confined_work import carry_out, parser_of
from bot.media.transcoding.image import fit_image, is_animated
from bot.media.transcoding.source import open_source
from bot.media.transcoding.video import fit_video

# Others may be animated, which shows only in their parts.
_PICTURES = frozenset({"image/png", "image/jpeg", "image/webp"})


def fit(path: Path, media_type: str, target: Path, limit: int) -> None:
    """Write the file at *path* to *target* in the format that suits less than *limit* bytes.

    Raises:
        CannotTranscode: No format and quality does.
        av.FFmpegError: It is broken.
    """
    if media_type == "image/png" and is_animated(path):
        return fit_video(path, "image/apng", target, limit)
    if media_type in _PICTURES:
        return fit_image(path, media_type, target, limit)
    if media_type.startswith("image/") and media_type != "image/gif":
        raise CannotTranscode(f"{media_type} is not transcoded")
    with open_source(path, media_type) as source:
        has_video = source.video is not None
    return (fit_video if has_video else fit_audio)(path, media_type, target, limit)


def main() -> int:
    """Do what the command line says and return the exit code."""
    parser = parser_of("transcode")
    parser.add_argument("target", type=Path)
    parser.add_argument("--limit", type=int, required=True, help="bytes")
    asked = parser.parse_args()
    # An attempt that becomes too large ends when its packets, which are counted, exceed the limit.
    # The file size is limited by the kernel too, for what is not counted.
    return carry_out(
        lambda: fit(asked.source, asked.media_type, asked.target, asked.limit),
        asked,
        target=asked.target,
        file_size=asked.limit * 2,
    )


if __name__ == "__main__":
    sys.exit(main())
