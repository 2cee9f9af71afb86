"""/jobs: the caller's latest jobs, and the results that wait for them."""

from discord import Interaction, app_commands
from discord.ext import commands

from bot.discord.command_translator import localized
from bot.discord.interactions.job_list_pages import JobListPages
from bot.locales.command_texts import COMMANDS


class Jobs(commands.Cog):
    """The command /jobs."""

    def __init__(self, pages: JobListPages) -> None:
        self._pages = pages

    @app_commands.command(description=localized(COMMANDS["jobs"]))
    async def jobs(self, interaction: Interaction) -> None:
        """Show the caller's latest jobs to the caller alone."""
        drawn = await self._pages.page(interaction.user.id, str(interaction.locale))
        await interaction.response.send_message(view=drawn, ephemeral=True)
