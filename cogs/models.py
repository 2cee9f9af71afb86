"""/models: what there is, and what it costs."""

from discord import Interaction, app_commands
from discord.ext import commands

from bot.discord.cards.lists import model_list
from bot.discord.command_translator import localized
from bot.discord.interactions.autocomplete import Autocomplete
from bot.locales.command_texts import COMMANDS


class Models(commands.Cog):
    """The command /models."""

    def __init__(self, autocomplete: Autocomplete) -> None:
        self._autocomplete = autocomplete

    @app_commands.command(description=localized(COMMANDS["models"]))
    async def models(self, interaction: Interaction) -> None:
        """List the models to the caller alone."""
        locale = str(interaction.locale)
        embed = model_list(self._autocomplete.model_lines(locale), locale)
        await interaction.response.send_message(embed=embed, ephemeral=True)
