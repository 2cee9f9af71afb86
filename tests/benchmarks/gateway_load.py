"""Gateway load: what a server and a message that is not read cost the process that holds the session.

    python -m tests.benchmarks.gateway_load

prints the two measured figures of docs/scale.md. The servers are made up: thirty channels with three
overwrites each, twenty roles and twenty emoji, and the bot's own member; a message is one kibibyte.
"""

import asyncio
import gc
import json
import time
import tracemalloc
from typing import Any

from discord import Guild
from discord.state import ConnectionState

from bot.discord.client import GenerationBot
from bot.discord.gateway_frames import read_frame
from bot.monitoring.health import Health
from db.repositories.key_values import KeyValues
from tests.databases import open_memory_database

SERVERS = 1_000
MESSAGES = 20_000
_OWN_ID = 100


def server(number: int) -> dict[str, Any]:
    """Return the payload of GUILD_CREATE for one server."""
    first = (number + 1) * 1_000_000
    roles = [_role(first if each == 0 else first + each) for each in range(20)]
    return {
        "id": str(first),
        "name": f"Server {number}",
        "owner_id": str(first + 900),
        "member_count": 200,
        "features": ["COMMUNITY", "NEWS"],
        "roles": roles,
        "emojis": [_emoji(first + 100 + each) for each in range(20)],
        "stickers": [],
        "channels": [_channel(first, first + 200 + each) for each in range(30)],
        "threads": [],
        "members": [_own_member(first)],
    }


def _role(role_id: int) -> dict[str, Any]:
    colors = {"primary_color": 0, "secondary_color": None, "tertiary_color": None}
    return {
        "id": str(role_id),
        "name": f"role {role_id}",
        "permissions": "1071698660929",
        "color": 0,
        "colors": colors,
        "hoist": False,
        "position": role_id % 100,
        "managed": False,
        "mentionable": False,
        "flags": 0,
    }


def _emoji(emoji_id: int) -> dict[str, Any]:
    return {
        "id": str(emoji_id),
        "name": f"emoji_{emoji_id}",
        "roles": [],
        "require_colons": True,
        "managed": False,
        "animated": False,
        "available": True,
    }


def _channel(server_id: int, channel_id: int) -> dict[str, Any]:
    overwrites = [
        {"id": str(server_id + each), "type": 0, "allow": "1024", "deny": "0"} for each in range(3)
    ]
    return {
        "id": str(channel_id),
        "type": 0,
        "name": f"channel-{channel_id}",
        "position": 1,
        "topic": f"What is said in channel {channel_id}",
        "parent_id": None,
        "nsfw": False,
        "rate_limit_per_user": 0,
        "last_message_id": str(channel_id),
        "flags": 0,
        "permission_overwrites": overwrites,
    }


def _own_member(server_id: int) -> dict[str, Any]:
    user = {
        "id": str(_OWN_ID),
        "username": "bot",
        "discriminator": "0001",
        "avatar": None,
        "bot": True,
    }
    return {
        "user": user,
        "roles": [str(server_id + 1)],
        "joined_at": "2026-11-28T12:00:00+00:00",
        "deaf": False,
        "mute": False,
        "flags": 0,
    }


def message(number: int) -> str:
    """Return the frame of a message that a member writes, of a kibibyte."""
    author = {"id": "1", "username": "member", "discriminator": "0", "avatar": None}
    content = {
        "id": str(number),
        "channel_id": "2",
        "guild_id": "3",
        "author": author,
        "content": "",
    }
    frame = {"op": 0, "t": "MESSAGE_CREATE", "s": number, "d": content}
    content["content"] = "x" * max(0, 1_024 - len(json.dumps(frame)))
    return json.dumps(frame)


def bytes_a_server(state: "ConnectionState[Any]") -> float:
    """Return how much memory a server takes that discord.py keeps, with this bot's caches."""
    payloads = [server(number) for number in range(SERVERS)]
    gc.collect()
    tracemalloc.start()
    # Each from its own text, as from the gateway, so that no two servers share their strings.
    kept = [Guild(data=json.loads(json.dumps(payload)), state=state) for payload in payloads]
    gc.collect()
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return size / len(kept)


def seconds_a_message() -> float:
    """Return the processor time for a message that is not read."""
    frames = [message(number) for number in range(1_000)]
    started = time.process_time()
    for number in range(MESSAGES):
        read_frame(frames[number % len(frames)])
    return (time.process_time() - started) / MESSAGES


async def main() -> None:
    """Print both figures."""
    async with open_memory_database() as store:
        bot = GenerationBot(KeyValues(store), Health(), guild_id=None)
        kibibytes = bytes_a_server(bot._connection) / 1_024
    print(f"memory for a server: {kibibytes:.0f} KiB")  # noqa: T201 - the answer
    print(f"processor for a message that is not read: {seconds_a_message() * 1e6:.0f} µs")  # noqa: T201


if __name__ == "__main__":
    asyncio.run(main())
