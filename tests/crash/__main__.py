"""Kill the bot many times: `python -m tests.crash --kills 200 --seed 7`."""

import argparse
import asyncio
import logging
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tests import postgresql
from tests.crash.report import write_report
from tests.crash.run_and_kill import Outcome, plan_kills, run_stage

_KILLS_PER_STAGE = 8


def main() -> int:
    """Run the stages, print what broke, and return 1 if anything did."""
    given = _parser().parse_args()
    # A bot that is killed in the middle of an upload is no error of the server.
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)
    before = time.monotonic()
    postgresql.begin_run()
    try:
        outcomes = asyncio.run(_run(given))
    finally:
        postgresql.end_run()
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


def _print_outcome(seed: int, outcome: Outcome) -> None:
    print(f"stage {outcome.number}: {len(outcome.violations)} promises broken", flush=True)  # noqa: T201
    for violation in outcome.violations:
        place = f"seed {seed} stage {outcome.number} job {violation.job_id}"
        print(f"{place}: {violation.text}", flush=True)  # noqa: T201


async def _run(given: argparse.Namespace) -> list[Outcome]:
    turn = asyncio.Semaphore(given.at_once)

    async def one(number: int, kill_points: Sequence[str]) -> Outcome:
        async with turn:
            outcome = await run_stage(
                given.seed,
                number,
                kill_points,
                on_postgresql=given.database == "postgresql",
                processes=given.processes,
            )
            _print_outcome(given.seed, outcome)
            if given.output:
                print(outcome.output)  # noqa: T201
            return outcome

    planned = plan_kills(given.seed, given.kills)
    starts = range(0, given.kills, _KILLS_PER_STAGE)
    stages = [planned[at : at + _KILLS_PER_STAGE] for at in starts]
    chosen = [(n, stage) for n, stage in enumerate(stages) if given.stage in (None, n)]
    return list(await asyncio.gather(*(one(number, stage) for number, stage in chosen)))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--stage", type=int, help="run this stage alone, to see it again")
    parser.add_argument("--at-once", type=int, default=4, help="stages at the same time")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--processes", type=int, default=1, help="that share the database")
    parser.add_argument("--report", type=Path, help="where the table is written")
    parser.add_argument("--output", action="store_true", help="print what the bot wrote")
    return parser


if __name__ == "__main__":
    sys.exit(main())
