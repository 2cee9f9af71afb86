"""/jobs: the caller's latest jobs, and the results that wait for them."""

from discord import Interaction, app_commands
from discord.ext import commands

from bot import words
from bot.chat.buttons import to_view
from bot.chat.client import GenerationBot
from bot.chat.lists import MOST_JOBS, job_list
from bot.jobs.service import JobService


class Jobs(commands.Cog):
    """Look back."""

    def __init__(self, service: JobService) -> None:
        self._service = service

    @app_commands.command(description=words.COMMANDS["jobs"])
    async def jobs(self, interaction: Interaction[GenerationBot]) -> None:
        """Show the caller's latest jobs to the caller alone."""
        recent = await self._service.recent_of(interaction.user.id, MOST_JOBS)
        drawn = job_list(recent, self._service.labels())
        await interaction.response.send_message(
            embed=drawn.embed, view=to_view(drawn.buttons), ephemeral=True
        )


async def setup(bot: GenerationBot) -> None:
    """Add the command."""
    await bot.add_cog(Jobs(bot.parts.service))
