"""Handed files: what a requester hands in, before it was fetched and looked at.

What is said of such a file comes from outside: a type is guessed from a name, and a size may be
wrong. It is used to refuse at once what nothing can make fit, and for nothing else.
"""

import dataclasses
from collections.abc import Sequence

from bot.catalogue import Capability, InputFacts, Medium, Slot

_UNKNOWN_TYPE = "application/octet-stream"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class HandedFile:
    """A file that was handed in: where it is, and what is said of it; None where nothing is."""

    slot: Slot
    name: str
    address: str = dataclasses.field(repr=False)
    media_type: str | None = None
    size: int | None = None  # bytes
    width: int | None = None  # pixels; of a picture that is to be turned, perhaps its height
    height: int | None = None

    @property
    def said_type(self) -> str | None:
        """The media type without its parameters, None where it says nothing."""
        said = (self.media_type or "").partition(";")[0].strip().lower()
        return said if said and said != _UNKNOWN_TYPE else None


def check_what_is_said(files: Sequence[HandedFile], way: Capability) -> None:
    """Refuse what can't be taken if what is said of it is true, before anything is fetched.

    A picture of too many bytes or pixels, or in another format, is left to be looked at: it may be
    made to fit.

    Raises:
        InputOutside: With the first limit that a file is outside of.
    """
    for file in files:
        facts = _beyond_mending(file, way)
        if facts is not None:
            way.check_file(file.slot, facts)


def _beyond_mending(file: HandedFile, way: Capability) -> InputFacts | None:
    """Return what is said of *file* that would have to be within the limits as it is."""
    limits, medium = way.inputs[file.slot].limits, file.slot.medium
    taken = limits.types[0] if limits.types else f"{medium}/*"
    if file.said_type is not None and not file.said_type.startswith(f"{medium}/"):
        return InputFacts(media_type=file.said_type, size=0)
    if medium is not Medium.IMAGE:
        return InputFacts(media_type=taken, size=file.size or 0)
    width, height = file.width, file.height
    upright = InputFacts(media_type=taken, size=0, width=width, height=height)
    turned = InputFacts(media_type=taken, size=0, width=height, height=width)
    # What is too large may be made smaller; then both ways that it may be turned must be wrong.
    unbounded = limits.model_copy(update={"max_side": None})
    is_wrong = unbounded.broken_by(upright) and unbounded.broken_by(turned)
    return upright if is_wrong else None
