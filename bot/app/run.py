"""Run the bot until a signal asks it to stop."""

import asyncio
import contextlib
import logging
import os
import signal
import threading
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Generator
from contextlib import asynccontextmanager, contextmanager

import discord

from bot.app.build import App, open_app
from bot.app.outgoing import use_rest_proxy
from bot.app.shared import Runtime
from bot.background import in_background
from bot.discord.interactions.answer_adapter import use_answer_adapter
from bot.discord.invite_link import invite_link
from bot.discord.messages.discord_errors import DISCORD_CANT_NOW, wait_of
from bot.monitoring.health import Health
from bot.monitoring.service_manager import reported_to, service_manager
from bot.settings import Settings
from bot.settings.discord_token import application_id
from db.engines.database_url import parse_database_url
from db.engines.integrity import check_large_file
from db.errors import DatabaseUnusable

log = logging.getLogger(__name__)

# Seconds. A container is killed ten seconds after SIGTERM (Docker docs: docker stop).
_STOP_TIMEOUT = 8.0
# Seconds between two logins that failed, doubled each time.
_FIRST_PAUSE = 5.0
_LONGEST_PAUSE = 300.0
# Seconds after which a session that did not end is cancelled again.
_CANCEL_AGAIN_AFTER = 0.5
# Discord docs: Opcodes and Status Codes, gateway close codes.
_AUTHENTICATION_FAILED = 4004


# The name under which it is reported, and the operator's sentence.
TOKEN = "discord token"  # noqa: S105 - no secret
TOKEN_REFUSED = "Discord refuses the token; check DISCORD_TOKEN in the Developer Portal."  # noqa: S105 - no secret


class TokenRefused(Exception):
    """Discord does not know the bot's token."""


async def run(
    settings: Settings, runtime: Runtime, *, on_stop: Callable[[], None] = lambda: None
) -> None:
    """Run until SIGTERM or Ctrl-C, which also calls *on_stop*, and close everything in order.

    Raises:
        TokenRefused: The operator must change DISCORD_TOKEN.
        DatabaseUnusable, PortUnusable, CatalogueBroken, DefaultUnknown, EnabledUnknown: The operator
            must change what their text says.
    """
    if not settings.allowed_guild_ids:
        log.warning(
            "ALLOWED_GUILD_IDS is empty: every server the bot is in may spend the daily budget"
        )
    if parse_database_url(settings.database_url).is_in_memory:
        log.warning("DATABASE_URL names no file: every job is forgotten when the bot stops")
    if use_rest_proxy(settings):
        log.info("calls to Discord go through the REST proxy that DISCORD_API_URL names")
    token = settings.discord_token.get_secret_value()
    log.info("invite link: %s", invite_link(application_id(token) or 0))
    use_answer_adapter()
    manager = service_manager(os.environ, os.getpid())
    async with open_app(settings, runtime) as app, reported_to(manager):
        with _stop_signals(on_stop) as stop:
            check = check_large_file(settings.database_url, after=runtime.database_check_after)
            async with _stopped_by_damage(check, stop):
                try:
                    await _session(app, token, stop)
                except TokenRefused:
                    await _pause(app.health, stop, runtime.refused_token_pause)
                    raise
    log.info("stopped")


@asynccontextmanager
async def _stopped_by_damage(
    check: Coroutine[None, None, None], stop: asyncio.Event
) -> AsyncGenerator[None]:
    """Check the database while the block runs; damage sets *stop*, and is raised at the end.

    Raises:
        DatabaseUnusable: The database is damaged.
    """
    damages: list[DatabaseUnusable] = []

    async def report() -> None:
        try:
            await check
        except DatabaseUnusable as damage:
            log.error("%s The bot ends.", damage)
            damages.append(damage)
            stop.set()

    async with in_background(report(), name="database check"):
        yield
    for damage in damages:
        raise damage


async def _session(app: App, token: str, stop: asyncio.Event) -> None:
    """Log in, and work until *stop* is set; raises TokenRefused."""
    await _until_stopped(stop, _log_in(app.bot, token, asyncio.sleep))
    if not stop.is_set():
        async with app.running():
            if app.bot.shards is not None:
                await _until_stopped(stop, _connect(app.bot))
            else:
                log.info("works without a session at Discord")
                await stop.wait()


async def _pause(health: Health, stop: asyncio.Event, seconds: float) -> None:
    """Put off the end of the process, so that its restarts do not follow each other; *stop* ends it."""
    if seconds <= 0:
        return
    health.report(TOKEN, TOKEN_REFUSED)
    log.error("%s The bot ends in %d s, unless it is stopped before.", TOKEN_REFUSED, seconds)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await stop.wait()


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
        await sleep(wait)
        pause = min(_LONGEST_PAUSE, pause * 2)
