"""Launcher: runs the bot, unchanged but for its clock, against the sandbox."""

import argparse
import asyncio
import sys
import time
from urllib.parse import urlsplit

from sandbox.launcher import point_at


def main() -> int:
    """Run the bot with a clock that is some seconds ahead."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--discord", required=True)
    parser.add_argument("--api-port", required=True, type=int)
    parser.add_argument("--ahead", required=True, type=float)
    given = parser.parse_args()
    point_at(given.discord)
    # Only now: discord.py reads some of its addresses when it is imported.
    from bot.app.run import run
    from bot.app.shared import Runtime
    from bot.discord.session_starts import StartLimits
    from bot.monitoring.logs import configure_logging
    from bot.settings import Settings

    settings = Settings()
    configure_logging(settings.log_level, log_format=settings.log_format)
    runtime = Runtime(
        clock=lambda: time.time() + given.ahead,
        # It is killed more often in a few minutes than Discord allows in a day.
        start_limits=StartLimits(free=100_000),
        allowed_addresses=frozenset(
            {
                ("127.0.0.1", given.api_port),
                ("127.0.0.1", urlsplit(given.discord).port or 0),  # what users hand in
            }
        ),
    )
    asyncio.run(run(settings, runtime))
    return 0


if __name__ == "__main__":
    sys.exit(main())
