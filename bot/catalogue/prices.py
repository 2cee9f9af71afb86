"""Prices: what a request to a model costs, in US dollars."""

import dataclasses
import enum
from collections.abc import Mapping
from decimal import ROUND_CEILING, Decimal
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from bot.catalogue.inputs import Slot
from bot.catalogue.spelling import OptionValue

_SMALLEST = Decimal("0.0001")
_Dollars = Annotated[Decimal, Field(gt=0, allow_inf_nan=False)]


class Unit(enum.StrEnum):
    """What a price is for."""

    SECOND = "second"
    REQUEST = "request"
    VIDEO = "video"
    IMAGE = "image"
    THOUSAND_CHARACTERS = "1000 characters"


@dataclasses.dataclass(frozen=True, slots=True)
class PriceRange:
    """The least and the most that a request may cost, in US dollars."""

    low: Decimal
    high: Decimal

    def times(self, low: Decimal, high: Decimal) -> "PriceRange":
        """Return the low end *low* times and the high end *high* times, rounded up to four places."""
        return PriceRange(_rounded_up(self.low * low), _rounded_up(self.high * high))


@dataclasses.dataclass(frozen=True, slots=True)
class InputSeconds:
    """How long the inputs that are charged for play: the least and the most."""

    low: Decimal = Decimal(0)
    high: Decimal = Decimal(0)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class PriceLabel:
    """The price of one unit over all options, for a list of models."""

    price: PriceRange
    unit: Unit


class Discount(BaseModel):
    """A switch that makes the request cheaper by *factor*."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    option: str
    factor: Annotated[Decimal, Field(gt=0, lt=1)]


class Price(BaseModel):
    """The price of one unit: one amount, a printed range, or an amount for each value of an option."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    per: Unit
    amount: _Dollars | None = None
    low: _Dollars | None = None
    high: _Dollars | None = None
    by: str | None = None
    amounts: Mapping[str, _Dollars] = {}
    discount: Discount | None = None
    input_seconds: tuple[Slot, ...] = ()  # whose files are charged for by the second too

    def of(
        self,
        options: Mapping[str, OptionValue | None],
        length: int,
        seconds: InputSeconds = InputSeconds(),
    ) -> PriceRange:
        """Return the price with *options*, defaults included, and *length* characters of text.

        *seconds* are those of the inputs that are charged for, in addition to what is made.
        """
        units, factor = self._units(options, length), Decimal(1)
        if self.discount is not None and options.get(self.discount.option) is True:
            factor = self.discount.factor
        return self._unit_price(options).times(
            (units + seconds.low) * factor, (units + seconds.high) * factor
        )

    def label(self) -> PriceLabel:
        """Return the price of one unit over all options."""
        ends = [end for end in (self.amount, self.low, self.high, *self.amounts.values()) if end]
        return PriceLabel(price=PriceRange(min(ends), max(ends)), unit=self.per)

    @property
    def depends_on(self) -> tuple[str, ...]:
        """The options without whose value there is no price."""
        duration = ("duration",) if self.per is Unit.SECOND else ()
        return (*duration, self.by) if self.by else duration

    def _unit_price(self, options: Mapping[str, OptionValue | None]) -> PriceRange:
        if self.by is not None:
            amount = self.amounts[str(options[self.by])]
            return PriceRange(amount, amount)
        return self.label().price

    def _units(self, options: Mapping[str, OptionValue | None], length: int) -> Decimal:
        if self.per is Unit.SECOND:
            return Decimal(str(options["duration"]))
        if self.per is Unit.THOUSAND_CHARACTERS:
            return Decimal(length) / 1000
        return Decimal(1)

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        ways = [
            self.amount is not None,
            self.low is not None and self.high is not None,
            self.by is not None and bool(self.amounts),
        ]
        if ways.count(True) != 1 or (self.low is None) != (self.high is None):
            raise ValueError("give amount, or low and high, or by and amounts")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError("low is above high")
        if self.input_seconds and self.per is not Unit.SECOND:
            raise ValueError("input_seconds needs a price per second")
        return self


def _rounded_up(amount: Decimal) -> Decimal:
    return amount.quantize(_SMALLEST, rounding=ROUND_CEILING)
