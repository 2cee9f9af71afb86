"""Request context: where and by whom something was requested, read from the interaction."""

import discord

from bot.discord.interactions.permissions import cancel_control, card_kind
from bot.jobs.admission.requests import AdultModes, RequestContext


def context_of(
    interaction: discord.Interaction, *, private: bool, adult_modes: AdultModes
) -> RequestContext:
    """Return the place of *interaction*, whose answer will be its card."""
    kind = card_kind(interaction, private=private)
    return RequestContext(
        interaction_id=interaction.id,
        interaction_token=interaction.token,
        application_id=interaction.application_id,
        user_id=interaction.user.id,
        guild_id=interaction.guild_id,
        channel_id=interaction.channel_id or 0,
        locale=str(interaction.locale),
        card_kind=kind,
        cancel_control=cancel_control(interaction, kind),
        upload_limit=interaction.filesize_limit,
        adult_modes=adult_modes,
    )
