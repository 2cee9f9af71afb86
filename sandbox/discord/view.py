"""View: what one user sees of the simulated Discord, as JSON for the page."""

import dataclasses
from collections.abc import Sequence
from typing import Any

from simcord.backend.access import channel_accessible
from simcord.backend.models import Message
from simcord.enums import AppCommandType

from sandbox.discord.people import Person
from sandbox.discord.server import SandboxDiscord
from sandbox.discord.suggestions import Suggestion

Json = dict[str, Any]


def frame(
    discord: SandboxDiscord,
    viewer: Person,
    people: list[Person],
    suggestions: Sequence[Suggestion] = (),
) -> Json:
    """Return everything but the messages: guild, channels, users, bot and commands."""
    guild = discord.model.get_guild(discord.guild)
    return {
        "guild": guild.name,
        "viewer": {
            "id": str(viewer.id),
            "name": viewer.name,
            "manages_messages": viewer.manages_messages,
        },
        "people": [{"id": str(person.id), "name": person.name} for person in people],
        "users": {
            str(user.id): user.global_name or user.name for user in discord.model.users.values()
        },
        "bot": {
            "id": str(discord.bot_id),
            "name": discord.model.bot_user.name,
            "is_online": discord.gateway.is_connected,
        },
        "channels": _channels(discord, viewer),
        "commands": commands(discord, viewer, AppCommandType.CHAT_INPUT),
        "menus": commands(discord, viewer, AppCommandType.MESSAGE),
        "upload_limit": discord.limits.upload,
        "suggestions": [dataclasses.asdict(suggestion) for suggestion in suggestions],
    }


def commands(discord: SandboxDiscord, viewer: Person, kind: int) -> list[Json]:
    """Return the commands that the viewer may use in the guild's channel."""
    return list(
        discord.model.visible_commands(user_id=viewer.id, channel_id=discord.channel, type=kind)
    )


def messages(discord: SandboxDiscord, viewer: Person) -> list[Json]:
    """Return every message that the viewer sees, in every channel that they see."""
    return [
        message.payload
        for channel in _channels(discord, viewer)
        for message in discord.messages(int(channel["id"]), viewer=viewer.id)
    ]


def can_see(discord: SandboxDiscord, viewer: Person, message: Message) -> bool:
    """Whether the viewer sees a message."""
    is_open = channel_accessible(discord.model, message.channel_id, viewer.id)
    return is_open and message.visible_to(viewer.id)


def _channels(discord: SandboxDiscord, viewer: Person) -> list[Json]:
    guild = discord.model.get_guild(discord.guild)
    found = [
        {"id": str(channel), "name": str(discord.model.get_channel(channel).name), "is_dm": False}
        for channel in guild.channel_ids
        if channel_accessible(discord.model, channel, viewer.id)
    ]
    name = discord.model.bot_user.name
    return [*found, {"id": str(viewer.dm_channel), "name": name, "is_dm": True}]
