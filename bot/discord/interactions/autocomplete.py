"""Autocomplete: suggests models with their prices, and the values that a model takes.

Where there is nothing to suggest, one line explains why (`explained_choices`).
"""

import discord
from discord import app_commands

from bot.catalogue import (
    NO_INPUTS,
    Capability,
    Catalogue,
    GivenInput,
    InvalidRequest,
    Kind,
    Model,
    Slots,
)
from bot.discord.cards.markdown import clip, plain
from bot.discord.cards.model_list import DEFAULT_MARK, ModelLine
from bot.discord.cards.money import price_range
from bot.discord.interactions.access_policy import AccessPolicy
from bot.discord.interactions.attachments import given_slots
from bot.discord.interactions.explained_choices import (
    CHOICE_LENGTH,
    Choice,
    explain_more,
    explain_option,
    explaining,
)
from bot.discord.interactions.model_lines import model_line, unit_price
from bot.discord.interactions.typed_options import is_chosen, join_options, split_options
from bot.jobs.admission.requests import AdultModes
from bot.locales.list_texts import (
    DURATION_PRICED,
    EXPLAIN_FILE_NEEDED,
    EXPLAIN_FILES_NOT_TAKEN,
    EXPLAIN_NO_MODEL,
    EXPLAIN_NOTHING_OFFERED,
    EXPLAIN_NOTHING_TAKES_FILES,
)
from bot.locales.translate import translate
from db.records import JobKind

Choices = list[Choice]

# Discord docs: Application Commands, option choice structure.
MOST_CHOICES = 25
_DURATION = "duration"


class Autocomplete:
    """Autocompletion of command options, from memory alone, so that it is never late.

    Only what fits the files that were handed in by then is offered.
    """

    def __init__(self, catalogue: Catalogue, policy: AccessPolicy) -> None:
        self._catalogue = catalogue
        self._policy = policy

    def models(self, kind: JobKind, typed: str, locale: str, given: Slots = NO_INPUTS) -> Choices:
        """Offer models whose name or label holds what was typed, cheapest first, with prices."""
        if not self._catalogue.models(Kind(kind), given):
            return [self._no_model(kind, typed, locale, given)]
        found = self._catalogue.suggest(Kind(kind), typed if is_chosen(typed) else "", given)
        default = self._catalogue.default(Kind(kind), given)
        choices = [
            _model_choice(model, locale, given, is_default=model == default) for model in found
        ]
        return choices[:MOST_CHOICES] or [self._no_model(kind, typed, locale, given)]

    def values(
        self, interaction: discord.Interaction, kind: JobKind, option: str, typed: str
    ) -> Choices:
        """Offer what the chosen model takes for *option*, or say why there is nothing to offer."""
        locale, way = str(interaction.locale), self._way(interaction, kind)
        if way is None:
            return [self._no_way(interaction, kind, locale)]
        wanted = typed if is_chosen(typed) else ""
        found = self._values(interaction, way, option, wanted)
        explained = explain_option(way, option, locale)
        lines = [explained] if explained is not None and not (wanted and found) else []
        named = [(_value_name(interaction, way, option, value), value) for value in found]
        choices = [Choice(name=clip(name, CHOICE_LENGTH), value=value) for name, value in named]
        return [*lines, *choices][:MOST_CHOICES]

    def more(self, interaction: discord.Interaction, kind: JobKind, typed: str) -> Choices:
        """Offer the model's own options as `name=value`, after those that are typed already."""
        locale, way = str(interaction.locale), self._way(interaction, kind)
        if way is None:
            return [self._no_way(interaction, kind, locale)]
        done = split_options(typed) if is_chosen(typed) else []
        last = "" if not done or typed[-1:].isspace() else done.pop()
        name, equals, value = last.partition("=")
        used = {part.partition("=")[0] for part in done} | _given(interaction)
        left = [it for it in way.options if it not in used]
        if equals:
            ends = [f"{name}={it}" for it in self._values(interaction, way, name, value)]
        else:
            ends = [f"{it}=" for it in left if it.startswith(name)]
        texts = [text for end in ends if len(text := join_options([*done, end])) <= CHOICE_LENGTH]
        choices = [Choice(name=text, value=text) for text in texts[:MOST_CHOICES]]
        return choices or explain_more(way, name, locale, done=done, left=left)

    def model_lines(self, locale: str) -> list[ModelLine]:
        """Return every model for `/models`, the cheapest of each kind first."""
        return [
            model_line(model, locale, is_default=model == self._catalogue.default(Kind(kind)))
            for kind in JobKind
            for model in self._catalogue.all_by_price(Kind(kind))
        ]

    def _way(self, interaction: discord.Interaction, kind: JobKind) -> Capability | None:
        """Return how the chosen model, or the default one, takes what was handed in."""
        given, named = given_slots(interaction), _named_model(interaction)
        if named:
            model = self._catalogue.choose(Kind(kind), named, given)
        elif self._catalogue.models(Kind(kind), given):
            model = self._catalogue.default(Kind(kind), given)
        else:
            model = None
        return None if model is None else model.capability(given)

    def _no_way(self, interaction: discord.Interaction, kind: JobKind, locale: str) -> Choice:
        return self._no_model(kind, _named_model(interaction), locale, given_slots(interaction))

    def _no_model(self, kind: JobKind, typed: str, locale: str, given: Slots) -> Choice:
        """Return why no model that was *typed*, or none at all, can be used with what was given."""
        known = self._catalogue.named(Kind(kind), typed)
        if known is not None:
            text = EXPLAIN_FILES_NOT_TAKEN if given else EXPLAIN_FILE_NEEDED
            return explaining(text, locale, model=known.label)
        if not self._catalogue.models(Kind(kind), given):
            text = EXPLAIN_NOTHING_TAKES_FILES if given else EXPLAIN_NOTHING_OFFERED
            return explaining(text, locale)
        return explaining(EXPLAIN_NO_MODEL, locale, model=clip(plain(typed), CHOICE_LENGTH // 2))

    def _values(
        self, interaction: discord.Interaction, way: Capability, option: str, typed: str
    ) -> list[str]:
        allow_adult = self._policy.adult_modes(interaction) is AdultModes.ALLOWED
        found = way.suggest(option, typed, allow_adult=allow_adult)
        return [value for value in found if len(value) <= CHOICE_LENGTH][:MOST_CHOICES]


def _model_choice(model: Model, locale: str, given: Slots, *, is_default: bool) -> Choice:
    mark = f"{DEFAULT_MARK} " if is_default else ""
    name = f"{mark}{model.label} · {unit_price(model, locale, given)}"
    return Choice(name=clip(name, CHOICE_LENGTH), value=model.name)


def _named_model(interaction: discord.Interaction) -> str:
    """Return what was typed as `model`, "" if nothing was chosen."""
    named = str(getattr(interaction.namespace, "model", None) or "")
    return named if is_chosen(named) else ""


def _value_name(interaction: discord.Interaction, way: Capability, option: str, value: str) -> str:
    """Return *value* as it is offered: a duration with what it costs, anything else as it is."""
    if option != _DURATION:
        return value
    locale = str(interaction.locale)
    chosen = {
        name: str(typed)
        for name in way.options
        if (typed := getattr(interaction.namespace, name, None)) is not None
        and is_chosen(str(typed))
    }
    inputs = [
        GivenInput(slot=slot, address="")
        for slot, count in given_slots(interaction).items()
        for _ in range(count)
    ]
    try:
        price = way.price({**chosen, _DURATION: value}, "", inputs)
    except InvalidRequest:
        price = way.price({_DURATION: value}, "", inputs)
    cost = price_range(price.low, price.high, locale)
    return translate(DURATION_PRICED, locale, value=value, price=cost)


def _given(interaction: discord.Interaction) -> set[str]:
    """Return the names of the options that have a place of their own in the command."""
    command = interaction.command
    if not isinstance(command, app_commands.Command):
        return set()
    return {parameter.name for parameter in command.parameters}
