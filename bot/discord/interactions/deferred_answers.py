"""Deferred answers: Discord is answered at once, and shown the card once files were looked at.

Discord waits three seconds for an answer, and fetching a file may take longer. A deferred answer says
that the bot is thinking, for the 15 minutes of its token (Discord docs: Receiving and Responding).
Whether all users or one sees what takes its place is decided with it. So where nothing comes of a
public one, it is deleted and the reason follows privately: a follow-up before that would take its
place, and be public.
"""

import logging
from collections.abc import Sequence
from typing import Any

import discord

from bot.discord.messages.discord_errors import DISCORD_CANT_NOW, error_meaning
from bot.discord.messages.error_codes import Meaning

log = logging.getLogger(__name__)

_DEFERRED = discord.InteractionResponseType.deferred_channel_message
_IS_PUBLIC = "publicly_deferred"  # a key of `Interaction.extras`, which discord.py leaves to us


async def defer(interaction: discord.Interaction[Any], *, private: bool) -> None:
    """Answer *interaction* for the time being."""
    await interaction.response.defer(ephemeral=private, thinking=True)
    interaction.extras[_IS_PUBLIC] = not private


def is_deferred(interaction: discord.Interaction[Any]) -> bool:
    """Whether the answer is still to come."""
    return interaction.response.type is _DEFERRED


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
    if await _is_deleted(interaction):
        await interaction.followup.send(
            ephemeral=True,
            content=content or discord.utils.MISSING,
            embed=embed or discord.utils.MISSING,
            view=view or discord.utils.MISSING,
            files=files,
            allowed_mentions=discord.AllowedMentions.none(),
        )
        return
    # What was asked for stays without an answer otherwise.
    await interaction.edit_original_response(
        content=content,
        embed=embed,
        view=view,
        attachments=files,
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
