"""/forget: delete what the bot remembers of the caller."""

from discord import Interaction, app_commands
from discord.ext import commands

from bot.discord.command_translator import localized
from bot.jobs.actions import JobActions
from bot.locales.answer_texts import FORGET_DONE, FORGET_LATER
from bot.locales.command_texts import COMMANDS
from bot.locales.translate import translate


class Forget(commands.Cog):
    """The command /forget."""

    def __init__(self, actions: JobActions) -> None:
        self._actions = actions

    @app_commands.command(description=localized(COMMANDS["forget"]))
    async def forget(self, interaction: Interaction) -> None:
        """Delete the caller's jobs and prompts; what runs is deleted at its end."""
        forgotten = await self._actions.forget(interaction.user.id)
        text = FORGET_LATER if forgotten.marked else FORGET_DONE
        answer = translate(text, str(interaction.locale))
        await interaction.response.send_message(answer, ephemeral=True)
