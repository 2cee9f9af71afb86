"""Capability: one way in which a model makes something: what it takes, costs, and is sent as."""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_CEILING, Decimal
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from bot.catalogue.dialogue import Line, dialogue_lines
from bot.catalogue.errors import (
    AdultOption,
    InputOutside,
    InvalidOption,
    PromptEmpty,
    PromptTooLong,
    TextTooLong,
    TooManyLines,
    UnknownOption,
)
from bot.catalogue.inputs import GivenInput, InputFacts, InputRule, Slot, Slots
from bot.catalogue.options import Choice, Lines, Option, Text
from bot.catalogue.prices import InputSeconds, Price, PriceLabel, PriceRange
from bot.catalogue.request_body import Placed, is_of_each_line, request_input
from bot.catalogue.spelling import OptionValue

# What is asked for: a prompt, or the lines of a dialogue.
Prompt = str | Sequence[Line]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """A request that was checked: the endpoint, the body to send, and the price.

    `options` holds the chosen values in the model's spelling, and defaults that are always sent.
    """

    endpoint: str
    body: Mapping[str, object]
    options: Mapping[str, OptionValue]
    price: PriceRange
    is_adult: bool = False  # a chosen value makes adult content


class Capability(BaseModel):
    """What a model makes of certain inputs, at one endpoint. Options have names that all share."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=50)]
    model_label: str
    endpoint: Annotated[str, Field(min_length=1)]
    api_model: Annotated[str, Field(min_length=1)]
    prompt_limit: Annotated[int, Field(gt=0)]  # characters, of all lines together
    prompt_input: str = "prompt"
    most_lines: Annotated[int, Field(gt=0)] = 1  # of a dialogue
    cost: Annotated[Price, Field(alias="price")]
    inputs: Mapping[Slot, InputRule] = {}
    options: Mapping[str, Option] = {}
    undocumented: bool = False  # not offered before the operator turns it on
    assumption: str | None = None  # what the documentation leaves open

    def takes(self, given: Slots) -> bool:
        """Whether exactly these inputs, so many in each slot, can be handed in."""
        if any(slot not in self.inputs for slot in given):
            return False
        for slot, rule in self.inputs.items():
            count = given.get(slot, 0)
            if not rule.least <= count <= rule.most:
                return False
            if count and rule.needs and not any(given.get(needed) for needed in rule.needs):
                return False
        return True

    def price(
        self, options: Mapping[str, OptionValue], text: str, inputs: Iterable[GivenInput] = ()
    ) -> PriceRange:
        """Return what *text* costs with *options*, in US dollars; raises as `build` does."""
        return self._price(self._read(options, allow_adult=True), len(text.strip()), inputs)

    def price_label(self) -> PriceLabel:
        """Return what one unit costs, over all options."""
        return self.cost.label()

    def suggest(self, option_name: str, typed: str, *, allow_adult: bool) -> list[str]:
        """Return up to 25 values of an option that match what was *typed* so far."""
        option = self.options.get(option_name)
        return [] if option is None else option.suggest(typed, allow_adult=allow_adult)

    def build(
        self,
        prompt: Prompt,
        chosen: Mapping[str, OptionValue],
        *,
        allow_adult: bool,
        inputs: Sequence[GivenInput] = (),
    ) -> Generation:
        """Return the request for *prompt* and *inputs*, which it takes, with the options *chosen*.

        Raises:
            PromptEmpty: It is empty or blank, or a line of it is.
            PromptTooLong: The prompt is longer than the model reads.
            TooManyLines: It is a dialogue of more lines than the model speaks.
            UnknownOption: The model has no such option.
            InvalidOption: The option does not take this value.
            TextTooLong: The text of an option is longer than the model reads.
            AdultOption: The value makes adult content, and *allow_adult* is false.
        """
        lines = self._lines(self._spoken(prompt, chosen))
        options = self._read(chosen, allow_adult=allow_adult)
        for name, option in self.options.items():
            if option.always and option.default is not None:
                options.setdefault(name, option.default)
        placed = [
            *self._placed_lines(lines, options, allow_adult=allow_adult),
            *self._placed_inputs(inputs),
            *(self._placed(name, value) for name, value in self._shared(options).items()),
        ]
        length = sum(len(line.text) for line in lines)
        return Generation(
            endpoint=self.endpoint,
            body={"model": self.api_model, "input": request_input(placed)},
            options=options,
            price=self._price(options, length, inputs),
            is_adult=any(self.options[name].is_adult(value) for name, value in options.items()),
        )

    def check_file(self, slot: Slot, facts: InputFacts) -> None:
        """Refuse a file that is outside the limits of its slot.

        Raises:
            InputOutside: With the first limit that it is outside of.
        """
        broken = self.inputs[slot].limits.broken_by(facts)
        if broken is not None:
            raise InputOutside(slot=slot, broken=broken, model_label=self.model_label)

    def _spoken(self, prompt: Prompt, chosen: Mapping[str, OptionValue]) -> Prompt:
        """Return the lines of a text that is said to be a dialogue, any other prompt as it is."""
        if not isinstance(prompt, str):
            return prompt
        for name, option in self.options.items():
            if isinstance(option, Lines) and name in chosen and option.read(chosen[name]):
                return dialogue_lines(prompt, option.speaker)
        return prompt

    def _lines(self, prompt: Prompt) -> list[Line]:
        """Return the lines of the prompt without blanks around them; one, if it is a text."""
        given = [Line(text=prompt)] if isinstance(prompt, str) else prompt
        lines = [dataclasses.replace(line, text=line.text.strip()) for line in given]
        if not all(line.text for line in lines) or not lines:
            raise PromptEmpty
        if len(lines) > self.most_lines:
            raise TooManyLines(
                limit=self.most_lines, count=len(lines), model_label=self.model_label
            )
        length = sum(len(line.text) for line in lines)
        if length > self.prompt_limit:
            raise PromptTooLong(
                limit=self.prompt_limit, length=length, model_label=self.model_label
            )
        return lines

    def _placed_lines(
        self, lines: Sequence[Line], options: Mapping[str, OptionValue], *, allow_adult: bool
    ) -> Iterable[Placed]:
        """Return each line with its options; those of the whole request hold for every line."""
        shared = {name: value for name, value in options.items() if self._is_of_each_line(name)}
        for number, line in enumerate(lines):
            yield Placed(self.prompt_input, line.text, number)
            own = self._read(line.options, allow_adult=allow_adult, of_a_line=True)
            for name, value in {**shared, **own}.items():
                yield self._placed(name, value, number)

    def _placed_inputs(self, inputs: Iterable[GivenInput]) -> Iterable[Placed]:
        """Return the addresses in the order of the rules, and in a slot as they were given."""
        given = list(inputs)
        for slot, rule in self.inputs.items():
            yield from (Placed(rule.input, it.address) for it in given if it.slot is slot)

    def _shared(self, options: Mapping[str, OptionValue]) -> dict[str, OptionValue]:
        return {
            name: value
            for name, value in options.items()
            if not self._is_of_each_line(name) and not isinstance(self.options[name], Lines)
        }

    def _is_of_each_line(self, name: str) -> bool:
        return is_of_each_line(self.options[name].input or name)

    def _placed(self, name: str, value: OptionValue, item: int = 0) -> Placed:
        option = self.options[name]
        return Placed(option.input or name, option.sent(value), item)

    def _read(
        self, chosen: Mapping[str, OptionValue], *, allow_adult: bool, of_a_line: bool = False
    ) -> dict[str, OptionValue]:
        takes = tuple(it for it in self.options if not of_a_line or self._is_of_each_line(it))
        for name in chosen:
            if name not in takes:
                raise UnknownOption(option=name, takes=takes, model_label=self.model_label)
        return {
            name: self._value(name, typed, allow_adult=allow_adult)
            for name, typed in chosen.items()
        }

    def _value(self, name: str, typed: OptionValue, *, allow_adult: bool) -> OptionValue:
        option, label = self.options[name], self.model_label
        value = option.read(typed)
        if value is None and isinstance(option, Text):
            length = len(str(typed).strip())
            raise TextTooLong(
                option=name, limit=option.max_length, length=length, model_label=label
            )
        if value is None:
            allowed = option.allowed(allow_adult=allow_adult)
            raise InvalidOption(option=name, value=typed, allowed=allowed, model_label=label)
        if option.is_adult(value) and not allow_adult:
            raise AdultOption(option=name, value=option.shown(value))
        return value

    def _price(
        self, options: Mapping[str, OptionValue], length: int, inputs: Iterable[GivenInput]
    ) -> PriceRange:
        defaults = {name: option.default for name, option in self.options.items()}
        return self.cost.of({**defaults, **options}, length, self._charged_seconds(inputs))

    def _charged_seconds(self, inputs: Iterable[GivenInput]) -> InputSeconds:
        """Return the seconds of the inputs that are charged for; unknown ones are up to the limit."""
        low = high = Decimal(0)
        for given in inputs:
            if given.slot not in self.cost.input_seconds:
                continue
            limits = self.inputs[given.slot].limits
            low += given.seconds or limits.min_seconds or 0
            high += given.seconds or limits.max_seconds or 0
        # Whether seconds are rounded is not documented, so that begun ones count as whole.
        return InputSeconds(low, high.to_integral_value(rounding=ROUND_CEILING))

    @model_validator(mode="after")
    def _has_a_price_for_everything(self) -> Self:
        for name in self.cost.depends_on:
            option = self.options.get(name)
            if option is None or option.default is None:
                raise ValueError(f"the price depends on {name}, which has no default")
            if option.undocumented and not self.undocumented:
                raise ValueError(f"the price depends on {name}, which is undocumented")
        if self.cost.discount and self.cost.discount.option not in self.options:
            raise ValueError("the discount is for an option that does not exist")
        if self.cost.by is not None:
            self._check_amounts(self.options[self.cost.by])
        for slot in self.cost.input_seconds:
            if slot not in self.inputs or self.inputs[slot].limits.max_seconds is None:
                raise ValueError(f"the price depends on {slot}, whose seconds have no limit")
        return self

    @model_validator(mode="after")
    def _has_its_speakers(self) -> Self:
        for option in self.options.values():
            if isinstance(option, Lines) and option.speaker not in self.options:
                raise ValueError("the speaker is an option that does not exist")
        return self

    def _check_amounts(self, option: Option) -> None:
        values = {str(value) for value in option.values} if isinstance(option, Choice) else set()
        if values != set(self.cost.amounts):
            raise ValueError(f"price.amounts must name the values of {self.cost.by}, no others")

    @model_validator(mode="after")
    def _needs_what_it_takes(self) -> Self:
        for slot, rule in self.inputs.items():
            if not set(rule.needs) <= set(self.inputs):
                raise ValueError(f"inputs.{slot} needs a slot that does not exist")
        return self
