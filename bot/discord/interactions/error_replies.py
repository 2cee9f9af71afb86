"""Error replies: an error of a command or button becomes one sentence that only the user sees."""

import logging
from typing import Any

import discord

from bot.discord.cards.lists import CONTENT_LENGTH
from bot.discord.cards.markdown import clip
from bot.discord.interactions.error_texts import error_text, is_foreseen
from bot.discord.messages.discord_errors import DISCORD_CANT_NOW
from bot.discord.messages.error_codes import ALREADY_ACKNOWLEDGED, UNKNOWN_INTERACTION

log = logging.getLogger(__name__)

# The answer came too late, or another process answered.
_SILENT_CODES = frozenset({UNKNOWN_INTERACTION, ALREADY_ACKNOWLEDGED})


async def reply_with_error(interaction: discord.Interaction[Any], error: Exception) -> None:
    """Reply with the sentence of *error*, and log what was not foreseen for the operator."""
    if isinstance(error, discord.HTTPException) and error.code in _SILENT_CODES:
        log.info("interaction %d: answered too late or twice (%d)", interaction.id, error.code)
        return
    if interaction.client.is_closed():
        # What was saved is taken up after the next start.
        log.info("interaction %d: cut off by the end of the process", interaction.id)
        return
    if not is_foreseen(error):
        log.error("interaction %d: failed", interaction.id, exc_info=error)
    text = error_text(error, str(interaction.locale))
    try:
        await _reply(interaction, clip(text, CONTENT_LENGTH))
    except DISCORD_CANT_NOW as failure:
        log.info("interaction %d: not told why: %s", interaction.id, type(failure).__name__)


async def _reply(interaction: discord.Interaction[Any], content: str) -> None:
    if interaction.response.is_done():
        if interaction.response.type is discord.InteractionResponseType.deferred_channel_message:
            await interaction.edit_original_response(content=content)
        else:
            await interaction.followup.send(content, ephemeral=True)
    else:
        await interaction.response.send_message(content, ephemeral=True)
