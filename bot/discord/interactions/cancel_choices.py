"""Cancel choices: what /cancel does with none, one or several running jobs, and its menu."""

from collections.abc import Mapping, Sequence

import discord

from bot.discord.cards.button_table import is_cancellable
from bot.discord.cards.cancel_menu import cancel_question, cancel_view
from bot.discord.interactions.error_texts import error_text
from bot.discord.interactions.errors import NothingToCancel
from bot.discord.interactions.permissions import may_cancel
from bot.discord.interactions.private_answers import check_is_private_answer
from bot.jobs.actions import JobActions
from bot.jobs.errors import AlreadyEnded, NotCancellable, NotYours, UnknownJob
from bot.jobs.queries import JobQueries
from bot.locales.answer_texts import CANCEL_TAKEN, CANCEL_TAKEN_OF, CANCEL_TOO_LATE_FOR
from bot.locales.translate import translate
from db.records import Job

_LONGEST_ID = 20  # digits of a snowflake
_TOO_LATE = (AlreadyEnded, NotCancellable, UnknownJob)


class CancelChoices:
    """The running jobs that a user may cancel, the menu of them, and what is chosen there.

    A user may cancel the own ones. With Manage Messages these are joined by what others have running
    in the channel, private cards apart: they are seen by their requesters alone.
    """

    def __init__(self, queries: JobQueries, actions: JobActions, labels: Mapping[str, str]) -> None:
        self._queries = queries
        self._actions = actions
        self._labels = labels

    async def cancellable(self, interaction: discord.Interaction) -> Sequence[Job]:
        """Return the jobs that the user may cancel from here: the own ones first, newest first."""
        own = await self._queries.open_of(interaction.user.id)
        others: Sequence[Job] = ()
        if interaction.permissions.manage_messages and interaction.channel_id is not None:
            others = await self._queries.open_in(interaction.channel_id)
        seen = [job for job in others if job.user_id != interaction.user.id and not job.private]
        return [job for job in (*own, *seen) if is_cancellable(job)]

    async def cancel(self, interaction: discord.Interaction, typed: str | None) -> None:
        """Cancel the job that was chosen, or the user's only one; else answer with the menu.

        Raises:
            NothingToCancel: Nothing runs.
            UnknownJob, NotYours, AlreadyEnded, NotCancellable: As `JobActions.cancel`.
        """
        locale = str(interaction.locale)
        if typed is None:
            running = await self.cancellable(interaction)
            own = [job for job in running if job.user_id == interaction.user.id]
            if not running:
                raise NothingToCancel
            if len(own) != 1:
                await interaction.response.send_message(
                    cancel_question(len(running), locale),
                    view=cancel_view(running, self._labels, interaction.user.id, locale),
                    ephemeral=True,
                )
                return
            typed = str(own[0].id)
        await self._cancel(interaction, typed)
        await interaction.response.send_message(translate(CANCEL_TAKEN, locale), ephemeral=True)

    async def choose(
        self, interaction: discord.Interaction, user_id: int, values: Sequence[str]
    ) -> None:
        """Cancel what was chosen in the menu, which is then gone."""
        await self._check_menu(interaction, user_id)
        locale = str(interaction.locale)
        said = translate(CANCEL_TAKEN, locale)
        try:
            for value in values:
                await self._cancel(interaction, value)
        except _TOO_LATE as error:
            said = error_text(error, locale)
        await interaction.response.edit_message(content=said, view=None)

    async def cancel_all(self, interaction: discord.Interaction, user_id: int) -> None:
        """Cancel every running job of the user; the menu is then gone."""
        await self._check_menu(interaction, user_id)
        locale = str(interaction.locale)
        taken, too_late = 0, 0
        for job in await self._queries.open_of(user_id):
            if not is_cancellable(job):
                continue
            try:
                await self._actions.cancel(job.id, user_id)
                taken += 1
            except _TOO_LATE:
                too_late += 1
        if not taken and not too_late:
            raise NothingToCancel
        said = [
            translate(CANCEL_TAKEN_OF, locale, count=taken),
            *([translate(CANCEL_TOO_LATE_FOR, locale, count=too_late)] if too_late else []),
        ]
        await interaction.response.edit_message(content=" ".join(said), view=None)

    async def _cancel(self, interaction: discord.Interaction, typed: str) -> None:
        if len(typed) > _LONGEST_ID or not (typed.isascii() and typed.isdecimal()):
            raise UnknownJob
        job = await self._queries.find(int(typed))
        is_here = job.channel_id == interaction.channel_id and not job.private
        is_own = job.user_id == interaction.user.id
        if not is_own and not (
            is_here and may_cancel(job, interaction.user.id, interaction.permissions)
        ):
            raise NotYours
        await self._actions.cancel(job.id, interaction.user.id)

    async def _check_menu(self, interaction: discord.Interaction, user_id: int) -> None:
        if user_id != interaction.user.id:
            raise NotYours
        await check_is_private_answer(interaction, self._queries)
