"""Form choices: what the lists of a form offer. Pure."""

import dataclasses
from collections.abc import Mapping, Sequence
from decimal import Decimal

from bot.catalogue import NO_INPUTS, Capability, Catalogue, Kind, Model, Slot, Slots
from bot.discord.interactions.typed_options import join_options
from bot.jobs.admission.form_starts import FormStart
from db.records import JobKind, OptionValue

# Discord docs: Component Reference, String Select.
MOST_CHOICES = 25

DURATION = "duration"
VOICE = "voice"
DIALOGUE = "dialogue"
# What a new form has a list for.
MEASURES: Mapping[JobKind, str] = {JobKind.VIDEO: DURATION, JobKind.IMAGE: "size"}
WITH_IMAGE: Slots = {Slot.IMAGE: 1}


@dataclasses.dataclass(frozen=True, slots=True)
class Offer:
    """A model that can be chosen, and how it would be used with files in the slots *given*."""

    model: Model
    capability: Capability
    given: Slots


def offers(start: FormStart, catalogue: Catalogue) -> list[Offer]:
    """Return the models that can be chosen, cheapest first; those that need an image come last.

    Where files were handed in, only those that take exactly these. Where none does, as with a sound
    alone, those that take them with others, which can be handed in with the form.
    """
    kind = Kind(start.kind)
    if start.given:
        models = catalogue.by_price(kind, start.given) or catalogue.all_models(kind)
        with_given = [(model, model.fewest_with(start.given)) for model in models]
    else:
        with_given = [
            (model, given)
            for given in (NO_INPUTS, WITH_IMAGE)
            for model in catalogue.by_price(kind, given)
        ]
    found: dict[str, Offer] = {}
    for model, given in with_given:
        capability = None if given is None else model.capability(given)
        if given is not None and capability is not None:
            found.setdefault(model.name, Offer(model, capability, given))
    return list(found.values())[:MOST_CHOICES]


def measures(name: str, offered: Sequence[Offer]) -> dict[str, list[str]]:
    """Return the values of an option that any model has, each with the labels of its models."""
    taken: dict[str, list[str]] = {}
    for it in offered:
        if (option := it.capability.options.get(name)) is not None:
            for value in option.picks(allow_adult=False):
                taken.setdefault(value, []).append(it.model.label)
    numbers_first = sorted(taken, key=lambda it: (0, int(it)) if it.isdecimal() else (1, 0))
    return {value: taken[value] for value in numbers_first[:MOST_CHOICES]}


def is_dialogue(start: FormStart) -> bool:
    """Whether the text of the form is one of several speakers."""
    return bool(start.options.get(DIALOGUE))


def shown_options(start: FormStart) -> str:
    """Return the options as the form shows them: `duration=5 audio=on`, or as they were entered."""
    if start.options_text is not None:
        return start.options_text
    return filled_in_options(start)


def filled_in_options(start: FormStart) -> str:
    """Return the options that the form began with, as users type them."""
    return join_options([f"{name}={_shown(value)}" for name, value in start.options.items()])


def _shown(value: OptionValue) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    # Without an exponent, as users type it.
    return f"{Decimal(str(value)):f}" if isinstance(value, float) else str(value)
