"""/models: what there is, and what it costs."""

from discord import Interaction, app_commands
from discord.ext import commands

from bot.discord.cards.model_list import model_list
from bot.discord.command_translator import localized
from bot.discord.interactions.autocomplete import Autocomplete
from bot.locales.command_texts import COMMANDS, OPTIONS
from bot.locales.list_texts import KINDS
from db.records import JobKind


class Models(commands.Cog):
    """The command /models."""

    def __init__(self, autocomplete: Autocomplete) -> None:
        self._autocomplete = autocomplete

    @app_commands.command(description=localized(COMMANDS["models"]))
    @app_commands.describe(kind=localized(OPTIONS["kind"]))
    @app_commands.choices(
        kind=[
            app_commands.Choice(name=localized(KINDS[kind]), value=kind.value) for kind in JobKind
        ]
    )
    async def models(self, interaction: Interaction, kind: str | None = None) -> None:
        """List the models to the caller alone, those of one kind with all that they take."""
        locale = str(interaction.locale)
        wanted = None if kind is None else JobKind(kind)
        embed = model_list(self._autocomplete.model_lines(locale), locale, wanted)
        await interaction.response.send_message(embed=embed, ephemeral=True)
