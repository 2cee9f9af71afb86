"""Payloads: what Discord sends, with the keys that it sends (Discord docs: Resources). Pure."""

import datetime
from collections.abc import Sequence

Json = dict[str, object]

_EPOCH = 1_420_070_400_000  # the first second of 2015, milliseconds
APPLICATION, BOT, GUILD, OWNER = (
    "910000000000000001",
    "910000000000000002",
    "910000000000000003",
    "4",
)
_COMMAND = "910000000000000005"
_FIRST_CHANNEL, _FIRST_USER = 910_000_000_000_001_000, 910_000_000_001_000_000
_MEMBER_PERMISSIONS, _BOT_PERMISSIONS = "311455763520", "8866461766385655"
_SLASH_COMMAND, _COMMAND_ANSWER = 2, 20
UPLOAD_LIMIT = 10 * 1024 * 1024
_JOINED = "2026-01-01T00:00:00.000000+00:00"


def snowflake(seconds: float, number: int) -> int:
    """Return an id that was made at *seconds* (Unix); *number* tells those of a moment apart."""
    return (int(seconds * 1000) - _EPOCH << 22) + number


def channel_id(number: int) -> str:
    """Return the id of the channel with that number."""
    return str(_FIRST_CHANNEL + number)


def user_id(number: int) -> int:
    """Return the id of the user with that number."""
    return _FIRST_USER + number


def ready(session: str, gateway_url: str) -> Json:
    """Return what begins a session."""
    return {
        "v": 10,
        "user": _BOT_USER,
        "guilds": [{"id": GUILD, "unavailable": True}],
        "session_id": session,
        "resume_gateway_url": gateway_url,
        "shard": [0, 1],
        "application": {"id": APPLICATION, "flags": 0},
    }


def guild(channels: int) -> Json:
    """Return the guild with all of its channels."""
    return {
        "id": GUILD,
        "name": "Benchmarks",
        "owner_id": OWNER,
        "preferred_locale": "en-US",
        "verification_level": 0,
        "default_message_notifications": 0,
        "explicit_content_filter": 0,
        "mfa_level": 0,
        "premium_tier": 0,
        "afk_timeout": 300,
        "system_channel_flags": 0,
        "features": [],
        "emojis": [],
        "stickers": [],
        "roles": [_role(GUILD, _MEMBER_PERMISSIONS), _role(BOT, _BOT_PERMISSIONS)],
        "member_count": 3,
        "large": False,
        "unavailable": False,
        "joined_at": _JOINED,
        "members": [{**_member(_BOT_USER), "roles": [BOT]}],
        "channels": [_channel(number) for number in range(channels)],
        "threads": [],
        "presences": [],
        "voice_states": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
    }


def interaction(interaction_id: int, token: str, user: int, channel: int, prompt: str) -> Json:
    """Return the use of `/video` by the user with that number, in the channel with that number."""
    return {
        "id": str(interaction_id),
        "application_id": APPLICATION,
        "type": _SLASH_COMMAND,
        "token": token,
        "version": 1,
        "data": {
            "id": _COMMAND,
            "name": "video",
            "type": 1,
            "options": [{"name": "prompt", "type": 3, "value": prompt}],
        },
        "channel_id": channel_id(channel),
        "channel": _channel(channel),
        "locale": "en-US",
        "guild_locale": "en-US",
        "entitlements": [],
        "authorizing_integration_owners": {"0": GUILD},
        "context": 0,
        "attachment_size_limit": UPLOAD_LIMIT,
        "guild_id": GUILD,
        "member": {**_member(_user(user)), "permissions": _MEMBER_PERMISSIONS},
        "app_permissions": _BOT_PERMISSIONS,
    }


def message(message_id: int, channel: str, now: float, given: Json) -> Json:
    """Return a new message of the bot with what it has *given*."""
    return {
        "id": str(message_id),
        "channel_id": channel,
        "guild_id": GUILD,
        "author": _BOT_USER,
        "content": given.get("content") or "",
        "timestamp": iso(now),
        "edited_timestamp": None,
        "tts": False,
        "mention_everyone": False,
        "mentions": [],
        "mention_roles": [],
        "attachments": [],
        "embeds": given.get("embeds") or [],
        "components": given.get("components") or [],
        "pinned": False,
        "type": _COMMAND_ANSWER,
        "flags": given.get("flags") or 0,
        "reactions": [],
    }


def own_reaction() -> Json:
    """Return the ❌ that the bot has put under a card, as a message shows it."""
    return {"emoji": {"id": None, "name": "\N{CROSS MARK}"}, "count": 1, "me": True}


def attachments(channel: str, first_id: int, files: Sequence[tuple[str, int]]) -> list[Json]:
    """Return the uploaded files, each given by its name and size in bytes."""
    return [
        {
            "id": str(first_id + number),
            "filename": name,
            "size": size,
            "url": f"https://127.0.0.1/attachments/{channel}/{first_id + number}/{name}",
            "proxy_url": f"https://127.0.0.1/attachments/{channel}/{first_id + number}/{name}",
            "content_type": "video/mp4",
        }
        for number, (name, size) in enumerate(files)
    ]


def iso(seconds: float) -> str:
    """Return *seconds* (Unix) as Discord writes them."""
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC).isoformat()


def application() -> Json:
    """Return the application, as its bot reads it."""
    return {
        "id": APPLICATION,
        "name": "Benchmarks",
        "icon": None,
        "description": "",
        "summary": "",
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "flags": 0,
        "owner": {**_BOT_USER, "id": OWNER, "username": "operator", "bot": False},
        "team": None,
        "interactions_endpoint_url": None,
        "approximate_guild_count": 1,
    }


def bot_user() -> Json:
    """Return the bot's user."""
    return _BOT_USER


def _user(number: int) -> Json:
    return {
        "id": str(user_id(number)),
        "username": f"member{number}",
        "discriminator": "0",
        "global_name": f"Member {number}",
        "avatar": None,
        "bot": False,
        "public_flags": 0,
        "flags": 0,
    }


def _member(user: Json) -> Json:
    return {
        "user": user,
        "roles": [],
        "nick": None,
        "avatar": None,
        "joined_at": _JOINED,
        "premium_since": None,
        "deaf": False,
        "mute": False,
        "pending": False,
        "flags": 0,
        "communication_disabled_until": None,
    }


def _role(role_id: str, permissions: str) -> Json:
    return {
        "id": role_id,
        "name": "@everyone" if role_id == GUILD else "Benchmarks",
        "permissions": permissions,
        "position": 0 if role_id == GUILD else 1,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "managed": role_id != GUILD,
        "mentionable": False,
        "flags": 0,
    }


def _channel(number: int) -> Json:
    return {
        "id": channel_id(number),
        "type": 0,
        "name": f"generations-{number}",
        "position": number,
        "permission_overwrites": [],
        "parent_id": None,
        "topic": None,
        "rate_limit_per_user": 0,
        "last_message_id": None,
        "guild_id": GUILD,
    }


_BOT_USER: Json = {
    "id": BOT,
    "username": "ModelHunter",
    "discriminator": "0",
    "global_name": "ModelHunter",
    "avatar": None,
    "bot": True,
    "system": False,
    "verified": True,
    "mfa_enabled": False,
    "locale": "en-US",
    "public_flags": 0,
    "flags": 0,
}
