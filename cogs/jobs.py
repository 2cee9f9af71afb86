"""/jobs: the caller's latest jobs, and the results that wait for them."""

from discord import Interaction, app_commands
from discord.ext import commands

from bot.discord.client import GenerationBot
from bot.discord.interactions.buttons import job_list_view
from bot.discord.interactions.job_list_pages import job_page
from bot.jobs.service import JobService
from bot.locales.commands import COMMANDS


class Jobs(commands.Cog):
    """Look back."""

    def __init__(self, service: JobService) -> None:
        self._service = service

    @app_commands.command(description=COMMANDS["jobs"])
    async def jobs(self, interaction: Interaction[GenerationBot]) -> None:
        """Show the caller's latest jobs to the caller alone."""
        drawn = await job_page(self._service, interaction.user.id)
        await interaction.response.send_message(
            embed=drawn.embed, view=job_list_view(drawn), ephemeral=True
        )


async def setup(bot: GenerationBot) -> None:
    """Add the command."""
    await bot.add_cog(Jobs(bot.parts.service))
