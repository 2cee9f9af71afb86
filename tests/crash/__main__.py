"""Kill the bot many times: `python -m tests.crash --kills 200 --seed 7`."""

import argparse
import asyncio
import logging
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tests.crash.report import write_report
from tests.crash.run_and_kill import Outcome, plan, run_world

_KILLS_PER_WORLD = 8


def main() -> int:
    """Run the worlds, print what broke, and return 1 if anything did."""
    given = _parser().parse_args()
    # A bot that dies in the middle of an upload is no error of the server.
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)
    before = time.monotonic()
    outcomes = asyncio.run(
        _run(
            given.seed,
            given.kills,
            only=given.world,
            at_once=given.at_once,
            with_words=given.words,
        )
    )
    kills = sum(len(outcome.kills) for outcome in outcomes)
    jobs = sum(outcome.jobs for outcome in outcomes)
    broken = sum(len(outcome.violations) for outcome in outcomes)
    seconds = time.monotonic() - before
    print(  # noqa: T201
        f"{kills} kills, {jobs} jobs, {broken} promises broken, {seconds:.0f} s, seed {given.seed}"
    )
    if given.report is not None:
        write_report(given.report, outcomes, seed=given.seed)
    return 1 if broken else 0


def _tell(seed: int, outcome: Outcome) -> None:
    print(f"world {outcome.number}: {len(outcome.violations)} promises broken", flush=True)  # noqa: T201
    for violation in outcome.violations:
        place = f"seed {seed} world {outcome.number} job {violation.job_id}"
        print(f"{place}: {violation.text}", flush=True)  # noqa: T201


async def _run(
    seed: int, kills: int, *, only: int | None, at_once: int, with_words: bool
) -> list[Outcome]:
    lane = asyncio.Semaphore(at_once)

    async def one(number: int, instants: Sequence[str]) -> Outcome:
        async with lane:
            outcome = await run_world(seed, number, instants)
            _tell(seed, outcome)
            if with_words:
                print(outcome.words)  # noqa: T201
            return outcome

    instants = plan(seed, kills)
    worlds = [instants[at : at + _KILLS_PER_WORLD] for at in range(0, kills, _KILLS_PER_WORLD)]
    chosen = [(n, world) for n, world in enumerate(worlds) if only in (None, n)]
    return list(await asyncio.gather(*(one(number, world) for number, world in chosen)))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--world", type=int, help="run this world alone, to see it again")
    parser.add_argument("--at-once", type=int, default=4, help="worlds at the same time")
    parser.add_argument("--report", type=Path, help="where the table is written")
    parser.add_argument("--words", action="store_true", help="print what the bot wrote")
    return parser


if __name__ == "__main__":
    sys.exit(main())
