"""Whatever a frame holds, discord.py's reading of it never ends the loop over frames."""

import asyncio
import json
from collections.abc import Mapping
from typing import cast
from unittest.mock import AsyncMock, Mock

import aiohttp
import discord
import yarl
from discord.gateway import ReconnectWebSocket
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from simcord.backend import serializers

from bot.discord.client import GenerationBot
from bot.discord.gateway_socket import GatewaySocket
from bot.monitoring.health import Health
from db.repositories.key_values import KeyValues
from sandbox.discord import Person, SandboxDiscord

VALUES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=4)
    | st.lists(st.none() | st.integers(), max_size=2)
    | st.dictionaries(st.text(max_size=3), st.none() | st.integers(), max_size=2)
)


def _events() -> dict[str, Mapping[str, object]]:
    """Return one event of each kind that the bot listens to, as Discord sends it."""
    world = SandboxDiscord()
    person = Person.join(world, "Robin")
    message = world.model.create_message(world.channel, person.id, "hello")
    guild = world.model.get_guild(world.guild)
    place = {"channel_id": str(world.channel), "guild_id": str(world.guild)}
    user = dict(serializers.user_payload(world.model.get_user(person.id)))
    created = dict(serializers.guild_create_payload(world.model, guild))
    return {
        "READY": {
            "v": 10,
            "user": user,
            "guilds": [{"id": str(world.guild), "unavailable": True}],
            "session_id": "abc",
            "resume_gateway_url": "wss://127.0.0.1",
            "application": {"id": "1", "flags": 0},
        },
        "RESUMED": {},
        "GUILD_CREATE": created,
        "GUILD_UPDATE": created,
        "GUILD_DELETE": {"id": str(world.guild), "unavailable": True},
        "CHANNEL_DELETE": cast("list[Mapping[str, object]]", created["channels"])[0],
        "THREAD_DELETE": {"id": "5", "type": 11, "parent_id": place["channel_id"], **place},
        "MESSAGE_CREATE": {**serializers.message_payload(world.model, message), **place},
        "MESSAGE_UPDATE": {**serializers.message_payload(world.model, message), **place},
        "MESSAGE_DELETE": {"id": str(message.id), **place},
        "MESSAGE_DELETE_BULK": {"ids": [str(message.id)], **place},
        "MESSAGE_REACTION_ADD": {
            "user_id": str(person.id),
            "message_id": str(message.id),
            "emoji": {"id": None, "name": "x"},
            "member": {"user": user, "roles": [], "joined_at": None, "deaf": False, "mute": False},
            "type": 0,
            "burst": False,
            **place,
        },
    }


EVENTS = _events()


@st.composite
def odd_frames(draw: st.DrawFn) -> str:
    """Return a frame of which one or two keys are missing, or have another value."""
    name = draw(st.sampled_from(sorted(EVENTS)))
    data: dict[str, object] = json.loads(json.dumps(EVENTS[name]))
    for _ in range(draw(st.integers(0, 2))):
        _damage(draw, data)
    frame: dict[str, object] = {"op": 0, "t": name, "s": 1, "d": data}
    if draw(st.integers(0, 9)) == 0:
        frame[draw(st.sampled_from([*frame]))] = draw(VALUES)
    return json.dumps(frame)


def _damage(draw: st.DrawFn, data: dict[str, object]) -> None:
    """Remove or replace one key somewhere in *data*."""
    if not data:
        return None
    key = draw(st.sampled_from([*data]))
    inner = data[key]
    if isinstance(inner, list) and inner:
        inner = inner[0]
    if isinstance(inner, dict) and draw(st.booleans()):
        return _damage(draw, inner)
    if draw(st.booleans()):
        del data[key]
    else:
        data[key] = draw(VALUES)
    return None


async def _read(frames: list[str]) -> None:
    bot = GenerationBot(Mock(spec=KeyValues), Health(), guild_id=None)
    bot.dispatch = Mock()  # type: ignore[method-assign]
    connection = Mock(spec=aiohttp.ClientWebSocketResponse, closed=False, close=AsyncMock())
    async with bot:
        socket = GatewaySocket(connection, loop=asyncio.get_running_loop())
        socket.shard_id, socket.session_id = None, "abc"
        socket.gateway = yarl.URL("wss://127.0.0.1")
        socket._connection = bot._connection
        socket._discord_parsers = bot._connection.parsers
        socket._keep_alive = Mock(spec=discord.gateway.KeepAliveHandler)
        for frame in frames:
            try:
                await socket.received_message(frame)
            except ReconnectWebSocket:
                return  # the session is begun anew, by design
        if (waiting := bot._connection._ready_task) is not None:
            waiting.cancel()


@settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(st.lists(odd_frames(), min_size=1, max_size=4))
def test_fuzzed_gateway_frames(frames: list[str]) -> None:
    """An event that lacks a key or has another type in it costs that event, never the loop."""
    asyncio.run(_read(frames))
