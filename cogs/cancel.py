"""/cancel: one of the caller's running jobs, or a menu of them."""

from collections.abc import Mapping

from discord import Interaction, app_commands
from discord.ext import commands

from bot.discord.cards.cancel_menu import choice_name
from bot.discord.command_translator import localized
from bot.discord.interactions.cancel_choices import CancelChoices
from bot.discord.interactions.explained_choices import Choice, explaining
from bot.discord.interactions.typed_options import is_chosen
from bot.locales.command_texts import COMMANDS, OPTIONS
from bot.locales.list_texts import EXPLAIN_NOTHING_RUNNING

_MOST_CHOICES = 25


class Cancel(commands.Cog):
    """The command /cancel."""

    def __init__(self, choices: CancelChoices, labels: Mapping[str, str]) -> None:
        self._choices = choices
        self._labels = labels

    @app_commands.command(description=localized(COMMANDS["cancel"]))
    @app_commands.describe(job=localized(OPTIONS["job"]))
    async def cancel(self, interaction: Interaction, job: str | None = None) -> None:
        """Cancel the chosen job, or the only one; with several, answer with a menu."""
        await self._choices.cancel(interaction, job if job and is_chosen(job) else None)

    @cancel.autocomplete("job")
    async def _running(self, interaction: Interaction, typed: str) -> list[Choice]:
        running = await self._choices.cancellable(interaction)
        named = [
            (choice_name(job, self._labels.get(job.model, job.model)), job.id) for job in running
        ]
        if not named:
            return [explaining(EXPLAIN_NOTHING_RUNNING, str(interaction.locale))]
        return [
            Choice(name=name, value=str(job_id))
            for name, job_id in named
            if typed.casefold() in name.casefold()
        ][:_MOST_CHOICES]
