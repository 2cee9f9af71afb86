"""Invite link: the address by which the bot is added to a server, with what it needs there. Pure."""

import discord

# What `bot.discord.interactions.permissions` looks for, and no more.
PERMISSIONS = discord.Permissions(
    view_channel=True,
    send_messages=True,
    send_messages_in_threads=True,
    embed_links=True,
    attach_files=True,
    read_message_history=True,
    add_reactions=True,
)


def invite_link(application_id: int) -> str:
    """Return the link for servers; both scopes: the bot itself, and its commands."""
    return (
        f"https://discord.com/oauth2/authorize?client_id={application_id}"
        f"&scope=bot+applications.commands&permissions={PERMISSIONS.value}"
    )
