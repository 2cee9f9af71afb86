"""The lean Discord as one object, served over TLS on loopback."""

import contextlib
import ssl
import time
from collections.abc import AsyncGenerator

from aiohttp import web

from tests.benchmarks.discord import payloads
from tests.benchmarks.discord.gateway import LeanGateway
from tests.benchmarks.discord.rest import LeanRest
from tests.benchmarks.discord.seen import Command

CHANNELS = 50
# In the shape of a real one, and opens nothing but this.
TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4.bench.opens-nothing-but-the-benchmarks-discord"
_LARGEST_REQUEST = 64 * 1024 * 1024  # bytes


class LeanDiscord:
    """A Discord with one guild, many channels, and as many members as are needed."""

    def __init__(self) -> None:
        self.url = ""
        self.gateway = LeanGateway(CHANNELS)
        self.rest = LeanRest(self.gateway)
        self._number = 0

    def use_video(self, prompt: str, *, channel: int | None = None) -> Command:
        """Have a member who has used nothing before use `/video`."""
        self._number += 1
        where = self._number % CHANNELS if channel is None else channel
        interaction_id = payloads.snowflake(time.time(), self._number % 4096)
        token = f"benchmark_{interaction_id}"
        payload = payloads.interaction(interaction_id, token, self._number, where, prompt)
        user = payloads.user_id(self._number)
        command = Command(interaction_id, token, payloads.channel_id(where), user, time.monotonic())
        self.rest.commands[token] = command
        self.gateway.push("INTERACTION_CREATE", payload)
        return command

    def press_cancel(self, message_id: int, channel: str, user: int) -> None:
        """Have the user with that id put ❌ under a message."""
        self.gateway.push(
            "MESSAGE_REACTION_ADD",
            {
                "user_id": str(user),
                "channel_id": channel,
                "message_id": str(message_id),
                "guild_id": payloads.GUILD,
                "emoji": {"id": None, "name": "\N{CROSS MARK}"},
                "burst": False,
                "type": 0,
            },
        )


@contextlib.asynccontextmanager
async def open_lean_discord(tls: ssl.SSLContext) -> AsyncGenerator[LeanDiscord]:
    """Serve a lean Discord while the block runs."""
    world = LeanDiscord()
    app = web.Application(client_max_size=_LARGEST_REQUEST)
    app.router.add_get("/gateway", world.gateway.handle)
    app.router.add_get("/gateway/", world.gateway.handle)
    app.add_routes(world.rest.routes())
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls).start()
        world.url = f"https://127.0.0.1:{runner.addresses[0][1]}"
        world.gateway.url = world.url.replace("http", "ws", 1) + "/gateway"
        yield world
    finally:
        await world.gateway.close()
        await runner.cleanup()
