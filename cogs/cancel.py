"""/cancel: one of the caller's running jobs, chosen from a list."""

from collections.abc import Mapping

from discord import Interaction, app_commands
from discord.ext import commands

from bot.discord.cards.card import is_cancellable
from bot.discord.cards.lists import choice_name
from bot.discord.command_translator import localized
from bot.discord.interactions.errors import ChoiceNeeded, NothingToCancel
from bot.jobs.actions import JobActions
from bot.jobs.errors import NotYours, UnknownJob
from bot.jobs.queries import JobQueries
from bot.locales.answer_texts import CANCEL_TAKEN
from bot.locales.command_texts import COMMANDS, OPTIONS
from bot.locales.translate import translate
from db.records import Job

_MOST_CHOICES = 25
_LONGEST_ID = 20  # digits of a snowflake


class Cancel(commands.Cog):
    """The command /cancel."""

    def __init__(self, queries: JobQueries, actions: JobActions, labels: Mapping[str, str]) -> None:
        self._queries = queries
        self._actions = actions
        self._labels = labels

    @app_commands.command(description=localized(COMMANDS["cancel"]))
    @app_commands.describe(job=localized(OPTIONS["job"]))
    async def cancel(self, interaction: Interaction, job: str | None = None) -> None:
        """Cancel the chosen job, or the only one."""
        job_id = await self._chosen(interaction, job)
        found = await self._queries.find(job_id)
        if found.user_id != interaction.user.id:
            raise NotYours
        await self._actions.cancel(job_id, interaction.user.id)
        answer = translate(CANCEL_TAKEN, str(interaction.locale))
        await interaction.response.send_message(answer, ephemeral=True)

    async def _chosen(self, interaction: Interaction, typed: str | None) -> int:
        if typed is not None:
            if len(typed) > _LONGEST_ID or not typed.isdecimal():
                raise UnknownJob
            return int(typed)
        running = await self._running_of(interaction.user.id)
        if not running:
            raise NothingToCancel
        if len(running) > 1:
            raise ChoiceNeeded
        return running[0].id

    async def _running_of(self, user_id: int) -> list[Job]:
        return [job for job in await self._queries.open_of(user_id) if is_cancellable(job)]

    @cancel.autocomplete("job")
    async def _running(
        self, interaction: Interaction, typed: str
    ) -> list[app_commands.Choice[str]]:
        running = await self._running_of(interaction.user.id)
        named = [
            (choice_name(job, self._labels.get(job.model, job.model)), job.id) for job in running
        ]
        return [
            app_commands.Choice(name=name, value=str(job_id))
            for name, job_id in named
            if typed.casefold() in name.casefold()
        ][:_MOST_CHOICES]
