"""Options: the kinds that models have, and what each takes, suggests and sends."""

import random
import re
from abc import abstractmethod
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from bot.catalogue.spelling import OptionValue, fold, read_number, read_switch, read_text

# Discord docs, application commands: at most 25 choices of at most 100 characters.
MOST_SUGGESTIONS = 25
_LONGEST_SUGGESTION = 100

# Suggested in a range beside its ends, as they are usual durations.
_USUAL = (5, 8, 10, 15, 20, 30)
# In a wider range (a seed, for example) no number is more usual than another.
_WIDEST_WITH_PICKS = 100
_SIZE = re.compile(r"(\d{2,5}):(\d{2,5})", re.ASCII)


class _Option(BaseModel):
    """Base of all kinds of options."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    input: str | None = None  # the API's name, if not the option's: a path of `request_body`
    default: OptionValue | None = None  # what the API takes if nothing is sent
    always: bool = (
        False  # send the default too: the API requires a value, or its default is unknown
    )
    assumption: str | None = None  # what the documentation leaves open
    undocumented: bool = False  # not offered before the operator turns it on

    @abstractmethod
    def read(self, typed: OptionValue) -> OptionValue | None:
        """Return the value that *typed* means, or None if this option does not take it."""

    @abstractmethod
    def allowed(self, *, allow_adult: bool) -> tuple[str, ...]:
        """Return the values it takes, or one range such as "3-15"."""

    @abstractmethod
    def picks(self, *, allow_adult: bool) -> list[str]:
        """Return the values to suggest before anything is typed."""

    def is_adult(self, value: OptionValue) -> bool:  # noqa: ARG002  (only choices have such values)
        """Whether *value* makes adult content."""
        return False

    def sent(self, value: OptionValue) -> OptionValue:
        """Return what the API is sent for *value*, as `read` returned it."""
        return value

    def shown(self, value: OptionValue) -> str:
        """Return *value*, as `read` returned it, in the spelling that users type."""
        return str(value)

    def suggest(self, typed: str, *, allow_adult: bool) -> list[str]:
        """Return up to 25 suggestions for what was *typed* so far, best first."""
        picks = self.picks(allow_adult=allow_adult)
        wanted = fold(typed)
        first = [pick for pick in picks if fold(pick).startswith(wanted)]
        value = self.read(typed) if wanted else None
        if value is not None and (allow_adult or not self.is_adult(value)):
            first.insert(0, self.shown(value))
        found = first + [pick for pick in picks if wanted in fold(pick)]
        short = (pick for pick in found or picks if len(pick) <= _LONGEST_SUGGESTION)
        return list(dict.fromkeys(short))[:MOST_SUGGESTIONS]

    @model_validator(mode="after")
    def _takes_its_default(self) -> Self:
        if self.default is not None and self.read(self.default) != self.default:
            raise ValueError("the default is no value of the option")
        if self.always and self.default is None:
            raise ValueError("always needs a default")
        return self


class Choice(_Option):
    """One of a few values."""

    type: Literal["choice"]
    values: Annotated[tuple[str | int, ...], Field(min_length=1, strict=False)]
    adult: Annotated[tuple[str, ...], Field(strict=False)] = ()

    def read(self, typed: OptionValue) -> OptionValue | None:
        """Return the value that is spelled like *typed*."""
        wanted = fold(typed)
        return next((value for value in self.values if fold(value) == wanted), None)

    def is_adult(self, value: OptionValue) -> bool:
        """Whether the data file marks *value* as adult."""
        return value in self.adult

    def allowed(self, *, allow_adult: bool) -> tuple[str, ...]:
        """Return the values."""
        return tuple(self.picks(allow_adult=allow_adult))

    def picks(self, *, allow_adult: bool) -> list[str]:
        """Return the values in the order of the data file."""
        return [str(value) for value in self.values if allow_adult or not self.is_adult(value)]

    @model_validator(mode="after")
    def _is_unambiguous(self) -> Self:
        if len({fold(value) for value in self.values}) < len(self.values):
            raise ValueError("two values are spelled alike")
        if not set(self.adult) <= set(self.values):
            raise ValueError("adult names a value that does not exist")
        return self


class Whole(_Option):
    """A whole number in a range, ends included."""

    type: Literal["whole"]
    min: int
    max: int

    def read(self, typed: OptionValue) -> OptionValue | None:
        """Return the number if it is whole and in the range."""
        number = read_number(typed)
        if number is None or not number.is_integer() or not self.min <= number <= self.max:
            return None
        return int(number)

    def allowed(self, *, allow_adult: bool) -> tuple[str, ...]:  # noqa: ARG002
        """Return the range."""
        return (f"{self.min}-{self.max}",)

    def picks(self, *, allow_adult: bool) -> list[str]:  # noqa: ARG002
        """Return the ends and usual numbers between them."""
        return _range_picks(self.min, self.max, self.default)

    def another(self, value: OptionValue, randomness: random.Random) -> int:
        """Return a number of the range other than *value*, none below zero where it has others."""
        first = max(self.min, min(0, self.max))
        drawn = randomness.randint(first, self.max)
        return drawn if drawn != value else first + (drawn + 1 - first) % (self.max + 1 - first)


class Number(_Option):
    """A number in a range, ends included."""

    type: Literal["number"]
    min: int
    max: int

    def read(self, typed: OptionValue) -> OptionValue | None:
        """Return the number if it is in the range."""
        number = read_number(typed)
        if number is None or not self.min <= number <= self.max:
            return None
        return int(number) if number.is_integer() else number

    def shown(self, value: OptionValue) -> str:
        """Return the number without an exponent, as users type it."""
        return f"{Decimal(str(value)):f}"

    def allowed(self, *, allow_adult: bool) -> tuple[str, ...]:  # noqa: ARG002
        """Return the range."""
        return (f"{self.min}-{self.max}",)

    def picks(self, *, allow_adult: bool) -> list[str]:  # noqa: ARG002
        """Return the ends and usual numbers between them."""
        return _range_picks(self.min, self.max, self.default)


class Switch(_Option):
    """A yes or no, for which some models have words of their own."""

    type: Literal["switch"]
    on: str | bool = True
    off: str | bool = False
    adult: Annotated[tuple[bool, ...], Field(strict=False)] = ()

    def read(self, typed: OptionValue) -> OptionValue | None:
        """Return whether yes or no was meant."""
        return read_switch(typed)

    def sent(self, value: OptionValue) -> OptionValue:
        """Return the model's own spelling."""
        return self.on if value else self.off

    def shown(self, value: OptionValue) -> str:
        """Return the word that users type."""
        return "on" if value else "off"

    def is_adult(self, value: OptionValue) -> bool:
        """Whether the data file marks *value* as adult."""
        return value in self.adult

    def allowed(self, *, allow_adult: bool) -> tuple[str, ...]:
        """Return both words, or the one that is not adult."""
        return tuple(self.picks(allow_adult=allow_adult))

    def picks(self, *, allow_adult: bool) -> list[str]:
        """Return both words, or the one that is not adult."""
        values = (True, False)
        return [self.shown(value) for value in values if allow_adult or not self.is_adult(value)]


class Lines(_Option):
    """Whether the prompt is a dialogue, each line of which begins with a name (`dialogue`)."""

    type: Literal["lines"]
    speaker: str  # the option of each line that the name is

    def read(self, typed: OptionValue) -> OptionValue | None:
        """Return whether yes or no was meant."""
        return read_switch(typed)

    def shown(self, value: OptionValue) -> str:
        """Return the word that users type."""
        return "on" if value else "off"

    def allowed(self, *, allow_adult: bool) -> tuple[str, ...]:
        """Return both words."""
        return tuple(self.picks(allow_adult=allow_adult))

    def picks(self, *, allow_adult: bool) -> list[str]:  # noqa: ARG002
        """Return both words."""
        return [self.shown(value) for value in (True, False)]


class Text(_Option):
    """Free text."""

    type: Literal["text"]
    max_length: int = 500  # characters
    examples: Annotated[tuple[str, ...], Field(strict=False)] = ()

    def read(self, typed: OptionValue) -> OptionValue | None:
        """Return the text without blanks and quotes around it."""
        text = read_text(typed)
        return text if 0 < len(text) <= self.max_length else None

    def allowed(self, *, allow_adult: bool) -> tuple[str, ...]:  # noqa: ARG002
        """Return the range of the length."""
        return (f"1-{self.max_length}",)

    def picks(self, *, allow_adult: bool) -> list[str]:  # noqa: ARG002
        """Return the examples: any text may be the requester's own."""
        return list(self.examples)


class Size(_Option):
    """A named size, or width x height in pixels within the model's rules."""

    type: Literal["size"]
    values: Annotated[tuple[str, ...], Field(min_length=1, strict=False)]
    examples: Annotated[tuple[str, ...], Field(strict=False)] = ()
    min_pixels: int
    max_pixels: int
    max_aspect: int  # the longer side over the shorter
    multiple: int  # what both sides are a multiple of

    def read(self, typed: OptionValue) -> OptionValue | None:
        """Return the named size, or "1024x1024" if it keeps the rules."""
        wanted = fold(typed)
        named = next((value for value in self.values if fold(value) == wanted), None)
        pixels = _SIZE.fullmatch(wanted)
        if named is not None or pixels is None:
            return named
        width, height = int(pixels[1]), int(pixels[2])
        return f"{width}x{height}" if self._keeps_the_rules(width, height) else None

    def allowed(self, *, allow_adult: bool) -> tuple[str, ...]:
        """Return the named sizes and the examples."""
        return tuple(self.picks(allow_adult=allow_adult))

    def picks(self, *, allow_adult: bool) -> list[str]:  # noqa: ARG002
        """Return the named sizes and the examples."""
        return [*self.values, *self.examples]

    def _keeps_the_rules(self, width: int, height: int) -> bool:
        return (
            width % self.multiple == 0
            and height % self.multiple == 0
            and self.min_pixels <= width * height <= self.max_pixels
            and max(width, height) <= self.max_aspect * min(width, height)
        )

    @model_validator(mode="after")
    def _takes_its_examples(self) -> Self:
        for example in self.examples:
            if self.read(example) != example:
                raise ValueError(f"the example {example} breaks the rules")
        return self


Option = Annotated[
    Choice | Whole | Number | Switch | Lines | Text | Size, Field(discriminator="type")
]


def _range_picks(low: int, high: int, default: OptionValue | None) -> list[str]:
    known = [] if default is None else [int(default)]
    if high - low > _WIDEST_WITH_PICKS:
        return [str(number) for number in known]
    usual = [number for number in _USUAL if low <= number <= high]
    return [str(number) for number in sorted({low, high, *usual, *known})]
