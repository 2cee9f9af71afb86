"""Command `run`: read the settings, set up the logs, and run the bot (`bot.app.run`)."""

import argparse
import asyncio
import dataclasses
import gc
import logging
import sys
from collections.abc import Generator
from contextlib import contextmanager

from bot.cli.command import Command, end_with

log = logging.getLogger(__name__)

# Seconds for which one thread may keep the interpreter from the others. SQLite's thread gives it back
# at each step of a statement, and with Python's 5 ms a busy event loop makes it wait that long each
# time: a thousand commands at once would then find their rows written too late.
SWITCH_INTERVAL = 0.0005


def _run(options: argparse.Namespace) -> int:
    from bot.monitoring.logs import configure_logging
    from bot.settings import SettingsError, read_settings

    try:
        settings = read_settings()
    except SettingsError as error:
        return end_with(str(error))
    configure_logging(settings.log_level, settings.secrets(), log_format=settings.log_format)
    _hide_secrets()

    # Only now, because discord.py takes a second to load and a mistake is answered without it.
    with loading():
        from bot.app.run import TOKEN_REFUSED, TokenRefused, exit_after_timeout, run
        from bot.app.shared import Runtime
        from bot.catalogue import CatalogueError
        from bot.outgoing import CertificatesUnusable
        from bot.web.server import PortUnusable
        from db.errors import DatabaseUnusable

    try:
        runtime = Runtime(allowed_addresses=options.allowed_addresses)
        if options.refused_token_pause is not None:
            runtime = dataclasses.replace(runtime, refused_token_pause=options.refused_token_pause)
        sys.setswitchinterval(SWITCH_INTERVAL)
        asyncio.run(run(settings, runtime, on_stop=exit_after_timeout))
    except TokenRefused:
        return end_with(TOKEN_REFUSED)
    except (CatalogueError, CertificatesUnusable, DatabaseUnusable, PortUnusable) as error:
        return end_with(str(error))
    return 0


@contextmanager
def loading() -> Generator[None]:
    """Load modules without looking for garbage, then or later: what they define stays.

    Python would look through all of it again and again, which takes an eighth of the start.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _hide_secrets() -> None:
    """Close this process's memory and environment to others, and log what else the kernel gives."""
    from bot.media.transcoding.kernel_confinement import confinement, hide_this_process

    if not hide_this_process():
        log.warning("other processes of this user can read the token and the key (no prctl)")
    found = confinement()
    level = logging.INFO if found.is_whole else logging.WARNING
    log.log(level, "what makes results smaller is confined by: %s", found)


RUN = Command(
    name="run",
    help="run the bot (the default)",
    description="Run the bot until SIGTERM or Ctrl-C.",
    run=_run,
)
