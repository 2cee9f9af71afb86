"""/forget: delete the caller's jobs and prompts, after a question."""

from discord import Interaction, app_commands
from discord.ext import commands

from bot.discord.cards.forget_question import forget_question
from bot.discord.cards.views import forget_view
from bot.discord.command_translator import localized
from bot.jobs.actions import JobActions
from bot.locales.answer_texts import FORGET_NOTHING
from bot.locales.command_texts import COMMANDS
from bot.locales.translate import translate


class Forget(commands.Cog):
    """The command /forget."""

    def __init__(self, actions: JobActions) -> None:
        self._actions = actions

    @app_commands.command(description=localized(COMMANDS["forget"]))
    async def forget(self, interaction: Interaction) -> None:
        """Ask whether the caller's jobs are to be deleted; `ForgetButtons` does it."""
        locale, user_id = str(interaction.locale), interaction.user.id
        stored = await self._actions.forgettable(user_id)
        if not stored.all:
            # A question about a price may hold a prompt all the same.
            await self._actions.forget(user_id)
            answer = translate(FORGET_NOTHING, locale)
            await interaction.response.send_message(answer, ephemeral=True)
            return
        await interaction.response.send_message(
            embed=forget_question(stored.all, stored.open, locale),
            view=forget_view(user_id, stored.all, locale),
            ephemeral=True,
        )
