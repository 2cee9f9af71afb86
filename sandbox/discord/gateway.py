"""Gateway: sessions, heartbeats, events by intent, and resuming (Discord docs: Gateway)."""

import asyncio
import contextlib
import copy
import json
import secrets
import time
from collections.abc import AsyncGenerator, Mapping
from typing import Any

import discord
from aiohttp import WSMsgType, web
from simcord import intents as intent_rules
from simcord.backend import serializers

from sandbox.discord.changes import Changes
from sandbox.discord.model import Model
from sandbox.discord.payloads import sent_message, sent_reaction, sparse, with_restrictions

DISPATCH, HEARTBEAT, IDENTIFY, RESUME = 0, 1, 2, 6
RECONNECT, INVALID_SESSION, HELLO, HEARTBEAT_ACK = 7, 9, 10, 11
HEARTBEAT_INTERVAL = 41_250  # milliseconds
# An answer needs its way through the network; one that is back before discord.py has noted when it
# sent the heartbeat counts as 41 s late, and is logged as such.
ACKNOWLEDGED_AFTER = 0.02  # seconds
# Close codes (Discord docs: Gateway Close Event Codes).
UNKNOWN_ERROR, AUTHENTICATION_FAILED, DISALLOWED_INTENTS = 4000, 4004, 4014
INVALID_SHARD = 4010
# Close codes with which a client ends its session (Discord docs: Gateway, Initiating a Disconnect).
ENDING = frozenset({1000, 1001})
# Seconds in which one of the shards with the same remainder may begin a session (Discord docs: Gateway,
# Max Concurrency).
IDENTIFY_INTERVAL = 5.0
PRIVILEGED = discord.Intents(members=True, presences=True, message_content=True).value


class Session:
    """An identified client: its intents, and every event that it was sent, for a resume."""

    def __init__(self, intents: int, shard: tuple[int, int]) -> None:
        self.id = secrets.token_hex(16)
        self.shard, self.count = shard
        self.intents = discord.Intents._from_value(intents)
        self.socket: web.WebSocketResponse | None = None
        self.is_ready = False
        self._frames: list[str] = []  # frame n has sequence number n + 1
        self._fresh = asyncio.Event()
        self._sent = 0

    def gets_events_of(self, guild_id: int | None) -> bool:
        """Whether this is a session of the server's shard; direct messages come to shard 0."""
        return ((guild_id or 0) >> 22) % self.count == self.shard

    def push(self, event: str, payload: Mapping[str, Any]) -> None:
        """Queue an event; it is kept for a resume too."""
        sequence = len(self._frames) + 1
        frame = {"op": DISPATCH, "t": event, "s": sequence, "d": payload}
        self._frames.append(json.dumps(frame))
        self._fresh.set()

    def rewind(self, sequence: int) -> None:
        """Continue after the last event that the client has seen."""
        self._sent = min(sequence, len(self._frames))
        self._fresh.set()

    async def write(self, socket: web.WebSocketResponse) -> None:
        """Send queued events until the socket is closed."""
        while self.socket is socket and not socket.closed:
            while self.socket is socket and self._sent < len(self._frames):
                frame = self._frames[self._sent]
                self._sent += 1
                try:
                    await socket.send_str(frame)
                except ConnectionError:
                    return  # a resume sends it again
            self._fresh.clear()
            await self._fresh.wait()


class Gateway:
    """Accepts the bot's connections and sends it the model's events."""

    def __init__(self, model: Model, changes: Changes, token: str) -> None:
        self._model = model
        self._changes = changes
        self._token = token
        self._sessions: dict[str, Session] = {}
        self._up = asyncio.Event()
        self._up.set()
        self.url = ""
        self.identifies = 0  # how often a client identified
        self.resumes = 0
        self.too_early = 0  # sessions that were begun sooner than allowed
        self._begun_at: dict[int, float] = {}  # by remainder
        self.approved_intents = ~PRIVILEGED
        self.is_sparse = False  # whether events lack what need not be in them
        model.subscribers.append(self.broadcast)

    @property
    def is_connected(self) -> bool:
        """Whether a client is connected and has been sent its guilds."""
        return any(s.is_ready and s.socket is not None for s in self._sessions.values())

    async def until_ready(self, timeout: float = 30.0, *, identifies: int = 0) -> None:
        """Wait until a client is connected, having identified more often than *identifies*."""
        await self._changes.until(
            lambda: self.is_connected and self.identifies > identifies,
            timeout,
            "the bot's gateway",
        )

    async def drop(self, *, resumable: bool = True) -> None:
        """Close every connection; without *resumable* the sessions are invalid too."""
        sockets = [session.socket for session in self._sessions.values() if session.socket]
        for session in self._sessions.values():
            session.socket = None
        self._changes.announce()
        if not resumable:
            self._sessions.clear()
        for socket in sockets:
            await socket.close(code=UNKNOWN_ERROR)

    @contextlib.asynccontextmanager
    async def down(self, *, resumable: bool = True) -> AsyncGenerator[None]:
        """Drop all clients, and accept none while the block runs."""
        self._up.clear()
        try:
            await self.drop(resumable=resumable)
            yield
        finally:
            self._up.set()

    async def send_frame(self, frame: str | bytes) -> None:
        """Send every connected client a frame as it is, outside of its session's events."""
        for session in self._sessions.values():
            if session.socket is None:
                continue
            if isinstance(frame, bytes):
                await session.socket.send_bytes(frame)
            else:
                await session.socket.send_str(frame)

    def broadcast(self, event: str, payload: Mapping[str, Any]) -> None:
        """Send an event to each session whose intents include it."""
        guild_id = _guild_of(event, payload)
        for session in self._sessions.values():
            if session.is_ready and session.gets_events_of(guild_id):
                self._deliver(session, event, payload)
        self._changes.announce()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one connection."""
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await self._up.wait()
        await socket.send_json({"op": HELLO, "d": {"heartbeat_interval": HEARTBEAT_INTERVAL}})
        session = None
        async with asyncio.TaskGroup() as group:
            writer: asyncio.Task[None] | None = None
            async for message in socket:
                if message.type is not WSMsgType.TEXT:
                    break
                frame = json.loads(message.data)
                if frame["op"] == HEARTBEAT:
                    group.create_task(_acknowledge(socket), name="gateway-heartbeat")
                elif frame["op"] in (IDENTIFY, RESUME) and session is None:
                    session = await self._open(socket, frame)
                    if session is not None:
                        writer = group.create_task(session.write(socket), name="gateway-writer")
            if writer is not None:
                writer.cancel()
        if session is not None and session.socket is socket:
            self._closed(session, socket)
        return socket

    def _closed(self, session: Session, socket: web.WebSocketResponse) -> None:
        session.socket = None
        if socket.close_code in ENDING:
            self._sessions.pop(session.id, None)
        self._changes.announce()

    async def _open(self, socket: web.WebSocketResponse, frame: dict[str, Any]) -> Session | None:
        data = frame["d"]
        if data.get("token") != self._token:
            await socket.close(code=AUTHENTICATION_FAILED)
            return None
        if frame["op"] == RESUME:
            return await self._resume(socket, data)
        if data.get("intents", 0) & ~self.approved_intents:
            await socket.close(code=DISALLOWED_INTENTS)
            return None
        shard, count = data.get("shard") or [0, 1]
        if not 0 <= shard < count:
            await socket.close(code=INVALID_SHARD)
            return None
        if not self._may_begin(shard):
            await socket.send_json({"op": INVALID_SESSION, "d": False})
            return None
        session = Session(data.get("intents", 0), (shard, count))
        self._sessions[session.id] = session
        session.socket = socket
        self.identifies += 1
        self._model.session_starts_left = max(0, self._model.session_starts_left - 1)
        self._greet(session)
        return session

    def _may_begin(self, shard: int) -> bool:
        """Whether enough time has passed since a session of the same remainder was begun.

        A bot with one shard that is restarted is let through: what it is started by takes longer.
        """
        remainder, now = shard % self._model.max_concurrency, time.monotonic()
        since = now - self._begun_at.get(remainder, -IDENTIFY_INTERVAL)
        if self._model.shards > 1 and since < IDENTIFY_INTERVAL:
            self.too_early += 1
            return False
        self._begun_at[remainder] = now
        return True

    async def _resume(self, socket: web.WebSocketResponse, data: dict[str, Any]) -> Session | None:
        session = self._sessions.get(data.get("session_id", ""))
        if session is None:
            await socket.send_json({"op": INVALID_SESSION, "d": False})
            return None
        before, session.socket = session.socket, socket
        if before is not None:  # a session has one connection
            await before.close(code=UNKNOWN_ERROR)
        session.rewind(int(data.get("seq") or 0))
        session.push("RESUMED", {})
        self.resumes += 1
        self._changes.announce()
        return session

    def _greet(self, session: Session) -> None:
        """Send READY and the guilds, as Discord does after IDENTIFY."""
        model = self._model
        guilds = [
            guild
            for guild in model.guilds.values()
            if model.bot_user.id in guild.members and session.gets_events_of(guild.id)
        ]
        session.push(
            "READY",
            {
                "v": 10,
                "user": dict(serializers.user_payload(model.bot_user)),
                "guilds": [{"id": str(guild.id), "unavailable": True} for guild in guilds],
                "session_id": session.id,
                "resume_gateway_url": self.url,
                "shard": [session.shard, session.count],
                "application": {"id": str(model.application_id), "flags": 0},
            },
        )
        session.is_ready = True
        for guild in guilds:
            payload = dict(serializers.guild_create_payload(model, guild))
            self._deliver(session, "GUILD_CREATE", payload)
        self._changes.announce()

    def _author_of(self, reaction: Mapping[str, Any]) -> int | None:
        channel, message = int(reaction["channel_id"]), int(reaction["message_id"])
        found = self._model.messages.get(channel, {}).get(message)
        return None if found is None else found.author_id

    def _deliver(self, session: Session, event: str, payload: Mapping[str, Any]) -> None:
        intent = intent_rules.required_intent(event, payload)
        if intent is not None and not getattr(session.intents, intent):
            return
        shaped = with_restrictions(event, copy.deepcopy(dict(payload)), self._model.age_restricted)
        bot_id = self._model.bot_user.id
        if not session.intents.message_content and event in ("MESSAGE_CREATE", "MESSAGE_UPDATE"):
            intent_rules.censor_message(shaped, bot_id, backend=self._model)
        if event == "GUILD_CREATE":
            intent_rules.prune_guild_create(shaped, session.intents, bot_id)
        if event in ("MESSAGE_CREATE", "MESSAGE_UPDATE"):
            shaped = sent_message(shaped)
        if event == "MESSAGE_REACTION_ADD":
            shaped = sent_reaction(shaped, self._author_of(shaped))
        session.push(event, sparse(event, shaped) if self.is_sparse else shaped)


def _guild_of(event: str, payload: Mapping[str, Any]) -> int | None:
    """Return the server that an event is of, None for what concerns direct messages."""
    found = payload.get("guild_id")
    if found is None and event.startswith("GUILD_"):
        found = payload.get("id")
    return None if found is None else int(found)


async def _acknowledge(socket: web.WebSocketResponse) -> None:
    await asyncio.sleep(ACKNOWLEDGED_AFTER)
    with contextlib.suppress(ConnectionError):  # it was closed in the meantime
        await socket.send_json({"op": HEARTBEAT_ACK})
