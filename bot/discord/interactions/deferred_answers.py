"""Deferred answers: Discord is answered at once, and shown the card once files were looked at.

Discord waits three seconds for an answer, and fetching a file may take longer. A deferred answer says
that the bot is thinking, for the 15 minutes of its token (Discord docs: Receiving and Responding).
Whether all users or one sees what takes its place is decided with it. So where nothing comes of a
public one, it is deleted and the reason follows privately: a follow-up before that would take its
place, and be public. One that can't be deleted becomes a sentence without the reason.
"""

import logging
from collections.abc import Sequence
from typing import Any

import discord

from bot.discord.interactions.errors import DiscordBusy
from bot.discord.messages.discord_errors import (
    DISCORD_CANT_NOW,
    error_meaning,
    is_worth_another_try,
)
from bot.discord.messages.error_codes import Meaning
from bot.locales.answer_texts import NOTHING_CAME_OF_IT
from bot.locales.translate import translate

log = logging.getLogger(__name__)

_DEFERRED = discord.InteractionResponseType.deferred_channel_message
# Keys of `Interaction.extras`, which discord.py leaves to us.
_IS_PUBLIC = "publicly_deferred"
_IS_GIVEN = "deferred_answer_given"


async def defer(interaction: discord.Interaction[Any], *, private: bool) -> None:
    """Answer *interaction* for the time being.

    Raises:
        DiscordBusy: Discord did not say that it took the answer. If it did, it shows for 15 minutes
            that the bot is thinking; nothing comes of that, and nothing is charged.
        discord.HTTPException: The interaction has an answer, or is not known any more.
    """
    try:
        await interaction.response.defer(ephemeral=private, thinking=True)
    except DISCORD_CANT_NOW as error:
        if isinstance(error, discord.HTTPException) and not is_worth_another_try(error):
            raise
        log.info("interaction %d: not deferred: %s", interaction.id, type(error).__name__)
        raise DiscordBusy from error
    interaction.extras[_IS_PUBLIC] = not private


def is_deferred(interaction: discord.Interaction[Any]) -> bool:
    """Whether the answer is still to come."""
    return interaction.response.type is _DEFERRED and _IS_GIVEN not in interaction.extras


def note_given(interaction: discord.Interaction[Any]) -> None:
    """Note that the answer is the card now: what goes wrong later must not take its place."""
    interaction.extras[_IS_GIVEN] = True


async def answer_privately(
    interaction: discord.Interaction[Any],
    *,
    content: str | None = None,
    embed: discord.Embed | None = None,
    view: discord.ui.View | None = None,
    files: Sequence[discord.File] = (),
) -> None:
    """Answer a deferred interaction so that its user alone reads it, if that can be had."""
    if not interaction.extras.get(_IS_PUBLIC):
        await interaction.edit_original_response(
            content=content, embed=embed, view=view, attachments=files
        )
        return
    if not await _is_deleted(interaction):
        # A follow-up would take the place of the answer while it is to come, and be public.
        said = translate(NOTHING_CAME_OF_IT, str(interaction.locale))
        await interaction.edit_original_response(content=said)
    await interaction.followup.send(
        ephemeral=True,
        content=content or discord.utils.MISSING,
        embed=embed or discord.utils.MISSING,
        view=view or discord.utils.MISSING,
        files=files,
        allowed_mentions=discord.AllowedMentions.none(),
    )


async def _is_deleted(interaction: discord.Interaction[Any]) -> bool:
    try:
        await interaction.delete_original_response()
    except DISCORD_CANT_NOW as error:
        if error_meaning(error) is Meaning.DELETED:
            return True
        log.info("interaction %d: its answer stays: %s", interaction.id, type(error).__name__)
        return False
    return True
