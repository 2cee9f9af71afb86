"""Errors of commands and buttons become one sentence that only the person sees."""

import logging
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands

from bot.discord.cards.lists import CONTENT_LENGTH
from bot.discord.cards.markdown import clip
from bot.discord.interactions.error_texts import error_text, is_foreseen
from bot.discord.messages.discord_errors import CONNECTION_ERRORS

if TYPE_CHECKING:
    from bot.discord.client import GenerationBot

log = logging.getLogger(__name__)

# The answer came too late, or another process answered (Discord docs: JSON error codes).
_SILENT_CODES = frozenset({10062, 40060})


class BotCommandTree(app_commands.CommandTree["GenerationBot"]):
    """A command tree that explains every refusal, and offers its commands everywhere.

    What is not said here is the Developer Portal's to say, and /jobs must be where results are.
    """

    def __init__(self, client: "GenerationBot") -> None:
        super().__init__(
            client,
            allowed_contexts=app_commands.AppCommandContext(
                guild=True, dm_channel=True, private_channel=True
            ),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=True),
        )

    async def on_error(
        self,
        interaction: discord.Interaction["GenerationBot"],
        error: app_commands.AppCommandError,
        /,
    ) -> None:
        """Say why not."""
        cause = error.original if isinstance(error, app_commands.CommandInvokeError) else error
        await reply_with_error(interaction, cause)


async def reply_with_error(interaction: discord.Interaction[Any], error: Exception) -> None:
    """Tell the person one sentence, and the operator what nobody foresaw."""
    if isinstance(error, discord.HTTPException) and error.code in _SILENT_CODES:
        log.info("interaction %d: answered too late or twice (%d)", interaction.id, error.code)
        return
    if interaction.client.is_closed():
        # Whatever was saved is taken up after the next start.
        log.info("interaction %d: cut off by the end of the process", interaction.id)
        return
    if not is_foreseen(error):
        log.error("interaction %d: failed", interaction.id, exc_info=error)
    try:
        await _say(interaction, clip(error_text(error), CONTENT_LENGTH))
    except (discord.HTTPException, *CONNECTION_ERRORS) as unsaid:
        log.info("interaction %d: not told why: %s", interaction.id, type(unsaid).__name__)


async def _say(interaction: discord.Interaction[Any], content: str) -> None:
    if interaction.response.is_done():
        if interaction.response.type is discord.InteractionResponseType.deferred_channel_message:
            await interaction.edit_original_response(content=content)
        else:
            await interaction.followup.send(content, ephemeral=True)
    else:
        await interaction.response.send_message(content, ephemeral=True)
