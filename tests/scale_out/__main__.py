"""Scale out and kill: `python -m tests.scale_out --jobs 10000 --kills 10 --seed 1`."""

import argparse
import asyncio
import logging
import sys
import time

from tests.postgresql import open_server
from tests.scale_out.run_and_kill import Outcome, run

_RESTART, _GONE = 0.0, 60.0  # seconds for which the database is away


def main() -> int:
    """Run the scenario, print what broke, and return 1 if anything did."""
    given = _parser().parse_args()
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)
    outages = ((_RESTART,) if given.restart else ()) + ((_GONE,) if given.primary_gone else ())
    began = time.monotonic()
    with open_server() as server:
        outcome = asyncio.run(
            run(
                server,
                jobs=given.jobs,
                kills=given.kills,
                seed=given.seed,
                timeout=given.timeout,
                outages=outages,
            )
        )
    _print(outcome, time.monotonic() - began)
    return 1 if outcome.broken else 0


def _print(outcome: Outcome, seconds: float) -> None:
    for text in outcome.broken:
        print(text)  # noqa: T201
    print(  # noqa: T201
        f"{outcome.jobs} jobs, {outcome.kills} kills, {len(outcome.broken)} promises broken, "
        f"{outcome.refused} answers 429, all owned again after at most {outcome.slowest:.1f} s, "
        f"{seconds:.0f} s"
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.scale_out", description=__doc__)
    parser.add_argument("--jobs", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--timeout", type=float, default=3 * 60 * 60.0, help="seconds")
    parser.add_argument("--restart", action="store_true", help="restart the database too")
    parser.add_argument("--primary-gone", action="store_true", help="take it away for a minute too")
    return parser


if __name__ == "__main__":
    sys.exit(main())
