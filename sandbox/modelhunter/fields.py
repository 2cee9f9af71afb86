"""Fields: the kinds of values that the API's inputs take, and what is wrong with one. Pure."""

import dataclasses
import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

import pydantic

Json = pydantic.JsonValue

_PIXELS = re.compile(r"([1-9]\d{1,4})x([1-9]\d{1,4})", re.ASCII)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Field(ABC):
    """A key of `input`; *required* ones may not be missing."""

    required: bool = False

    @abstractmethod
    def problem(self, value: Json) -> str | None:
        """Return what is wrong with *value*, None if nothing is."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Text(Field):
    """Any text that is not empty."""

    longest: int | None = None  # characters

    def problem(self, value: Json) -> str | None:
        """Return what is wrong with *value*, None if nothing is."""
        if not isinstance(value, str):
            return "Expected text"
        if not value:
            return "Required field is missing"
        if self.longest is not None and len(value) > self.longest:
            return f"At most {self.longest} characters"
        return None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class OneOf(Field):
    """One of a few values, of the same type."""

    values: Sequence[str | int]

    def problem(self, value: Json) -> str | None:
        """Return what is wrong with *value*, None if nothing is."""
        kinds = {type(each) for each in self.values}
        if type(value) in kinds and value in self.values:
            return None
        return f"Must be one of {', '.join(map(repr, self.values))}"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Number(Field):
    """A number between both ends."""

    low: float | None = None
    high: float | None = None
    whole: bool = False

    def problem(self, value: Json) -> str | None:
        """Return what is wrong with *value*, None if nothing is."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            return "Expected a number"
        if self.whole and not float(value).is_integer():
            return "Expected a whole number"
        if self.low is not None and value < self.low:
            return f"At least {self.low}"
        if self.high is not None and value > self.high:
            return f"At most {self.high}"
        return None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Flag(Field):
    """True or false."""

    def problem(self, value: Json) -> str | None:
        """Return what is wrong with *value*, None if nothing is."""
        return None if isinstance(value, bool) else "Expected true or false"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Address(Field):
    """The address of a file; some endpoints take the file itself as a data URI."""

    data: bool = False

    def problem(self, value: Json) -> str | None:
        """Return what is wrong with *value*, None if nothing is."""
        return None if _is_address(value, data=self.data) else "Expected the address of a file"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Addresses(Field):
    """A list of addresses of files."""

    most: int | None = None
    data: bool = False

    def problem(self, value: Json) -> str | None:
        """Return what is wrong with *value*, None if nothing is."""
        if not isinstance(value, list) or not value:
            return "Expected a list of addresses of files"
        if self.most is not None and len(value) > self.most:
            return f"At most {self.most} files"
        wrong = [each for each in value if not _is_address(each, data=self.data)]
        return "Expected addresses of files" if wrong else None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Objects(Field):
    """A list of objects, whose documented fields are checked; others are let pass."""

    fields: Mapping[str, Field] = dataclasses.field(default_factory=dict)
    most: int | None = None

    def problem(self, value: Json) -> str | None:
        """Return what is wrong with *value*, None if nothing is."""
        if not isinstance(value, list) or not value:
            return "Expected a list"
        if self.most is not None and len(value) > self.most:
            return f"At most {self.most} items"
        return next(filter(None, map(self._item_problem, value)), None)

    def _item_problem(self, item: Json) -> str | None:
        if not isinstance(item, dict):
            return "Expected a list of objects"
        for name, field in self.fields.items():
            if name not in item:
                if field.required:
                    return f"{name}: Required field is missing"
                continue
            problem = field.problem(item[name])
            if problem is not None:
                return f"{name}: {problem}"
        return None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Size(Field):
    """A named size, or "1024x1024" within the rules."""

    named: Sequence[str]
    pixels: tuple[int, int] | None = None  # in all; None: named sizes alone
    sides: tuple[int, int] = (14, 16384)
    longest_aspect: int = 16
    multiple: int = 1

    def problem(self, value: Json) -> str | None:
        """Return what is wrong with *value*, None if nothing is."""
        if value in self.named:
            return None
        found = _PIXELS.fullmatch(value) if isinstance(value, str) else None
        if found is None or self.pixels is None:
            return f"Must be one of {', '.join(self.named)}"
        short, long = sorted((int(found[1]), int(found[2])))
        inside = (
            self.pixels[0] <= short * long <= self.pixels[1]
            and self.sides[0] <= short
            and long <= self.sides[1]
            and long <= short * self.longest_aspect
            and short % self.multiple == long % self.multiple == 0
        )
        return None if inside else "Outside the sizes of this model"


def _is_address(value: Json, *, data: bool) -> bool:
    if not isinstance(value, str):
        return False
    if data and value.startswith("data:"):
        return True
    parts = urlsplit(value)
    return parts.scheme in {"http", "https"} and bool(parts.hostname)
