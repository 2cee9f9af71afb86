"""Launcher: runs the bot, unchanged but for its clocks, which a file puts forward.

`python -m tests.end_to_end.launcher --clock FILE --discord URL --allow HOST:PORT`
"""

import argparse
import asyncio
import sys
import time
from pathlib import Path

from sandbox.launcher import point_at


def main() -> int:
    """Run the bot on clocks that are ahead by the seconds that are in the file: time has passed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clock", required=True, type=Path)
    parser.add_argument("--discord", required=True)
    parser.add_argument("--allow", required=True)
    given = parser.parse_args()
    host, _, port = given.allow.rpartition(":")
    point_at(given.discord)
    # Only now: discord.py reads some of its addresses when it is imported.
    from bot.app.run import run
    from bot.app.shared import Runtime
    from bot.monitoring.logs import configure_logging
    from bot.settings import Settings

    settings = Settings()
    configure_logging(settings.log_level)

    def ahead() -> float:
        return float(given.clock.read_text(encoding="ascii"))

    runtime = Runtime(
        clock=lambda: time.time() + ahead(),
        monotonic=lambda: time.monotonic() + ahead(),
        allowed_addresses=frozenset({(host, int(port))}),
    )
    asyncio.run(run(settings, runtime))
    return 0


if __name__ == "__main__":
    sys.exit(main())
