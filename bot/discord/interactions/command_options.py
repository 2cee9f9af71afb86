"""Command options: each kind of option is one class, with its own autocompletion.

discord.py calls them transformers. A command takes one by annotating a parameter; what they suggest
comes from the `autocomplete` of the cog that the command belongs to.
"""

import dataclasses
import inspect
from collections.abc import Callable
from typing import Any, Protocol, TypeVar, runtime_checkable

import discord
from discord import app_commands

from bot.catalogue import Kind, longest_prompt
from bot.discord.command_translator import localized
from bot.discord.interactions.attachments import given_slots
from bot.discord.interactions.autocomplete import Autocomplete, Choices
from bot.locales.command_texts import OPTIONS
from db.records import JobKind

Callback = TypeVar("Callback", bound=Callable[..., Any])

# The parameters of a callback that are no options: the cog and the interaction.
_NO_OPTIONS = 2
# Discord docs: Application Commands, `max_length` of a text option.
_LONGEST_TEXT = 6000


@runtime_checkable
class OffersAutocomplete(Protocol):
    """A cog whose commands have the options below."""

    @property
    def autocomplete(self) -> Autocomplete:
        """What suggests values."""


@dataclasses.dataclass(frozen=True, slots=True)
class ChosenOption:
    """A model's option with the value that was chosen, as it was typed."""

    name: str
    value: str


class PromptTransformer(app_commands.Transformer):
    """What is to be made, at most as long as a model reads it, which Discord's clients count."""

    def __init__(self, kind: JobKind) -> None:
        self._longest = min(longest_prompt(Kind(kind)) or _LONGEST_TEXT, _LONGEST_TEXT)

    @property
    def max_value(self) -> int:
        """The most characters that may be typed."""
        return self._longest

    async def transform(self, _interaction: discord.Interaction, value: str, /) -> str:
        """Return the prompt as it was typed."""
        return value


class ModelTransformer(app_commands.Transformer):
    """The option `model`: suggests the models that make what the command makes."""

    async def transform(self, _interaction: discord.Interaction, value: str, /) -> str:
        """Return the name as it was typed; the catalogue finds the model."""
        return value

    async def autocomplete(
        self, interaction: discord.Interaction, value: int | float | str, /
    ) -> Choices:
        """Suggest models with their prices."""
        return _autocomplete(interaction).models(
            _kind(interaction), str(value), str(interaction.locale), given_slots(interaction)
        )


class ModelOptionTransformer(app_commands.Transformer):
    """An option that models have: suggests the values that the chosen model takes."""

    def __init__(self, name: str) -> None:
        self._name = name

    async def transform(self, _interaction: discord.Interaction, value: str, /) -> ChosenOption:
        """Return the value with the option's name; the catalogue reads it."""
        return ChosenOption(self._name, value)

    async def autocomplete(
        self, interaction: discord.Interaction, value: int | float | str, /
    ) -> Choices:
        """Suggest what the chosen model takes."""
        kind = _kind(interaction)
        return _autocomplete(interaction).values(interaction, kind, self._name, str(value))


class MoreOptionsTransformer(app_commands.Transformer):
    """The option `options`: any option of the model, typed as `name=value`."""

    async def transform(self, _interaction: discord.Interaction, value: str, /) -> str:
        """Return the text as it was typed."""
        return value

    async def autocomplete(
        self, interaction: discord.Interaction, value: int | float | str, /
    ) -> Choices:
        """Suggest names, then values, after what is typed already."""
        return _autocomplete(interaction).more(interaction, _kind(interaction), str(value))


VideoPrompt = app_commands.Transform[str, PromptTransformer(JobKind.VIDEO)]
ImagePrompt = app_commands.Transform[str, PromptTransformer(JobKind.IMAGE)]
SpeechText = app_commands.Transform[str, PromptTransformer(JobKind.SPEECH)]
ModelName = app_commands.Transform[str, ModelTransformer]
MoreOptions = app_commands.Transform[str, MoreOptionsTransformer]
Duration = app_commands.Transform[ChosenOption, ModelOptionTransformer("duration")]
AspectRatio = app_commands.Transform[ChosenOption, ModelOptionTransformer("aspect_ratio")]
Resolution = app_commands.Transform[ChosenOption, ModelOptionTransformer("resolution")]
Size = app_commands.Transform[ChosenOption, ModelOptionTransformer("size")]
Seed = app_commands.Transform[ChosenOption, ModelOptionTransformer("seed")]
Voice = app_commands.Transform[ChosenOption, ModelOptionTransformer("voice")]


def described(callback: Callback) -> Callback:
    """Give each option of a command its description, by the parameter's name."""
    options = list(inspect.signature(callback).parameters)[_NO_OPTIONS:]
    return app_commands.describe(**{name: localized(OPTIONS[name]) for name in options})(callback)


def _autocomplete(interaction: discord.Interaction) -> Autocomplete:
    command = interaction.command
    cog = command.binding if isinstance(command, app_commands.Command) else None
    if not isinstance(cog, OffersAutocomplete):
        raise TypeError("these options belong to commands of a cog that offers autocomplete")
    return cog.autocomplete


def _kind(interaction: discord.Interaction) -> JobKind:
    """Return what the command makes: the commands are named for it."""
    command = interaction.command
    return JobKind(command.name if command is not None else JobKind.VIDEO)
