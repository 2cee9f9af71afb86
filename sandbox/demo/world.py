"""The demo's world: both sandboxes, the bot and two users, opened together."""

import contextlib
import dataclasses
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
    """Open a Discord, an API and the bot in a process of its own, with a fresh database."""
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
                environment=environment,
            ) as bot,
        ):
            yield World(
                discord=discord,
                api=api,
                bot=bot,
                robin=Person.join(discord, "Robin"),
                moderator=Person.join(discord, "Mo (moderator)", may_manage_messages=True),
            )
