"""Permissions: what the bot lacks in a channel, how it can answer there, and who may cancel. Pure."""

import discord

from bot.locales.answer_texts import PERMISSION_NAMES
from bot.locales.translate import translate
from db.records import CancelControl, CardKind, Job

# What a card needs in its channel: to be seen, edited for longer than 15 minutes, to carry files,
# to be found again, and to be cancelled by ❌ (Discord docs: Permissions).
_NEEDED = ("view_channel", "send_messages", "embed_links", "attach_files", "read_message_history")
_REACTION = ("add_reactions", "read_message_history")


def missing_permissions(permissions: discord.Permissions, *, in_thread: bool) -> list[str]:
    """Return the flag names of what the bot lacks to show a result in a channel, in Discord's order."""
    needed = [
        "send_messages_in_threads" if name == "send_messages" and in_thread else name
        for name in _NEEDED
    ]
    return [name for name in needed if not getattr(permissions, name)]


def permission_name(flag: str, locale: str) -> str:
    """Return what Discord's own pages call the permission, such as "Attach Files"."""
    return translate(PERMISSION_NAMES[flag], locale)


def card_kind(interaction: discord.Interaction, *, private: bool) -> CardKind:
    """Return what the answer to *interaction* will be: a lasting message, or one that its token alone can edit.

    Ephemeral messages can be edited only by the interaction token, and so can those in a server
    that has the commands without the bot: of an app that is installed for its user alone, or
    without the scope `bot`.
    """
    lasts = _is_with_bot(interaction) or _is_own_dm(interaction)
    return CardKind.CHANNEL if lasts and not private else CardKind.TOKEN_ONLY


def _is_with_bot(interaction: discord.Interaction) -> bool:
    """Whether the bot is a member of the server, as Discord listed it when it connected."""
    if interaction.guild_id is None or not interaction.is_guild_integration():
        return False
    return interaction.client.get_guild(interaction.guild_id) is not None


def _is_own_dm(interaction: discord.Interaction) -> bool:
    return interaction.guild_id is None and interaction.context.dm_channel


def cancel_control(interaction: discord.Interaction, kind: CardKind) -> CancelControl:
    """Return how the card offers to cancel: ❌ where the bot may react, else a button."""
    may_react = all(getattr(interaction.app_permissions, flag) for flag in _REACTION)
    lasting = kind is CardKind.CHANNEL
    return CancelControl.REACTION if lasting and may_react else CancelControl.BUTTON


def may_cancel(job: Job, user_id: int, permissions: discord.Permissions) -> bool:
    """Whether that user, with these permissions in the job's channel, may cancel *job*."""
    return user_id == job.user_id or permissions.manage_messages


def is_age_restricted(channel: object) -> bool:
    """Whether the channel is age-restricted; a thread is as its parent is."""
    return (
        isinstance(
            channel,
            discord.TextChannel
            | discord.VoiceChannel
            | discord.StageChannel
            | discord.ForumChannel
            | discord.Thread,
        )
        and channel.is_nsfw()
    )
