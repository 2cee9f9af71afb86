"""Input checks: is a file inside the limits of what takes it, or can it be made to fit? Pure.

Pictures are made to fit where that costs no more than detail: too many bytes or pixels, a type
that the model does not take, or an unusual one that models read differently (turned by Exif, 16
bits, CMYK, animated). A picture that is too small or of another aspect can't be mended, nor can videos and
sounds.
"""

import dataclasses
from collections.abc import Sequence
from decimal import Decimal

from bot.catalogue import (
    BrokenLimit,
    Capability,
    InputFacts,
    InputLimits,
    InputOutside,
    InvalidRequest,
    Limit,
    Medium,
    Slot,
)
from bot.jobs.errors import (
    InputOfParts,
    InputTooManyPixels,
    InputUnreadable,
    InputWrongMedium,
    RequestDenied,
)
from bot.media.facts import MediaFacts, PictureLimits, fitted_size
from bot.media.transcoding.plan import LONGEST_SIDE, MOST_PIXELS

# Bytes that are fetched of a file at most. A picture may have more than its model takes.
MOST_BYTES = 100_000_000
# What pictures are written as, best first.
_WRITTEN = ("image/jpeg", "image/webp", "image/png")
_OF_PARTS = frozenset({"image/heic", "image/avif"})
# What a sender may call any file, or one in a container of either kind.
_SAYS_NOTHING = frozenset({"", "application/octet-stream", "binary/octet-stream"})
_MAY_BE_SOUND = frozenset({"video", "audio"})


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class OfferedFile:
    """A file that a requester hands in, as Discord describes it; none of that is measured."""

    slot: Slot
    source: str = dataclasses.field(repr=False)  # a signed address
    name: str
    size: int  # bytes
    media_type: str | None = None
    width: int | None = None
    height: int | None = None


def check_claims(offered: Sequence[OfferedFile], capability: Capability) -> None:
    """Refuse what Discord's description alone shows to be outside the limits of *capability*.

    Raises:
        InputOutside, InputWrongMedium: A file can't be what is taken in its slot.
    """
    for file in offered:
        limits = capability.inputs[file.slot].limits
        if not _may_be(file.slot.medium, file.media_type or ""):
            raise wrong_kind(capability, file.slot, file.media_type or "")
        if file.size > (most := most_bytes(file.slot, limits)):
            raise too_large(capability, file.slot, file.size, most)
        _check_sides(file, capability)


def needs_fitting(slot: Slot, facts: MediaFacts, capability: Capability) -> bool:
    """Whether a file must be made to fit before *capability* takes it.

    Raises:
        InputOutside, InputWrongMedium, InputTooManyPixels, InputOfParts, InputUnreadable: It is
            not taken, and can't be made to fit.
    """
    limits = capability.inputs[slot].limits
    given = _as_measured(facts)
    if slot.medium is Medium.IMAGE and facts.can_be_fitted and picture_limits(limits).types:
        capability.check_file(slot, as_fitted(given, picture_limits(limits)))
        return not facts.is_plain or limits.broken_by(given) is not None
    if slot.medium is Medium.IMAGE and _is_in_parts(facts) and facts.media_type not in limits.types:
        raise InputOfParts(slot, facts.media_type)
    if not limits.types and medium_of(facts.media_type) is not slot.medium:
        raise wrong_kind(capability, slot, facts.media_type)
    capability.check_file(slot, given)
    _check_known(slot, facts)
    return False


def _is_in_parts(facts: MediaFacts) -> bool:
    """Whether a picture is small enough to be opened, and is not, as its kind may be in parts."""
    sides = facts.width or 0, facts.height or 0
    is_small = max(sides) <= LONGEST_SIDE and sides[0] * sides[1] <= MOST_PIXELS
    return facts.media_type in _OF_PARTS and is_small and not facts.can_be_fitted


def picture_limits(limits: InputLimits) -> PictureLimits:
    """Return what a picture is made to fit."""
    return PictureLimits(
        types=tuple(name for name in _WRITTEN if not limits.types or name in limits.types),
        max_bytes=limits.max_bytes or MOST_BYTES,
        max_side=limits.max_side,
        min_side=limits.min_side or 1,
    )


def most_bytes(slot: Slot, limits: InputLimits) -> int:
    """Return how many bytes a file may have that is fetched for *slot*."""
    if slot.medium is Medium.IMAGE:
        return MOST_BYTES
    return min(limits.max_bytes or MOST_BYTES, MOST_BYTES)


def wrong_kind(
    capability: Capability, slot: Slot, media_type: str
) -> InvalidRequest | RequestDenied:
    """Return the error that names the formats, or else the kind of file, that is taken."""
    types = capability.inputs[slot].limits.types
    if not types:
        return InputWrongMedium(slot, capability.model_label)
    broken = BrokenLimit(limit=Limit.TYPE, allowed=types, value=media_type)
    return InputOutside(slot=slot, broken=broken, model_label=capability.model_label)


def too_large(capability: Capability, slot: Slot, size: int, most: int) -> InputOutside:
    """Return the error for a file of *size* bytes where *most* are taken."""
    broken = BrokenLimit(limit=Limit.BYTES, allowed=(str(most),), value=str(size))
    return InputOutside(slot=slot, broken=broken, model_label=capability.model_label)


def medium_of(media_type: str) -> Medium | None:
    """Return the kind of file that a media type names, None if it is no medium."""
    try:
        return Medium(media_type.partition("/")[0])
    except ValueError:
        return None


def _may_be(medium: Medium, claimed: str) -> bool:
    """Whether a file that is called *claimed* may be a *medium*; names are often wrong."""
    name = claimed.partition(";")[0].strip().lower()
    kind = name.partition("/")[0]
    if name in _SAYS_NOTHING or name == "application/ogg":
        return True
    return kind == medium or (medium is not Medium.IMAGE and kind in _MAY_BE_SOUND)


def _check_sides(file: OfferedFile, capability: Capability) -> None:
    """Refuse a picture that is too small or too narrow, whichever way it is to be turned."""
    if file.slot.medium is not Medium.IMAGE or not file.width or not file.height:
        return
    limits = picture_limits(capability.inputs[file.slot].limits)
    if not limits.types:
        return
    turned = (file.width, file.height), (file.height, file.width)
    refusals = [_refusal(file, sides, limits, capability) for sides in turned]
    if all(refusals) and refusals[0] is not None:
        raise refusals[0]


def _refusal(
    file: OfferedFile, sides: tuple[int, int], limits: PictureLimits, capability: Capability
) -> InputOutside | None:
    facts = InputFacts(media_type="", size=file.size, width=sides[0], height=sides[1])
    try:
        capability.check_file(file.slot, as_fitted(facts, limits))
    except InputOutside as error:
        return error
    return None


def _as_measured(facts: MediaFacts) -> InputFacts:
    return InputFacts(
        media_type=facts.media_type,
        size=facts.size,
        width=facts.width,
        height=facts.height,
        seconds=facts.seconds,
    )


def as_fitted(facts: InputFacts, limits: PictureLimits) -> InputFacts:
    """Return what a picture has once it was made to fit; its aspect stays, its sides only shrink."""
    fitted = dataclasses.replace(
        facts, media_type=limits.types[0], size=min(facts.size, limits.max_bytes)
    )
    if not facts.width or not facts.height:
        return fitted
    width, height = fitted_size(facts.width, facts.height, limits.max_side)
    return dataclasses.replace(fitted, width=width, height=height)


def _check_known(slot: Slot, facts: MediaFacts) -> None:
    """Refuse a file of which that was not found out which its model may be particular about."""
    if slot.medium is Medium.IMAGE:
        if not facts.width or not facts.height:
            raise InputUnreadable(slot)
        raise InputTooManyPixels(
            slot,
            width=facts.width,
            height=facts.height,
            most=MOST_PIXELS,
            longest=LONGEST_SIDE,
        )
    if facts.seconds is None or facts.seconds <= Decimal(0):
        raise InputUnreadable(slot)
