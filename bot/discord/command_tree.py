"""Command tree: which commands there are, where they are offered, and how their errors end."""

from typing import Any

import discord
from discord import app_commands

from bot.discord.interactions.error_replies import reply_with_error
from bot.monitoring.log_context import about_interaction


class BotCommandTree(app_commands.CommandTree[discord.Client]):
    """Tree of the commands, offered everywhere, that answers each error with a sentence.

    Contexts that are not declared are the Developer Portal's to decide, and /jobs must be where
    results are.
    """

    def __init__(self, client: discord.Client) -> None:
        super().__init__(
            client,
            allowed_contexts=app_commands.AppCommandContext(
                guild=True, dm_channel=True, private_channel=True
            ),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=True),
        )

    async def interaction_check(self, interaction: discord.Interaction[Any], /) -> bool:
        """Have the log name the interaction; each command checks by itself whether it may be used."""
        about_interaction(interaction.id)
        return True

    async def on_error(
        self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError, /
    ) -> None:
        """Reply why the command was not carried out."""
        cause = error.original if isinstance(error, app_commands.CommandInvokeError) else error
        await reply_with_error(interaction, cause)
