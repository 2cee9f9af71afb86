"""Fitting child: make one picture fit the limits of what takes it, inside those it puts on itself."""

import sys
from pathlib import Path

from bot.media.facts import PictureLimits
from bot.media.transcoding.confined_work import carry_out, parser_of
from bot.media.transcoding.fitted_picture import fit_to


def main() -> int:
    """Do what the command line says and return the exit code."""
    parser = parser_of("fit")
    parser.add_argument("target", type=Path)
    parser.add_argument("--types", required=True, help="media types, with commas between")
    parser.add_argument("--max-bytes", type=int, required=True)
    parser.add_argument("--max-side", type=int, help="pixels")
    parser.add_argument("--min-side", type=int, required=True, help="pixels")
    asked = parser.parse_args()
    limits = PictureLimits(
        types=tuple(asked.types.split(",")),
        max_bytes=asked.max_bytes,
        max_side=asked.max_side,
        min_side=asked.min_side,
    )
    return carry_out(
        lambda: fit_to(asked.source, asked.media_type, asked.target, limits),
        asked,
        target=asked.target,
        file_size=limits.max_bytes * 2,
    )


if __name__ == "__main__":
    sys.exit(main())
