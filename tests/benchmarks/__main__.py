"""Run the benchmarks and print one table: `make benchmark`."""

import argparse
import asyncio
import shlex
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path

from tests.benchmarks.plot import write_plot
from tests.benchmarks.report import write_report
from tests.benchmarks.rows import Row
from tests.benchmarks.scale import Scale
from tests.benchmarks.scenarios import (
    connections,
    following,
    hung_questions,
    slow_channel,
    store,
    webhooks,
    whole_jobs,
)
from tests.benchmarks.table import plain
from tests.benchmarks.world import World, open_world

Scenario = Callable[[Scale], Awaitable[list[Row]]]


def _in_a_world(
    measure: Callable[[World, Scale], Awaitable[list[Row]]],
) -> Scenario:
    async def run_it(scale: Scale) -> list[Row]:
        async with open_world() as world:
            return await measure(world, scale)

    return run_it


def _at_its_own_count(measure: Callable[[World], Awaitable[list[Row]]]) -> Scenario:
    return _in_a_world(lambda world, _scale: measure(world))


SCENARIOS: Mapping[str, Scenario] = {
    "store": lambda _scale: store.rows(),
    "whole_jobs": _in_a_world(whole_jobs.rows),
    "following": _in_a_world(following.rows),
    "hung_questions": _at_its_own_count(hung_questions.rows),
    "slow_channel": _at_its_own_count(slow_channel.rows),
    "webhooks": _at_its_own_count(webhooks.rows),
    "connections": lambda _scale: connections.rows(),
}


async def run(names: Sequence[str], scale: Scale) -> list[Row]:
    """Run the scenarios one after the other, each in a world of its own."""
    found: list[Row] = []
    for name in names:
        rows = await SCENARIOS[name](scale)
        sys.stdout.write(plain(rows) + "\n\n")
        sys.stdout.flush()
        found += rows
    return found


def main() -> None:
    """Run what the arguments say."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=SCENARIOS, default=list(SCENARIOS))
    parser.add_argument("--jobs", nargs="+", type=int, default=list(Scale().counts))
    parser.add_argument(
        "--finished",
        type=int,
        default=Scale().finished,
        help="jobs that have ended, in the database that the start is measured with",
    )
    parser.add_argument("--write", type=Path, help="the page whose measured part is replaced")
    given = parser.parse_args()
    begun = time.monotonic()
    scale = Scale(counts=sorted(set(given.jobs)), finished=given.finished)
    found = asyncio.run(run(given.only, scale))
    sys.stdout.write(plain(found) + "\n")
    if given.write is not None:
        seconds = time.monotonic() - begun
        write_report(given.write, found, command=command_of(sys.argv[1:]), seconds=seconds)
        write_plot(given.write.with_suffix(".png"), found)


def command_of(arguments: Sequence[str]) -> str:
    """Return the command that measures the same again, wherever it was written to. Pure."""
    left = list(arguments)
    if "--write" in left:
        place = left.index("--write")
        del left[place : place + 2]
    return f"python -m tests.benchmarks {shlex.join(left)}" if left else "make benchmark"


if __name__ == "__main__":
    main()
