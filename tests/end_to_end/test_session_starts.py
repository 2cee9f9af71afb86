"""No restart loop burns the token: the bot waits, says so, and a stop ends the wait at once."""

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator

import pytest

from sandbox.bot_process import BotProcess, bot_environment, start_python
from sandbox.discord.server import TOKEN
from tests.end_to_end.world import World

# Seconds within which a stop is carried out; a wait is minutes or hours.
SOON = 8.0


@contextlib.asynccontextmanager
async def _started(world: World, *options: str, **environment: str) -> AsyncGenerator[BotProcess]:
    """Start the bot, connected or not, and kill it with the block."""
    folder = world.log.parent
    process = await start_python(
        ["-m", "sandbox.launcher", "--discord", world.discord.url, *options],
        folder=folder,
        environment=bot_environment(
            world.discord, world.api.url, world.api.key, world.database_url, environment
        ),
        log=world.log,
    )
    bot = BotProcess(process, world.log)
    try:
        yield bot
    finally:
        if bot.exit_code is None:
            await bot.kill()


async def _stop(bot: BotProcess) -> int:
    begun = time.monotonic()
    code = await bot.terminate()
    assert time.monotonic() - begun < SOON
    return code


async def test_a_session_that_would_be_one_too_many_waits(world: World) -> None:
    """Quiet and safe: with few session starts left, none is made, and the log says what it waits for."""
    world.discord.model.session_starts_left = 3
    async with _started(world) as bot:
        await bot.until_output("Too many starts today: the next session waits")
        await asyncio.sleep(0.5)
        assert world.discord.gateway.identifies == 0
        assert await _stop(bot) == 0


async def test_a_lost_session_is_not_started_anew_when_it_is_one_too_many(world: World) -> None:
    """Quiet and safe: a session that can't be resumed waits as well, and goes on when Discord counts anew."""
    async with world.bot() as bot:
        world.discord.model.session_starts_left = 3
        await world.discord.gateway.drop(resumable=False)
        await bot.until_output("Too many starts today: the next session waits")
        assert world.discord.gateway.identifies == 1
        assert await _stop(bot) == 0


async def test_session_starts_are_counted_by_discord_and_by_us(world: World) -> None:
    """Truthful: a restart is a session start in Discord's count, and in the bot's."""
    for _ in range(2):
        async with world.bot():
            pass
    assert world.discord.model.session_starts_left == 998
    assert world.discord.gateway.identifies == 2


@pytest.mark.parametrize("is_late", [False, True])
async def test_a_refused_token_pauses_before_the_end(world: World, is_late: bool) -> None:
    """Quiet and safe: a restart loop can't send a refused token every second; a stop ends the pause."""
    token = TOKEN if is_late else f"{TOKEN}-no-more"
    if is_late:
        world.discord.gateway._token = "another"
    async with _started(world, "--refused-token-pause", "600", DISCORD_TOKEN=token) as bot:
        await bot.until_output("The bot ends in 600 s")
        assert "check DISCORD_TOKEN in the Developer Portal" in bot.output()
        assert token not in bot.output()
        assert bot.exit_code is None
        assert await _stop(bot) == 2


async def test_the_invite_link_is_logged_at_the_start(world: World) -> None:
    """Truthful: the operator reads the whole link, made of the token's application."""
    async with world.bot() as bot:
        assert (
            "invite link: https://discord.com/oauth2/authorize?client_id=123456789012345678"
            "&scope=bot+applications.commands&permissions=274878024768\n" in bot.output()
        )
