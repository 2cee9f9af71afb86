"""Inputs of jobs: the files that were handed in with a request, and the text that stores them.

Until a file is at the API, its `source` says where it is fetched. That is a signed address, which
opens the file to anyone who reads it. So it is stored in a column of its own, as an interaction token
is: it is removed when `address` takes its place, swept when it has expired, and in no backup.
"""

import dataclasses
import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Self


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class JobInput:
    """A file that was handed in: what it is, where it is fetched, and where it is at the API."""

    slot: str  # `bot.catalogue.Slot`
    name: str  # of the file, for users
    media_type: str  # as it was measured
    size: int  # bytes
    width: int | None = None  # pixels, before it is made to fit
    height: int | None = None
    seconds: Decimal | None = None
    checked_for: str | None = None  # the capability whose limits it is inside, None: not known
    to_fit: bool = False  # it is made smaller before it is uploaded
    source: str | None = dataclasses.field(default=None, repr=False)
    address: str | None = dataclasses.field(default=None, repr=False)
    uploaded_at: float | None = None  # Unix seconds, of `address`

    def uploaded(self, address: str, now: float) -> Self:
        """Return the input as it is once the file is at the API under *address*."""
        return dataclasses.replace(self, source=None, address=address, uploaded_at=now)

    @property
    def is_reachable(self) -> bool:
        """Whether the file can be had as far as is known."""
        return self.source is not None or self.address is not None


Inputs = tuple[JobInput, ...]
Sources = Mapping[str, str]  # by the index of the input

NO_INPUTS = "[]"  # as it is stored
_FIELDS = {field.name: field for field in dataclasses.fields(JobInput)}
_CONTENTS: Mapping[str, type | tuple[type, ...]] = {
    "slot": str,
    "name": str,
    "media_type": str,
    "size": int,
    "width": int,
    "height": int,
    "checked_for": str,
    "seconds": str,
    "to_fit": bool,
    "source": str,
    "address": str,
    "uploaded_at": (int, float),
}


def sources_of(inputs: Inputs) -> Sources | None:
    """Return where those of *inputs* are fetched that are not at the API; None if all are."""
    sources = {str(index): it.source for index, it in enumerate(inputs) if it.source is not None}
    return sources or None


def without_sources(inputs: Inputs) -> Inputs:
    """Return *inputs* without the addresses that they are fetched from."""
    return tuple(dataclasses.replace(it, source=None) for it in inputs)


def with_sources(inputs: Inputs, sources: Sources | None) -> Inputs:
    """Return *inputs* with the addresses that they are fetched from."""
    if not sources:
        return inputs
    return tuple(
        dataclasses.replace(it, source=sources.get(str(index))) for index, it in enumerate(inputs)
    )


def write_inputs(inputs: Iterable[JobInput]) -> str:
    """Return the text that stores *inputs*; fields with their default are left out."""
    written = [dict(_written(it)) for it in inputs]
    return json.dumps(written) if written else NO_INPUTS


def read_inputs(stored: str) -> Inputs:
    """Return what `write_inputs` wrote.

    Raises:
        ValueError, TypeError, ArithmeticError: It is something else.
    """
    if stored == NO_INPUTS:  # of nearly all jobs
        return ()
    found = json.loads(stored)
    if not isinstance(found, list):
        raise TypeError("inputs are no list")
    return tuple(_read(it) for it in found)


def _written(one: JobInput) -> Iterable[tuple[str, object]]:
    for name, field in _FIELDS.items():
        value = getattr(one, name)
        if value != field.default:
            yield name, str(value) if isinstance(value, Decimal) else value


def _read(stored: object) -> JobInput:
    if not isinstance(stored, dict):
        raise TypeError("an input is no object")
    for name, value in stored.items():
        if not isinstance(value, _CONTENTS.get(name, ())):
            raise TypeError(f"{name} of an input holds {type(value).__name__}")
    seconds = stored.pop("seconds", None)
    return JobInput(**stored, seconds=None if seconds is None else Decimal(seconds))
