"""The interactive demo: a channel as a page in the browser."""

import sys
import webbrowser

from sandbox.demo.scripts_by_prompt import SUGGESTIONS, scripts_by_prompt
from sandbox.demo.world import open_world
from sandbox.discord.page_server import open_page

GREETING = """
  ModelHunter demo: {address}

  Type /video there, pick a model, and watch the card. Tap ❌ to cancel.
  Nothing leaves this machine, and nothing costs anything. Ctrl-C ends it.
"""


async def serve(port: int) -> int:
    """Serve the page until cancelled; return 1 if the bot ends by itself."""
    print("Starting the bot…", flush=True)  # noqa: T201
    async with (
        open_world({"MAX_RUNNING_PER_USER": "5"}) as world,
        open_page(
            world.discord, [world.robin, world.moderator], suggestions=SUGGESTIONS, port=port
        ) as address,
    ):
        world.api.scripts.choose = scripts_by_prompt(world.api.scripts.choose)
        print(GREETING.format(address=address), flush=True)  # noqa: T201
        if sys.stdout.isatty():
            webbrowser.open(address)
        code = await world.bot.wait()
        print(f"The bot ended with exit code {code}:\n{world.bot.output()}")  # noqa: T201
        return 1
