"""/create: a form, for longer prompts and for those who would rather choose than type."""

from discord import Interaction, app_commands
from discord.ext import commands

from bot.discord.command_translator import localized
from bot.discord.interactions.forms import Forms
from bot.jobs.admission.form_starts import NEW_FORMS
from bot.locales.command_texts import COMMANDS
from bot.locales.form_texts import CREATE_KIND, CREATE_KINDS


class Create(commands.Cog):
    """The command /create."""

    def __init__(self, forms: Forms) -> None:
        self._forms = forms

    @app_commands.command(description=localized(COMMANDS["create"]))
    @app_commands.describe(kind=localized(CREATE_KIND))
    @app_commands.choices(
        kind=[
            app_commands.Choice(name=localized(CREATE_KINDS[name]), value=name)
            for name in NEW_FORMS
        ]
    )
    async def create(self, interaction: Interaction, kind: str) -> None:
        """Open the form."""
        await self._forms.open(interaction, NEW_FORMS[kind])
