"""Launcher: runs the bot, unchanged but for its clocks, which a file puts forward.

`python -m tests.end_to_end.launcher [--clock FILE] [--wall FILE] --discord URL --allow HOST:PORT`

With `--clock` time passes; with `--wall` the machine's clock is set, and no time passes.
"""

import argparse
import asyncio
import sys
import time
from pathlib import Path

from sandbox.launcher import point_at


def main() -> int:
    """Run the bot on clocks that are ahead by the seconds that are in the files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clock", type=Path)
    parser.add_argument("--wall", type=Path)
    parser.add_argument("--session-interval", type=float, default=60.0)
    parser.add_argument("--all-events", action="store_true", help="as without leases of shards")
    parser.add_argument("--discord", required=True)
    parser.add_argument("--allow", required=True, action="append")
    given = parser.parse_args()
    allowed = [address.rpartition(":") for address in given.allow]
    point_at(given.discord)
    # Only now: discord.py reads some of its addresses when it is imported.
    from bot.app.run import run
    from bot.app.shared import Runtime
    from bot.monitoring.logs import configure_logging
    from bot.settings import Settings

    settings = Settings()
    configure_logging(settings.log_level, log_format=settings.log_format)

    runtime = Runtime(
        clock=lambda: time.time() + _seconds(given.clock) + _seconds(given.wall),
        monotonic=lambda: time.monotonic() + _seconds(given.clock),
        session_interval=given.session_interval,
        leases_shards=not given.all_events,
        allowed_addresses=frozenset((host, int(port)) for host, _, port in allowed),
    )
    asyncio.run(run(settings, runtime))
    return 0


def _seconds(file: Path | None) -> float:
    return float(file.read_text(encoding="ascii") or 0) if file else 0.0


if __name__ == "__main__":
    sys.exit(main())
