"""/forget: delete what the bot remembers of the caller."""

from discord import Interaction, app_commands
from discord.ext import commands

from bot.discord.client import GenerationBot
from bot.jobs.service import JobService
from bot.locales.answers import FORGET_DONE, FORGET_LATER
from bot.locales.commands import COMMANDS


class Forget(commands.Cog):
    """Let go."""

    def __init__(self, service: JobService) -> None:
        self._service = service

    @app_commands.command(description=COMMANDS["forget"])
    async def forget(self, interaction: Interaction[GenerationBot]) -> None:
        """Delete the caller's jobs and prompts; what runs is deleted at its end."""
        forgotten = await self._service.forget(interaction.user.id)
        answer = FORGET_LATER if forgotten.marked else FORGET_DONE
        await interaction.response.send_message(answer, ephemeral=True)


async def setup(bot: GenerationBot) -> None:
    """Add the command."""
    await bot.add_cog(Forget(bot.parts.service))
