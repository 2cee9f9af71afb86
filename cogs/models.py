"""/models: what there is, and what it costs."""

from discord import Interaction, app_commands
from discord.ext import commands

from bot.discord.cards.list_place import ListPlace
from bot.discord.command_translator import localized
from bot.discord.interactions.model_list_pages import ModelListPages
from bot.locales.command_texts import COMMANDS, OPTIONS
from bot.locales.list_texts import KINDS
from db.records import JobKind


class Models(commands.Cog):
    """The command /models."""

    def __init__(self, pages: ModelListPages) -> None:
        self._pages = pages

    @app_commands.command(description=localized(COMMANDS["models"]))
    @app_commands.describe(kind=localized(OPTIONS["kind"]))
    @app_commands.choices(
        kind=[
            app_commands.Choice(name=localized(KINDS[kind]), value=kind.value) for kind in JobKind
        ]
    )
    async def models(self, interaction: Interaction, kind: str | None = None) -> None:
        """List the models to the caller alone, those of one kind with all that they take."""
        wanted = None if kind is None else JobKind(kind)
        drawn = self._pages.page(str(interaction.locale), ListPlace(kind=wanted))
        await interaction.response.send_message(view=drawn, ephemeral=True)
