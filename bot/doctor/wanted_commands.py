"""Wanted commands: what the bot would have Discord know, made by the program itself.

The whole program is built, on a database in memory and without a port, and is never started.
"""

from collections.abc import Sequence

from bot.app.build import open_app
from bot.app.shared import Runtime
from bot.discord.command_comparison import Payload
from bot.discord.command_sync import payload_of
from bot.discord.command_translator import command_translator
from bot.locales.translate import bundled
from bot.settings import Settings
from bot.settings.role import Role


async def wanted_commands(settings: Settings) -> Sequence[Payload]:
    """Return the commands that the bot with these settings registers."""
    update = {"database_url": "sqlite://", "http_port": None, "role": Role.ALL}
    apart = settings.model_copy(update=update)
    async with open_app(apart, Runtime()) as app:
        tree = app.gateway.bot.tree
        await tree.set_translator(command_translator(bundled))
        return await payload_of(tree)
