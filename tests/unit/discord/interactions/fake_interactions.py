"""Interactions as Discord sends them, read by discord.py."""

from collections.abc import Mapping

import discord

ID = (1_234_567_890_123 << 22) + 5
GUILD, CHANNEL, PARENT, PERSON = 22, 33, 34, 11

EVERYTHING = discord.Permissions.all()
FOR_A_CARD = discord.Permissions(
    view_channel=True,
    send_messages=True,
    send_messages_in_threads=True,
    embed_links=True,
    attach_files=True,
    read_message_history=True,
    add_reactions=True,
)

_USER = {"id": str(PERSON), "username": "ada", "discriminator": "0", "avatar": None}


def text_channel(
    *, nsfw: bool = False, channel_id: int = CHANNEL, kind: int = 0
) -> dict[str, object]:
    """Return a channel of a server."""
    return {
        "id": str(channel_id),
        "type": kind,
        "name": "art",
        "position": 0,
        "nsfw": nsfw,
        "permission_overwrites": [],
        "bitrate": 64_000,
        "user_limit": 0,
    }


def thread() -> dict[str, object]:
    """Return a public thread below the channel PARENT."""
    return {
        "id": str(CHANNEL),
        "parent_id": str(PARENT),
        "owner_id": str(PERSON),
        "type": 11,
        "name": "a thread",
        "message_count": 1,
        "member_count": 1,
        "thread_metadata": {
            "archived": False,
            "auto_archive_duration": 60,
            "archive_timestamp": "2026-01-01T00:00:00+00:00",
        },
    }


def direct(kind: int = 1) -> dict[str, object]:
    """Return a channel of direct messages (1), or of a group (3)."""
    return {"id": str(CHANNEL), "type": kind, "recipients": [], "last_message_id": None}


def in_guild(
    *,
    permissions: discord.Permissions = EVERYTHING,
    channel: Mapping[str, object] | None = None,
    installed: Mapping[str, str] | None = None,
    client: discord.Client | None = None,
    has_bot: bool = True,
    **more: object,
) -> discord.Interaction:
    """Return an interaction of a server in which the app is installed, unless *installed* differs."""
    client = client or a_client()
    if has_bot and client.get_guild(GUILD) is None:
        payload = {"id": str(GUILD), "features": []}
        guild = discord.Guild(data=payload, state=client._connection)  # type: ignore[arg-type]
        client._connection._add_guild(guild)
    member = {
        "user": _USER,
        "roles": [],
        "joined_at": "2026-01-01T00:00:00+00:00",
        "deaf": False,
        "mute": False,
        "flags": 0,
        "permissions": "0",
    }
    return _interaction(
        client,
        guild_id=str(GUILD),
        guild={"id": str(GUILD), "locale": "en-US", "features": []},
        channel=channel or text_channel(),
        context=0,
        authorizing_integration_owners=installed or {"0": str(GUILD)},
        app_permissions=str(permissions.value),
        member=member,
        **more,
    )


def in_direct_messages(*, group: bool = False, **more: object) -> discord.Interaction:
    """Return an interaction of the bot's own direct messages, or of a group."""
    return _interaction(
        None,
        channel=direct(3 if group else 1),
        context=2 if group else 1,
        authorizing_integration_owners={"1": str(PERSON)} if group else {"0": "0"},
        app_permissions=str(EVERYTHING.value),
        user=_USER,
        **more,
    )


def a_client() -> discord.Client:
    """Return a client that believes to be logged in."""
    client = discord.Client(intents=discord.Intents(guilds=True))
    client._connection.user = discord.ClientUser(
        state=client._connection,
        data={"id": "5", "username": "bot", "discriminator": "0", "avatar": None},  # type: ignore[typeddict-item]
    )
    return client


def _interaction(client: discord.Client | None, **more: object) -> discord.Interaction:
    client = client or a_client()
    payload = {
        "id": str(ID),
        "application_id": "5",
        "type": 2,
        "token": "token",
        "version": 1,
        "locale": "de",
        "attachment_size_limit": 10_485_760,
        "entitlements": [],
        "data": {"id": "9", "type": 1, "name": "video", "options": []},
        **more,
    }
    return discord.Interaction(data=payload, state=client._connection)  # type: ignore[arg-type]
