"""Run the bot until it is told to stop."""

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable

import discord

from bot.app import App, Outside, open_app
from bot.chat.trouble import CONNECTION_TROUBLE
from bot.settings import Settings

log = logging.getLogger(__name__)

# Discord counts starts (1,000 a day, then the token is reset), so trouble is met with patience.
_FIRST_PAUSE = 5.0
_LONGEST_PAUSE = 300.0
# Discord docs: Opcodes and Status Codes, gateway close codes.
_AUTHENTICATION_FAILED = 4004


class TokenRefused(Exception):
    """Discord does not know the bot's token."""


async def run(settings: Settings, outside: Outside) -> None:
    """Run until SIGTERM or Ctrl-C, and leave everything in order.

    Raises:
        TokenRefused: The operator must change DISCORD_TOKEN.
        DatabaseUnusable, PortUnusable: The operator must change what their text says.
    """
    if not settings.allowed_guild_ids:
        log.warning(
            "ALLOWED_GUILD_IDS is empty: every server the bot is in may spend the daily budget"
        )
    async with open_app(settings, outside) as app:
        session = asyncio.create_task(
            _session(app, settings.discord_token.get_secret_value()), name="discord session"
        )
        await _until_told_to_stop(session)


async def _until_told_to_stop(session: asyncio.Task[None]) -> None:
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, session.cancel)
    try:
        await session
    except asyncio.CancelledError:
        # Only the signal handlers cancel the session; anybody else cancels us.
        current = asyncio.current_task()
        if current is not None and current.cancelling():
            session.cancel()
            await asyncio.wait({session})
            raise
        log.info("stopped")
    finally:
        for sign in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(sign)


async def _session(app: App, token: str) -> None:
    await _log_in(app.bot, token, asyncio.sleep)
    async with app.working():
        try:
            await app.bot.connect()
        except discord.ConnectionClosed as error:
            if error.code == _AUTHENTICATION_FAILED:
                raise TokenRefused from error
            raise


async def _log_in(
    bot: discord.Client, token: str, sleep: Callable[[float], Awaitable[None]]
) -> None:
    pause = _FIRST_PAUSE
    while True:
        try:
            return await bot.login(token)
        except discord.LoginFailure as error:
            raise TokenRefused from error
        except (discord.HTTPException, *CONNECTION_TROUBLE) as error:
            log.error("Discord can't be reached (%s); again in %d s", type(error).__name__, pause)
        await bot.http.close()
        await sleep(pause)
        pause = min(_LONGEST_PAUSE, pause * 2)
