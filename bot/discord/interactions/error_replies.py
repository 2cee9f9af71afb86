"""Error replies: an error of a command or button becomes one sentence that only the user sees."""

import asyncio
import hashlib
import logging
from typing import Any

import discord

from bot.discord.interactions.deferred_answers import answer_privately, is_deferred
from bot.discord.interactions.error_texts import error_text, is_foreseen
from bot.discord.interactions.returned_prompts import Refusal, typed_prompt, with_prompt
from bot.discord.messages.discord_errors import DISCORD_CANT_NOW, is_worth_another_try
from bot.discord.messages.error_codes import ALREADY_ACKNOWLEDGED, UNKNOWN_INTERACTION
from bot.jobs.errors import FormExpired, UnknownDraft, UnknownJob
from bot.monitoring.log_context import about_error, about_interaction

log = logging.getLogger(__name__)

# Seconds, of the 3 in which Discord takes an answer.
_UNKNOWN_PAUSE = 1.0
# The answer came too late, or another process answered.
_SILENT_CODES = frozenset({UNKNOWN_INTERACTION, ALREADY_ACKNOWLEDGED})


async def reply_with_error(
    interaction: discord.Interaction[Any],
    error: Exception,
    *,
    view: discord.ui.View | None = None,
) -> None:
    """Reply with the sentence of *error*, and log what was not foreseen for the operator.

    The buttons of *view* offer what to do next.
    """
    if isinstance(error, discord.HTTPException) and error.code in _SILENT_CODES:
        log.info("interaction %d: answered too late or twice (%d)", interaction.id, error.code)
        return
    if interaction.client.is_closed():
        # What was saved is taken up after the next start.
        log.info("interaction %d: cut off by the end of the process", interaction.id)
        return
    await leave_to_another_process(error)
    error_id = _error_id(interaction.id)
    about_interaction(interaction.id)
    about_error(error_id)
    if is_worth_another_try(error) and isinstance(error, discord.HTTPException):
        log.error("error %s: Discord did not take an answer: %s", error_id, error)
    elif not is_foreseen(error):
        log.error("error %s: interaction %d failed", error_id, interaction.id, exc_info=error)
    locale = str(interaction.locale)
    sentence = error_text(error, locale, error_id)
    try:
        await _reply(interaction, with_prompt(sentence, typed_prompt(interaction), locale), view)
    except DISCORD_CANT_NOW as failure:
        log.info("interaction %d: not told why: %s", interaction.id, type(failure).__name__)


async def leave_to_another_process(error: Exception) -> None:
    """Wait before a reply that something is not known, so that a process that knows it is first.

    Another bot with the same token may have shown the button, and Discord takes one answer alone.
    """
    if isinstance(error, UnknownJob | UnknownDraft | FormExpired):
        await asyncio.sleep(_UNKNOWN_PAUSE)


def _error_id(interaction_id: int) -> str:
    """Return a short name of what went wrong, by which the user's words lead to the log."""
    return hashlib.blake2s(str(interaction_id).encode(), digest_size=4).hexdigest()


async def _reply(
    interaction: discord.Interaction[Any], refusal: Refusal, view: discord.ui.View | None
) -> None:
    content, files = refusal.content, refusal.files()
    shown = discord.utils.MISSING if view is None else view
    if interaction.response.is_done():
        if is_deferred(interaction):
            await answer_privately(interaction, content=content, files=files, view=view)
        else:
            await interaction.followup.send(content, files=files, view=shown, ephemeral=True)
    else:
        await interaction.response.send_message(content, files=files, view=shown, ephemeral=True)
