"""Run the bot until a signal asks it to stop."""

import asyncio
import logging
import os
import signal
import threading
from collections.abc import Awaitable, Callable, Coroutine, Generator
from contextlib import contextmanager

import discord

from bot.app.build import open_app
from bot.app.shared import Runtime
from bot.discord.messages.discord_errors import DISCORD_CANT_NOW, wait_of
from bot.settings import Settings
from db.engines.database_url import parse_database_url

log = logging.getLogger(__name__)

# Seconds. A container is killed ten seconds after SIGTERM (Docker docs: docker stop).
_STOP_TIMEOUT = 8.0
# Seconds between two logins that failed, doubled each time. Discord allows 1,000 starts of a
# session a day, and resets the token of a bot that makes more (Discord docs: Gateway).
_FIRST_PAUSE = 5.0
_LONGEST_PAUSE = 300.0
# Seconds after which a session that did not end is cancelled again.
_CANCEL_AGAIN_AFTER = 0.5
# Discord docs: Opcodes and Status Codes, gateway close codes.
_AUTHENTICATION_FAILED = 4004


class TokenRefused(Exception):
    """Discord does not know the bot's token."""


async def run(
    settings: Settings, runtime: Runtime, *, on_stop: Callable[[], None] = lambda: None
) -> None:
    """Run until SIGTERM or Ctrl-C, which also calls *on_stop*, and close everything in order.

    Raises:
        TokenRefused: The operator must change DISCORD_TOKEN.
        DatabaseUnusable, PortUnusable, CatalogueBroken, DefaultUnknown: The operator must change
            what their text says.
    """
    if not settings.allowed_guild_ids:
        log.warning(
            "ALLOWED_GUILD_IDS is empty: every server the bot is in may spend the daily budget"
        )
    if parse_database_url(settings.database_url).is_in_memory:
        log.warning("DATABASE_URL names no file: every job is forgotten when the bot stops")
    async with open_app(settings, runtime) as app:
        with _stop_signals(on_stop) as stop:
            token = settings.discord_token.get_secret_value()
            await _until_stopped(stop, _log_in(app.gateway.bot, token, asyncio.sleep))
            if not stop.is_set():
                async with app.running():
                    await _until_stopped(stop, _connect(app.gateway.bot))
    log.info("stopped")


def exit_after_timeout() -> None:
    """Exit the process after 8 seconds, unless it has ended by then.

    A database that another program keeps locked can delay the end, thread by thread. To exit
    without order loses nothing: each step is saved before it is taken, so the next start continues.
    """
    timer = threading.Timer(_STOP_TIMEOUT, _exit)
    timer.daemon = True
    timer.start()


def _exit() -> None:
    log.warning("stopping takes too long: what is left to do is left to the next start")
    os._exit(0)


@contextmanager
def _stop_signals(on_stop: Callable[[], None]) -> Generator[asyncio.Event]:
    """Yield the event that SIGTERM and Ctrl-C set; the first of them also calls *on_stop*."""
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    signs = (signal.SIGTERM, signal.SIGINT)

    def set_event() -> None:
        if not stop.is_set():
            stop.set()
            on_stop()

    for sign in signs:
        loop.add_signal_handler(sign, set_event)
    try:
        yield stop
    finally:
        for sign in signs:
            loop.remove_signal_handler(sign)


async def _until_stopped(stop: asyncio.Event, work: Coroutine[None, None, None]) -> None:
    """Run *work* to its end, or cancel it when *stop* is set."""
    session = asyncio.create_task(work, name="discord session")
    stopping = asyncio.create_task(stop.wait(), name="stop signal")
    try:
        await asyncio.wait({session, stopping}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        stopping.cancel()
        # While it connects, discord.py can swallow a cancellation: Python 3.11's wait_for does so
        # when its awaitable is done at that moment. So the session is cancelled until it ends.
        while not session.done():
            session.cancel()
            await asyncio.wait({session}, timeout=_CANCEL_AGAIN_AFTER)
    if not session.cancelled():
        session.result()


async def _connect(bot: discord.Client) -> None:
    try:
        await bot.connect()
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
        except DISCORD_CANT_NOW as error:
            wait = max(pause, wait_of(error) or 0.0)
            log.error("Discord can't be reached (%s); again in %d s", type(error).__name__, wait)
        await bot.http.close()
        # Otherwise discord.py would use the connector that it has just closed.
        bot.http.connector = discord.utils.MISSING
        await sleep(wait)
        pause = min(_LONGEST_PAUSE, pause * 2)
