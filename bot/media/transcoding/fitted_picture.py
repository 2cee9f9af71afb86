"""Fitted picture: make a plain picture of any that can be decoded, inside the limits of its taker."""

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from pathlib import Path

from av.video.frame import VideoFrame

from bot.media.errors import CannotTranscode
from bot.media.facts import PictureLimits, fitted_size
from bot.media.transcoding.animated_webp import first_picture
from bot.media.transcoding.image import (
    decode_picture,
    is_transparent,
    to_jpeg,
    to_png,
    to_webp,
)
from bot.media.transcoding.plan import ImagePlan

# Quality and scale. What a model is given is not looked at but made into something, so that pixels
# count for more than they do in a message.
_ATTEMPTS = (
    *((95, Fraction(1)), (90, Fraction(1)), (80, Fraction(1))),
    *((90, Fraction(7, 10)), (80, Fraction(7, 10)), (85, Fraction(1, 2))),
    *((80, Fraction(7, 20)), (75, Fraction(1, 4)), (75, Fraction(1, 8))),
)
_Encode = Callable[[VideoFrame, ImagePlan], bytes]
_JPEG, _WEBP, _PNG = "image/jpeg", "image/webp", "image/png"
_ENCODERS: Mapping[str, _Encode] = {_JPEG: to_jpeg, _WEBP: to_webp, _PNG: to_png}


def fit_to(path: Path, media_type: str, target: Path, limits: PictureLimits) -> None:
    """Write the picture at *path* to *target*, inside *limits*: upright, and the first of several.

    Raises:
        CannotTranscode: It is damaged, too large, or fits in no way.
        av.FFmpegError, ValueError: It is broken.
    """
    picture = first_picture(path) if media_type == _WEBP else None
    image, width, height = picture or decode_picture(path, media_type)
    for name in _formats(limits.types, is_transparent=is_transparent(image)):
        for plan in _plans(width, height, limits, is_lossless=name == _PNG):
            encoded = _ENCODERS[name](image, plan)
            if len(encoded) <= limits.max_bytes:
                target.write_bytes(encoded)
                return
    raise CannotTranscode("it stays too large at every quality")


def _formats(types: tuple[str, ...], *, is_transparent: bool) -> Iterator[str]:
    """Yield the formats to try: those that keep what is transparent come first where it counts."""
    preferred = (_WEBP, _PNG, _JPEG) if is_transparent else (_JPEG, _WEBP, _PNG)
    yield from (name for name in preferred if name in types)


def _plans(
    width: int, height: int, limits: PictureLimits, *, is_lossless: bool
) -> Iterator[ImagePlan]:
    """Yield ever smaller plans, none with a side below the least."""
    scales: set[Fraction] = set()
    for quality, scale in _ATTEMPTS:
        across, down = fitted_size(width, height, limits.max_side, scale=scale)
        if min(across, down) < limits.min_side or (is_lossless and scale in scales):
            continue
        scales.add(scale)
        yield ImagePlan(width=across, height=down, quality=quality)
