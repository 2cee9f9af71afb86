"""/cancel: one of the caller's running jobs, or a menu of them."""

from collections.abc import Mapping

from discord import Interaction, app_commands
from discord.ext import commands

from bot.discord.cards.lists import choice_name
from bot.discord.command_translator import localized
from bot.discord.interactions.cancel_choices import CancelChoices
from bot.locales.command_texts import COMMANDS, OPTIONS

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
        await self._choices.cancel(interaction, job)

    @cancel.autocomplete("job")
    async def _running(
        self, interaction: Interaction, typed: str
    ) -> list[app_commands.Choice[str]]:
        running = await self._choices.cancellable(interaction)
        named = [
            (choice_name(job, self._labels.get(job.model, job.model)), job.id) for job in running
        ]
        return [
            app_commands.Choice(name=name, value=str(job_id))
            for name, job_id in named
            if typed.casefold() in name.casefold()
        ][:_MOST_CHOICES]
