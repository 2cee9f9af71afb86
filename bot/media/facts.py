"""Facts: what was measured of a file, whatever its name and its sender say of it."""

import dataclasses
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class MediaFacts:
    """A file that was measured; `size` in bytes, width and height in pixels as they are shown.

    What its header does not show is None. `is_plain` is a picture that every decoder draws alike:
    upright, not animated, eight bits a channel, in grey or RGB. `can_be_fitted` says that a
    smaller, plain picture can be made of it.
    """

    media_type: str
    size: int
    width: int | None = None
    height: int | None = None
    seconds: Decimal | None = None
    is_animated: bool = False
    is_plain: bool = False
    can_be_fitted: bool = False


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class PictureLimits:
    """What a picture is made to fit: media types, bytes, and pixels of its sides."""

    types: tuple[str, ...]
    max_bytes: int
    max_side: int | None = None
    min_side: int = 1


def fitted_size(
    width: int, height: int, max_side: int | None, *, scale: Fraction = Fraction(1)
) -> tuple[int, int]:
    """Return a size of at most *scale* times these sides, the longer of which is at most *max_side*.

    The longer side is rounded down and the shorter up, so that no rounding makes a picture narrower
    than a limit of its aspect.
    """
    longer = max(width, height)
    factor = min(scale, Fraction(max_side or longer, longer))
    if factor >= 1:
        return width, height
    down = max(1, floor(longer * factor))
    up = min(down, max(1, ceil(min(width, height) * factor)))
    return (down, up) if width >= height else (up, down)
