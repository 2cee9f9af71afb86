"""Commands of the program, run as an operator does, with the settings of a test's world."""

import asyncio
import sys

from sandbox.bot_process import bot_environment
from tests.end_to_end.world import World


async def run_command(world: World, *words: str, **settings: str) -> tuple[int, str, str]:
    """Run the command; return its exit code, its output and what it wrote to standard error."""
    environment = bot_environment(
        world.discord, world.api.url, world.api.key, world.database_url, settings
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot", *words),
        cwd=world.log.parent,
        env={name: value for name, value in environment.items() if value},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, errors = await process.communicate()
    assert process.returncode is not None
    return process.returncode, output.decode(), errors.decode()
