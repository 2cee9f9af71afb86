"""/help: what the bot does, and what its caller may ask for here."""

from discord import Interaction, app_commands
from discord.ext import commands

from bot.discord.cards.help_card import Here, Operator, help_card
from bot.discord.command_translator import localized
from bot.discord.interactions.access_policy import AccessPolicy
from bot.discord.interactions.error_texts import error_text
from bot.discord.interactions.errors import NotHere, NotInDirectMessages
from bot.jobs.allowances import Allowances
from bot.locales.command_texts import COMMANDS


class Help(commands.Cog):
    """The command /help."""

    def __init__(self, allowances: Allowances, policy: AccessPolicy, operator: Operator) -> None:
        self._allowances = allowances
        self._policy = policy
        self._operator = operator

    @app_commands.command(description=localized(COMMANDS["help"]))
    async def help(self, interaction: Interaction) -> None:
        """Explain the bot to the caller alone, with what is left for them."""
        locale = str(interaction.locale)
        allowance = await self._allowances.of(interaction.user.id)
        here = Here(
            upload_limit=interaction.filesize_limit, refusal=self._refusal(interaction, locale)
        )
        card = help_card(allowance, self._operator, here, locale)
        await interaction.response.send_message(embed=card, ephemeral=True)

    def _refusal(self, interaction: Interaction, locale: str) -> str | None:
        try:
            self._policy.check_server(interaction)
        except (NotHere, NotInDirectMessages) as error:
            return error_text(error, locale)
        return None
