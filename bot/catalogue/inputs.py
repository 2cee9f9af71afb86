"""Inputs: the files that a capability takes, and the limits of each. Pure.

A *slot* is where a member hands a file in; a capability has a rule for each slot that it takes. The
API is given addresses: by then the files are where it can fetch them, and have been measured.
"""

import dataclasses
import enum
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Annotated, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

_End = TypeVar("_End", int, Decimal)
_MEGABYTE = 1_000_000  # bytes; the smaller of both meanings, as pages do not say which


class Medium(enum.StrEnum):
    """What kind of file a slot takes."""

    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"


class Slot(enum.StrEnum):
    """Where a member hands a file in; `reference` takes several."""

    IMAGE = "image"  # the start frame of a video, the source of an image
    LAST_IMAGE = "last_image"
    REFERENCE = "reference"
    REFERENCE_VIDEO = "reference_video"
    REFERENCE_AUDIO = "reference_audio"

    @property
    def medium(self) -> Medium:
        """The kind of file."""
        return _MEDIA.get(self, Medium.IMAGE)


_MEDIA = {Slot.REFERENCE_VIDEO: Medium.VIDEO, Slot.REFERENCE_AUDIO: Medium.AUDIO}

# How many files are in each slot; a slot without files is absent.
Slots = Mapping[Slot, int]
NO_INPUTS: Slots = {}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class GivenInput:
    """A file that was handed in: its slot and address, and how long it plays, if that is known."""

    slot: Slot
    address: str
    seconds: Decimal | None = None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class InputFacts:
    """What was measured of a file: media type, bytes, pixels, and seconds."""

    media_type: str
    size: int
    width: int | None = None
    height: int | None = None
    seconds: Decimal | None = None


class Limit(enum.StrEnum):
    """What a file can be outside of."""

    TYPE = "type"
    BYTES = "bytes"
    SMALLEST_SIDE = "smallest side"
    LARGEST_SIDE = "largest side"
    ASPECT = "aspect"
    SHORTEST = "shortest"
    LONGEST = "longest"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class BrokenLimit:
    """The limit that a file is outside of: what is allowed, and what the file has."""

    limit: Limit
    allowed: tuple[str, ...]
    value: str


_Number = Annotated[Decimal, Field(gt=0, allow_inf_nan=False)]


class InputLimits(BaseModel):
    """What the files of a slot may be; what is not named is not limited."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    types: tuple[str, ...] = ()  # media types, as `bot.media` names them
    megabytes: _Number | None = None
    min_side: Annotated[int, Field(gt=0)] | None = None  # pixels, of the shorter side
    max_side: Annotated[int, Field(gt=0)] | None = None  # pixels, of the longer side
    min_aspect: _Number | None = None  # width over height
    max_aspect: _Number | None = None
    min_seconds: _Number | None = None
    max_seconds: _Number | None = None

    @property
    def max_bytes(self) -> int | None:
        """The most bytes of a file."""
        return None if self.megabytes is None else int(self.megabytes * _MEGABYTE)

    def broken_by(self, facts: InputFacts) -> BrokenLimit | None:
        """Return the first limit that a file is outside of, None if it is inside all of them."""
        if self.types and facts.media_type not in self.types:
            return BrokenLimit(limit=Limit.TYPE, allowed=self.types, value=facts.media_type)
        found = [
            *self._sides_outside(facts.width, facts.height),
            _above(Limit.BYTES, facts.size, self.max_bytes),
            _below(Limit.SHORTEST, facts.seconds, self.min_seconds),
            _above(Limit.LONGEST, facts.seconds, self.max_seconds),
        ]
        return next((broken for broken in found if broken is not None), None)

    def tightened(self, other: "InputLimits") -> "InputLimits":
        """Return the limits of both: of each two ends the tighter one, and the types of both."""
        return InputLimits(
            types=tuple(name for name in self.types if name in other.types)
            if self.types and other.types
            else self.types or other.types,
            megabytes=_tighter(min, self.megabytes, other.megabytes),
            min_side=_tighter(max, self.min_side, other.min_side),
            max_side=_tighter(min, self.max_side, other.max_side),
            min_aspect=_tighter(max, self.min_aspect, other.min_aspect),
            max_aspect=_tighter(min, self.max_aspect, other.max_aspect),
            min_seconds=_tighter(max, self.min_seconds, other.min_seconds),
            max_seconds=_tighter(min, self.max_seconds, other.max_seconds),
        )

    def _sides_outside(self, width: int | None, height: int | None) -> list[BrokenLimit | None]:
        if not width or not height:
            return []
        aspect = Decimal(width) / Decimal(height)
        too_narrow = self.min_aspect is not None and aspect < self.min_aspect
        too_wide = self.max_aspect is not None and aspect > self.max_aspect
        return [
            _below(Limit.SMALLEST_SIDE, min(width, height), self.min_side),
            BrokenLimit(limit=Limit.ASPECT, allowed=self._aspects(), value=f"{width}x{height}")
            if too_narrow or too_wide
            else None,
            _above(Limit.LARGEST_SIDE, max(width, height), self.max_side),
        ]

    def _aspects(self) -> tuple[str, ...]:
        return tuple(f"{end.normalize():f}" for end in (self.min_aspect, self.max_aspect) if end)

    @model_validator(mode="after")
    def _takes_something(self) -> Self:
        pairs = (
            (self.min_side, self.max_side),
            (self.min_aspect, self.max_aspect),
            (self.min_seconds, self.max_seconds),
        )
        if (self.min_aspect is None) != (self.max_aspect is None):
            raise ValueError("give both min_aspect and max_aspect")
        if any(low is not None and high is not None and low > high for low, high in pairs):
            raise ValueError("the least is above the most")
        return self


class InputRule(BaseModel):
    """How a capability takes the files of one slot.

    `input` is the API's name of it: "image" takes one address, "image_urls[]" is a list that each
    address is added to.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    input: Annotated[str, Field(min_length=1)]
    least: Annotated[int, Field(ge=0)] = 1
    most: Annotated[int, Field(ge=1)] = 1
    needs: tuple[Slot, ...] = ()  # one of these must have a file too
    limits: InputLimits = InputLimits()
    assumption: str | None = None  # what the documentation leaves open

    @model_validator(mode="after")
    def _has_room(self) -> Self:
        if self.least > self.most:
            raise ValueError("least is above most")
        if self.most > 1 and not self.input.endswith("[]"):
            raise ValueError('several files need a list, such as "image_urls[]"')
        return self


def slots_of(inputs: Iterable[GivenInput]) -> Slots:
    """Return how many files are in each slot."""
    return Counter(given.slot for given in inputs)


def slot_named(name: str) -> Slot:
    """Return the slot of a command's option: `reference_2` to `reference_4` are `reference` too.

    Raises:
        ValueError: It is the name of no slot.
    """
    head, _, number = name.rpartition("_")
    return Slot(head if number.isdecimal() else name)


def _tighter(
    choose: Callable[[_End, _End], _End], ours: _End | None, theirs: _End | None
) -> _End | None:
    if ours is None or theirs is None:
        return theirs if ours is None else ours
    return choose(ours, theirs)


def _above(
    limit: Limit, value: Decimal | int | None, most: Decimal | int | None
) -> BrokenLimit | None:
    if value is None or most is None or value <= most:
        return None
    return BrokenLimit(limit=limit, allowed=(str(most),), value=str(value))


def _below(
    limit: Limit, value: Decimal | int | None, least: Decimal | int | None
) -> BrokenLimit | None:
    if value is None or least is None or value >= least:
        return None
    return BrokenLimit(limit=limit, allowed=(str(least),), value=str(value))
