"""Model: what one model takes, what that costs, and what is sent to the API for it."""

import dataclasses
import enum
from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from bot.catalogue.errors import (
    AdultOption,
    InvalidOption,
    PromptEmpty,
    PromptTooLong,
    TextTooLong,
    UnknownOption,
)
from bot.catalogue.options import Choice, Option, Text
from bot.catalogue.prices import Price, PriceLabel, PriceRange
from bot.catalogue.spelling import OptionValue


class Kind(enum.StrEnum):
    """What a model makes."""

    VIDEO = "video"
    IMAGE = "image"
    SPEECH = "speech"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """A request that was checked: the endpoint, the body to send, and the price.

    `options` holds the chosen values in the model's spelling, and defaults that are always sent.
    """

    endpoint: str
    body: Mapping[str, object]
    options: Mapping[str, OptionValue]
    price: PriceRange


class Model(BaseModel):
    """An entry of the catalogue. Options have names that all models share."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=100)]
    label: Annotated[str, Field(min_length=1, max_length=80)]
    kind: Kind
    endpoint: Annotated[str, Field(min_length=1)]
    api_model: Annotated[str, Field(min_length=1)]
    prompt_limit: Annotated[int, Field(gt=0)]  # characters
    prompt_input: str = "prompt"
    cost: Annotated[Price, Field(alias="price")]
    options: Mapping[str, Option] = {}
    assumption: str | None = None  # what the documentation leaves open

    def price(self, options: Mapping[str, OptionValue], text: str) -> PriceRange:
        """Return what *text* costs with *options*, in US dollars; raises as `build` does."""
        return self._price(self._read(options, allow_adult=True), text)

    def price_label(self) -> PriceLabel:
        """Return what one unit costs, over all options."""
        return self.cost.label()

    def suggest(self, option_name: str, typed: str, *, allow_adult: bool) -> list[str]:
        """Return up to 25 values of an option that match what was *typed* so far."""
        option = self.options.get(option_name)
        return [] if option is None else option.suggest(typed, allow_adult=allow_adult)

    def build(
        self, prompt: str, chosen: Mapping[str, OptionValue], *, allow_adult: bool
    ) -> Generation:
        """Return the request for *prompt* with the options that were *chosen*.

        Raises:
            PromptEmpty: It is empty or blank.
            PromptTooLong: The prompt is longer than the model reads.
            UnknownOption: The model has no such option.
            InvalidOption: The option does not take this value.
            TextTooLong: The text of an option is longer than the model reads.
            AdultOption: The value makes adult content, and *allow_adult* is false.
        """
        text = self._checked(prompt)
        options = self._read(chosen, allow_adult=allow_adult)
        for name, option in self.options.items():
            if option.always and option.default is not None:
                options.setdefault(name, option.default)
        sent: dict[str, object] = {self.prompt_input: text}
        for name, value in options.items():
            sent[self.options[name].input or name] = self.options[name].sent(value)
        return Generation(
            endpoint=self.endpoint,
            body={"model": self.api_model, "input": _nested(sent)},
            options=options,
            price=self._price(options, text),
        )

    def _checked(self, prompt: str) -> str:
        text = prompt.strip()
        if not text:
            raise PromptEmpty
        if len(text) > self.prompt_limit:
            raise PromptTooLong(limit=self.prompt_limit, length=len(text), model_label=self.label)
        return text

    def _read(
        self, chosen: Mapping[str, OptionValue], *, allow_adult: bool
    ) -> dict[str, OptionValue]:
        return {
            name: self._value(name, typed, allow_adult=allow_adult)
            for name, typed in chosen.items()
        }

    def _value(self, name: str, typed: OptionValue, *, allow_adult: bool) -> OptionValue:
        option = self.options.get(name)
        if option is None:
            raise UnknownOption(option=name, takes=tuple(self.options), model_label=self.label)
        value = option.read(typed)
        if value is None and isinstance(option, Text):
            length = len(str(typed).strip())
            raise TextTooLong(
                option=name, limit=option.max_length, length=length, model_label=self.label
            )
        if value is None:
            allowed = option.allowed(allow_adult=allow_adult)
            raise InvalidOption(option=name, value=typed, allowed=allowed, model_label=self.label)
        if option.is_adult(value) and not allow_adult:
            raise AdultOption(option=name, value=str(value))
        return value

    def _price(self, options: Mapping[str, OptionValue], text: str) -> PriceRange:
        defaults = {name: option.default for name, option in self.options.items()}
        return self.cost.of({**defaults, **options}, len(text.strip()))

    @model_validator(mode="after")
    def _has_a_price_for_everything(self) -> Self:
        for name in self.cost.depends_on:
            if name not in self.options or self.options[name].default is None:
                raise ValueError(f"the price depends on {name}, which has no default")
        if self.cost.discount and self.cost.discount.option not in self.options:
            raise ValueError("the discount is for an option that does not exist")
        if self.cost.by is not None:
            self._check_amounts(self.options[self.cost.by])
        return self

    def _check_amounts(self, option: Option) -> None:
        values = {str(value) for value in option.values} if isinstance(option, Choice) else set()
        if values != set(self.cost.amounts):
            raise ValueError(f"price.amounts must name the values of {self.cost.by}, no others")


def _nested(sent: Mapping[str, object]) -> dict[str, object]:
    """Put inputs with names like "dialogue.0.text" into the first item of a list."""
    inputs: dict[str, object] = {}
    items: dict[str, dict[str, object]] = {}
    for path, value in sent.items():
        head, _, tail = path.partition(".0.")
        if tail:
            items.setdefault(head, {})[tail] = value
            inputs[head] = [items[head]]
        else:
            inputs[head] = value
    return inputs
