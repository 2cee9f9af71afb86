"""Gateway of the lean Discord: one session at a time, its greeting, heartbeats and events."""

import asyncio
import contextlib
import json
import secrets

from aiohttp import WSMsgType, web

from tests.benchmarks.discord import payloads
from tests.benchmarks.discord.payloads import Json

_DISPATCH, _HEARTBEAT, _IDENTIFY, _RESUME, _HELLO, _HEARTBEAT_ACK = 0, 1, 2, 6, 10, 11
_HEARTBEAT_INTERVAL = 41_250  # milliseconds


class LeanGateway:
    """The bot's session; events of which the bot has no intent are left to the caller."""

    def __init__(self, channels: int) -> None:
        self.url = ""
        self.greeted = asyncio.Event()  # the bot has been sent its guild
        self._channels = channels
        self._socket: web.WebSocketResponse | None = None
        self._frames: asyncio.Queue[str] = asyncio.Queue()
        self._sequence = 0

    def push(self, event: str, payload: Json) -> None:
        """Queue an event for the bot, if it is connected."""
        if self._socket is None:
            return
        self._sequence += 1
        frame = {"op": _DISPATCH, "t": event, "s": self._sequence, "d": payload}
        self._frames.put_nowait(json.dumps(frame))

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one connection."""
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"op": _HELLO, "d": {"heartbeat_interval": _HEARTBEAT_INTERVAL}})
        writer = asyncio.create_task(self._write(socket), name="lean-gateway-writer")
        try:
            async for message in socket:
                if message.type is not WSMsgType.TEXT:
                    break
                await self._receive(socket, json.loads(message.data))
        finally:
            writer.cancel()
            if self._socket is socket:
                self._socket = None
                self.greeted.clear()
        return socket

    async def close(self) -> None:
        """Close the connection."""
        if self._socket is not None:
            await self._socket.close()

    async def _receive(self, socket: web.WebSocketResponse, frame: Json) -> None:
        if frame["op"] == _HEARTBEAT:
            await socket.send_json({"op": _HEARTBEAT_ACK})
        elif frame["op"] in (_IDENTIFY, _RESUME):
            self._socket, self._frames, self._sequence = socket, asyncio.Queue(), 0
            self.push("READY", payloads.ready(secrets.token_hex(16), self.url))
            self.push("GUILD_CREATE", payloads.guild(self._channels))
            self.greeted.set()

    async def _write(self, socket: web.WebSocketResponse) -> None:
        while not socket.closed:
            frame = await self._frames_of(socket)
            with contextlib.suppress(ConnectionError):
                await socket.send_str(frame)

    async def _frames_of(self, socket: web.WebSocketResponse) -> str:
        while self._socket is not socket:
            await self.greeted.wait()
            await asyncio.sleep(0)
        return await self._frames.get()
