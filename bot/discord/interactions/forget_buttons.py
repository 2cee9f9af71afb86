"""Forget buttons: the yes and the no to the question of /forget."""

import discord

from bot.discord.interactions.private_answers import check_is_private_answer
from bot.jobs.actions import JobActions
from bot.jobs.errors import NotYours
from bot.jobs.queries import JobQueries
from bot.locales.answer_texts import FORGET_DONE, FORGET_KEPT, FORGET_LATER
from bot.locales.translate import translate


class ForgetButtons:
    """Handlers of *Delete* and *Keep them*; each ends the question, so that it is pressed once."""

    def __init__(self, queries: JobQueries, actions: JobActions) -> None:
        self._queries = queries
        self._actions = actions

    async def forget(self, interaction: discord.Interaction, user_id: int) -> None:
        """Delete the jobs and prompts of the user who was asked."""
        await self._check(interaction, user_id)
        forgotten = await self._actions.forget(user_id)
        locale = str(interaction.locale)
        answer = (
            translate(FORGET_LATER, locale, count=forgotten.marked)
            if forgotten.marked
            else translate(FORGET_DONE, locale)
        )
        await interaction.response.edit_message(content=answer, embed=None, view=None)

    async def keep(self, interaction: discord.Interaction, user_id: int) -> None:
        """Delete nothing."""
        await self._check(interaction, user_id)
        answer = translate(FORGET_KEPT, str(interaction.locale))
        await interaction.response.edit_message(content=answer, embed=None, view=None)

    async def _check(self, interaction: discord.Interaction, user_id: int) -> None:
        """Raise where another user was asked, or the button is on a card."""
        if user_id != interaction.user.id:
            raise NotYours
        await check_is_private_answer(interaction, self._queries)
