"""Autocomplete: suggests models with their prices, and the values that a model takes."""

import discord
from discord import app_commands

from bot.catalogue import Catalogue, Kind, Model
from bot.discord.cards.lists import ModelLine
from bot.discord.cards.markdown import clip
from bot.discord.cards.money import price_range
from bot.discord.interactions.access_policy import AccessPolicy
from bot.discord.interactions.typed_options import is_chosen, join_options, split_options
from bot.jobs.admission.requests import AdultModes
from bot.locales.list_texts import PRICES
from bot.locales.translate import translate
from db.records import JobKind

# discord.py lets choices be numbers too; ours are all texts.
Choices = list[app_commands.Choice[int | float | str]]

# Discord docs: Application Commands, option choice structure.
MOST_CHOICES = 25
CHOICE_LENGTH = 100


class Autocomplete:
    """Autocompletion of command options, from memory alone, so that it is never late."""

    def __init__(self, catalogue: Catalogue, policy: AccessPolicy) -> None:
        self._catalogue = catalogue
        self._policy = policy

    def models(self, kind: JobKind, typed: str, locale: str) -> Choices:
        """Offer models whose name or label holds what was typed, with their prices."""
        found = self._catalogue.suggest(Kind(kind), typed)
        return [
            app_commands.Choice(
                name=clip(f"{model.label} · {unit_price(model, locale)}", CHOICE_LENGTH),
                value=model.name,
            )
            for model in found[:MOST_CHOICES]
        ]

    def values(
        self, interaction: discord.Interaction, kind: JobKind, option: str, typed: str
    ) -> Choices:
        """Offer what the chosen model takes for *option*; nothing if it does not take it."""
        found = self._values(interaction, self._model(interaction, kind), option, typed)
        return [app_commands.Choice(name=value, value=value) for value in found]

    def more(self, interaction: discord.Interaction, kind: JobKind, typed: str) -> Choices:
        """Offer the model's own options as `name=value`, after those that are typed already."""
        model = self._model(interaction, kind)
        if model is None:
            return []
        done = split_options(typed)
        last = "" if not done or typed.endswith(" ") else done.pop()
        name, equals, value = last.partition("=")
        if equals:
            ends = [f"{name}={it}" for it in self._values(interaction, model, name, value)]
        else:
            used = {part.partition("=")[0] for part in done} | _given(interaction)
            ends = [f"{it}=" for it in model.options if it not in used and it.startswith(name)]
        texts = [join_options([*done, end]) for end in ends]
        return [
            app_commands.Choice(name=text, value=text)
            for text in texts[:MOST_CHOICES]
            if len(text) <= CHOICE_LENGTH
        ]

    def model_lines(self, locale: str) -> list[ModelLine]:
        """Return every model for `/models`."""
        return [
            ModelLine(
                kind=kind, name=model.name, label=model.label, price=unit_price(model, locale)
            )
            for kind in JobKind
            for model in self._catalogue.models(Kind(kind))
        ]

    def _model(self, interaction: discord.Interaction, kind: JobKind) -> Model | None:
        named = getattr(interaction.namespace, "model", None)
        if named and is_chosen(str(named)):
            return self._catalogue.choose(Kind(kind), str(named))
        if not self._catalogue.models(Kind(kind)):
            return None
        return self._catalogue.default(Kind(kind))

    def _values(
        self, interaction: discord.Interaction, model: Model | None, option: str, typed: str
    ) -> list[str]:
        if model is None:
            return []
        allow_adult = self._policy.adult_modes(interaction) is AdultModes.ALLOWED
        found = model.suggest(option, typed, allow_adult=allow_adult)
        return [value for value in found if len(value) <= CHOICE_LENGTH][:MOST_CHOICES]


def unit_price(model: Model, locale: str) -> str:
    """Return what one unit costs, such as "$0.07 a second"."""
    label = model.price_label()
    price = price_range(label.price.low, label.price.high, locale)
    return translate(PRICES[label.unit], locale, price=price)


def _given(interaction: discord.Interaction) -> set[str]:
    """Return the names of the options that have a place of their own in the command."""
    command = interaction.command
    if not isinstance(command, app_commands.Command):
        return set()
    return {parameter.name for parameter in command.parameters}
