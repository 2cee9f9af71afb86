"""The simulated Discord as one object, served on loopback."""

import contextlib
import time
from collections.abc import AsyncGenerator, Callable
from fnmatch import fnmatchcase
from typing import Any

import discord
from aiohttp import web
from simcord.backend import serializers
from simcord.backend.models import Message, Overwrite
from simcord.enums import OverwriteType

from sandbox.discord.calls import Call
from sandbox.discord.changes import Changes
from sandbox.discord.faults import DiscordFaults
from sandbox.discord.gateway import Gateway
from sandbox.discord.history import History, Version
from sandbox.discord.messages import SeenMessage
from sandbox.discord.model import Model
from sandbox.discord.rest import PREFIX, Rest
from sandbox.discord.rules import Limits, Rules
from sandbox.response_dates import stamp_responses

GUILD_NAME = "ModelHunter demo"
CHANNEL_NAME = "generations"
# In the shape of a real one, and opens nothing but the sandbox.
TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4.sandbox.opens-nothing-but-the-sandbox"  # noqa: S105
LARGEST_REQUEST = 600 * 1024 * 1024


class SandboxDiscord:
    """A Discord with one bot, and at first one guild with one channel and no users."""

    def __init__(self, *, clock: Callable[[], float] = time.time, token: str = TOKEN) -> None:
        self.token = token
        self.clock = clock
        self.model = Model(clock)
        self.model.bot_user.name = "ModelHunter"
        self.changes = Changes()
        self.limits = Limits()
        self.faults = DiscordFaults()
        self.rules = Rules(self.model, self.limits, clock)
        self.gateway = Gateway(self.model, self.changes, token)
        self.rest = Rest(
            self.model, self.rules, self.faults, self.changes, clock=clock, token=token
        )
        self.versions = History(self.model, clock)
        self.model.observers.append(lambda *_: self.changes.announce())
        self.timeout = 15.0  # seconds that users and tests wait for the bot
        self.url = ""
        self.guild = self.create_guild(GUILD_NAME)
        self.channel = self.create_channel(CHANNEL_NAME)

    @property
    def calls(self) -> list[Call]:
        """Every REST call, oldest first."""
        return self.rest.calls

    @property
    def bot_id(self) -> int:
        """The bot's user id."""
        return int(self.model.bot_user.id)

    def history(self, message_id: int) -> list[Version]:
        """Return every version of a message, oldest first."""
        return self.versions.of(message_id)

    def calls_to(self, method: str, path: str) -> list[Call]:
        """Return the calls whose path matches an fnmatch pattern."""
        return [c for c in self.calls if c.method == method and fnmatchcase(c.path, path)]

    # Guilds and channels.

    def create_guild(self, name: str, *, with_bot: bool = True) -> int:
        """Add a guild; without the bot, only users who installed the app can use it there."""
        guild = self.model.create_guild(name)
        if not with_bot:
            self.kick_bot(int(guild.id))
        return int(guild.id)

    def kick_bot(self, guild: int) -> None:
        """Remove the bot from a guild, and with it the commands that it has there."""
        self.model.remove_member(guild, self.bot_id)
        self.model.commands.pop(guild, None)
        self.model.emit("GUILD_DELETE", {"id": str(guild)})

    def invite_bot(self, guild: int) -> None:
        """Add the bot to a guild that does not have it."""
        self.model.add_member(guild, self.bot_id)
        stored = self.model.get_guild(guild)
        self.model.emit("GUILD_CREATE", dict(serializers.guild_create_payload(self.model, stored)))

    def create_channel(self, name: str, *, guild: int | None = None) -> int:
        """Add a text channel."""
        return int(self.model.create_channel(guild or self.guild, name).id)

    def restrict_age(self, channel: int) -> None:
        """Make a channel one that only adults may enter."""
        self.model.age_restricted.add(channel)
        stored = self.model.get_channel(channel)
        self.model.emit("CHANNEL_UPDATE", serializers.channel_payload(self.model, stored))

    def forbid_bot(self, channel: int, **permissions: bool) -> None:
        """Deny the bot permissions in a channel: `add_reactions=True` forbids reacting.

        Each call replaces what was denied before; without permissions nothing is denied.
        """
        stored = self.model.get_channel(channel)
        stored.overwrites = [o for o in stored.overwrites if o.target_id != self.bot_id]
        denied = discord.Permissions(**permissions).value
        if denied:
            stored.overwrites.append(
                Overwrite(target_id=self.bot_id, type=OverwriteType.MEMBER, deny=denied)
            )
        self.model.emit("CHANNEL_UPDATE", serializers.channel_payload(self.model, stored))

    # Messages.

    def stored(self, message_id: int) -> Message | None:
        """Return simcord's own record of a message."""
        for channel in self.model.messages.values():
            if message_id in channel:
                return channel[message_id]
        return None

    def find(self, message_id: int, viewer: int | None = None) -> SeenMessage | None:
        """Return a message as it is now, or None once it is deleted."""
        stored = self.stored(message_id)
        return None if stored is None else self._seen(stored, viewer)

    def message(self, message_id: int) -> SeenMessage:
        """Return a message as it is now.

        Raises:
            LookupError: there is no such message, or it was deleted.
        """
        found = self.find(message_id)
        if found is None:
            raise LookupError(f"no message {message_id}")
        return found

    def messages(
        self, channel: int | None = None, *, viewer: int | None = None
    ) -> list[SeenMessage]:
        """Return a channel's messages, oldest first; ephemeral ones only for their *viewer*."""
        stored = self.model.messages[channel or self.channel].values()
        return [self._seen(m, viewer) for m in stored if m.visible_to(viewer)]

    async def until_message(
        self, message_id: int, is_so: Callable[[SeenMessage], bool], timeout: float | None = None
    ) -> SeenMessage:
        """Wait until a message fulfils *is_so*, and return it."""

        def look() -> SeenMessage | None:
            found = self.find(message_id)
            return found if found is not None and is_so(found) else None

        return await self.changes.until(
            look, self.timeout if timeout is None else timeout, f"message {message_id}"
        )

    def _seen(self, stored: Message, viewer: int | None) -> SeenMessage:
        payload: dict[str, Any] = dict(
            serializers.message_payload(self.model, stored, for_user=viewer)
        )
        return SeenMessage(payload)

    async def serve_ephemeral(self, request: web.Request) -> web.StreamResponse:
        """Serve a file of an interaction, while the signature of its address is valid."""
        if not self.model.attachments.is_signed(request.path, request.query):
            raise web.HTTPNotFound(text="This content is no longer available.")
        return await self.serve_attachment(request)

    async def serve_attachment(self, request: web.Request) -> web.StreamResponse:
        """Serve an attachment, whole or the range that a player asks for."""
        found = self.model.attachments.find(
            request.match_info["channel"], request.match_info["attachment"]
        )
        if found is None:
            raise web.HTTPNotFound
        data, content_type = found
        headers = {"Content-Type": content_type, "Accept-Ranges": "bytes"}
        wanted = request.http_range
        if wanted.start is None and wanted.stop is None:
            return web.Response(body=data, headers=headers)
        start, stop, _ = slice(wanted.start, wanted.stop).indices(len(data))
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{len(data)}"
        return web.Response(status=206, body=data[start:stop], headers=headers)


def _application(world: SandboxDiscord) -> web.Application:
    app = web.Application(client_max_size=LARGEST_REQUEST)
    app.router.add_get("/gateway", world.gateway.handle)
    app.router.add_get("/gateway/", world.gateway.handle)
    app.router.add_get("/attachments/{channel}/{attachment}/{name}", world.serve_attachment)
    app.router.add_get(
        "/ephemeral-attachments/{channel}/{attachment}/{name}", world.serve_ephemeral
    )
    app.router.add_route("*", PREFIX + "/{path:.*}", world.rest.handle)
    stamp_responses(app, world.clock)
    return app


@contextlib.asynccontextmanager
async def open_discord(
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    clock: Callable[[], float] = time.time,
    token: str = TOKEN,
) -> AsyncGenerator[SandboxDiscord]:
    """Serve a simulated Discord while the block runs; port 0 takes a free one."""
    world = SandboxDiscord(clock=clock, token=token)
    runner = web.AppRunner(_application(world), access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        await site.start()
        world.url = f"http://{host}:{runner.addresses[0][1]}"
        world.model.attachments.base = world.url
        world.gateway.url = world.url.replace("http", "ws", 1) + "/gateway"
        yield world
    finally:
        world.faults.clear()
        await world.gateway.drop()
        await runner.cleanup()
