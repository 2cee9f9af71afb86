"""The demo's world: both sandboxes, the bot and two users, opened together."""

import contextlib
import dataclasses
import socket
import tempfile
from collections.abc import AsyncGenerator, Mapping
from pathlib import Path

from sandbox.bot_process import BotProcess, open_bot_process
from sandbox.discord import Person, SandboxDiscord, open_discord
from sandbox.modelhunter.server import SandboxApi, open_sandbox_api


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A simulated Discord, a sandbox API, the bot between them, and two users."""

    discord: SandboxDiscord
    api: SandboxApi
    bot: BotProcess
    robin: Person
    moderator: Person


@contextlib.asynccontextmanager
async def open_world(environment: Mapping[str, str] | None = None) -> AsyncGenerator[World]:
    """Open a Discord, an API and the bot in a process of its own, with a fresh database.

    The API sends webhooks of both kinds to the bot.
    """
    with tempfile.TemporaryDirectory(prefix="modelhunter-demo-") as folder:
        database_url = f"sqlite:///{Path(folder) / 'bot.db'}"
        async with (
            open_sandbox_api() as api,
            open_discord() as discord,
            open_bot_process(
                discord,
                api.url,
                api.address,
                api.key,
                database_url=database_url,
                environment={**webhook_settings(api), **(environment or {})},
            ) as bot,
        ):
            yield World(
                discord=discord,
                api=api,
                bot=bot,
                robin=Person.join(discord, "Robin"),
                moderator=Person.join(
                    discord, "Mo (moderator)", may_manage_messages=True, may_manage_server=True
                ),
            )


def webhook_settings(api: SandboxApi) -> dict[str, str]:
    """Register a bot on this machine at the API, and return the settings that it needs for that."""
    port = _free_port()
    public_url = f"http://127.0.0.1:{port}"
    events = ("task.completed", "task.failed")
    endpoint = api.webhooks.register(f"{public_url}/webhooks/modelhunter", events)
    return {
        "HTTP_PORT": str(port),
        "PUBLIC_URL": public_url,
        "MODELHUNTER_WEBHOOK_SECRET": endpoint.secret,
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
