"""Model: what can be asked for under one name, in one or more ways."""

import enum
import random
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from bot.catalogue.capabilities import Capability, Generation, Prompt
from bot.catalogue.errors import InputMissing, InputNotTaken, InvalidRequest, TooManyInputs
from bot.catalogue.inputs import NO_INPUTS, GivenInput, Slot, Slots, slots_of
from bot.catalogue.options import Option, Whole
from bot.catalogue.prices import PriceLabel, PriceRange
from bot.catalogue.spelling import OptionValue

# The option by whose value the API makes the same again.
SEED = "seed"


class Kind(enum.StrEnum):
    """What a model makes."""

    VIDEO = "video"
    IMAGE = "image"
    SPEECH = "speech"


class Model(BaseModel):
    """An entry of the catalogue.

    Its capabilities are in the order in which they are tried: the first that takes exactly the
    inputs that were handed in is used. What is asked of the model without inputs (`options`,
    `prompt_limit`, `price_label`) is answered by the one that takes none.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=100)]
    label: Annotated[str, Field(min_length=1, max_length=80)]
    kind: Kind
    capabilities: tuple[Capability, ...]
    assumption: str | None = None  # what the documentation leaves open

    def capability(self, given: Slots = NO_INPUTS) -> Capability | None:
        """Return the capability that takes exactly these inputs, None if there is none."""
        return next((it for it in self.capabilities if it.takes(given)), None)

    def takes(self) -> tuple[Slot, ...]:
        """Return the slots that files can be handed in by, over all capabilities."""
        return tuple(dict.fromkeys(slot for it in self.capabilities for slot in it.inputs))

    def fewest_inputs(self) -> Slots:
        """Return the inputs without which nothing can be made; none for most models."""
        if self.capability() is not None or not self.capabilities:
            return NO_INPUTS
        return {slot: it.least for slot, it in self.capabilities[0].inputs.items() if it.least}

    def fewest_with(self, given: Slots) -> Slots | None:
        """Return the fewest inputs that have *given* among them, None if it takes no such inputs."""
        missing = [_missing(it, given) for it in self._that_have(given)]
        if not missing:
            return None
        completed = dict(given)
        for slot, *_ in min(missing, key=len):
            completed[slot] = completed.get(slot, 0) + 1
        return completed if self.capability(completed) is not None else None

    @property
    def options(self) -> Mapping[str, Option]:
        """The options of the capability that takes no inputs."""
        return self._capability(NO_INPUTS).options

    @property
    def prompt_limit(self) -> int:
        """The most characters of a prompt without inputs."""
        return self._capability(NO_INPUTS).prompt_limit

    def price(
        self,
        options: Mapping[str, OptionValue],
        text: str,
        inputs: Sequence[GivenInput] = (),
    ) -> PriceRange:
        """Return what *text* costs with *options*, in US dollars; raises as `build` does."""
        return self._capability(slots_of(inputs)).price(options, text, inputs)

    def price_label(self, given: Slots = NO_INPUTS) -> PriceLabel:
        """Return what one unit costs, over all options."""
        return self._capability(given).price_label()

    def suggest(
        self, option_name: str, typed: str, *, allow_adult: bool, given: Slots = NO_INPUTS
    ) -> list[str]:
        """Return up to 25 values of an option that match what was *typed* so far."""
        return self._capability(given).suggest(option_name, typed, allow_adult=allow_adult)

    def another_seed(
        self, seed: OptionValue, randomness: random.Random, given: Slots = NO_INPUTS
    ) -> OptionValue:
        """Return a seed other than *seed*; the default is one by which the API draws its own."""
        capability = self.capability(given)
        option = None if capability is None else capability.options.get(SEED)
        if not isinstance(option, Whole) or seed == option.default:
            return seed
        return option.another(seed, randomness)

    def build(
        self,
        prompt: Prompt,
        chosen: Mapping[str, OptionValue],
        *,
        allow_adult: bool,
        inputs: Sequence[GivenInput] = (),
    ) -> Generation:
        """Return the request for *prompt* and *inputs* with the options that were *chosen*.

        Raises:
            InputNotTaken, InputMissing, TooManyInputs: No capability takes exactly these inputs.
            InvalidRequest: As `Capability.build`.
        """
        capability = self._capability(slots_of(inputs))
        return capability.build(prompt, chosen, allow_adult=allow_adult, inputs=inputs)

    def _capability(self, given: Slots) -> Capability:
        found = self.capability(given)
        if found is None:
            raise self._refusal(given)
        return found

    def _refusal(self, given: Slots) -> InvalidRequest:
        """Return why no capability takes these inputs: what is missing, too many, or not taken."""
        takes = self.takes()
        for slot in given:
            if slot not in takes:
                return InputNotTaken(slot=slot, takes=takes, model_label=self.label)
        for slot, count in given.items():
            most = max(it.inputs[slot].most for it in self.capabilities if slot in it.inputs)
            if count > most:
                return TooManyInputs(slot=slot, limit=most, count=count, model_label=self.label)
        missing = [_missing(it, given) for it in self._that_have(given)]
        fewest = min(map(len, missing), default=0)
        if fewest:
            ways = {slot for needs in missing if len(needs) == fewest for slot in needs[0]}
            needs = tuple(slot for slot in takes if slot in ways)
            return InputMissing(needs=needs, model_label=self.label)
        return InputNotTaken(slot=list(given)[-1], takes=takes, model_label=self.label)

    def _that_have(self, given: Slots) -> Iterable[Capability]:
        return [
            it
            for it in self.capabilities
            if all(
                slot in it.inputs and count <= it.inputs[slot].most for slot, count in given.items()
            )
        ]


def _missing(capability: Capability, given: Slots) -> list[tuple[Slot, ...]]:
    """Return what must be handed in too, each as the slots of which one is enough."""
    have = dict(given)
    missing: list[tuple[Slot, ...]] = []
    for slot, rule in capability.inputs.items():
        if have.get(slot, 0) < rule.least:
            missing.append((slot,))
            have[slot] = rule.least
    for slot, rule in capability.inputs.items():
        if have.get(slot) and rule.needs and not any(have.get(it) for it in rule.needs):
            missing.append(rule.needs)
    return missing
