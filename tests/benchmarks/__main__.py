"""Run the benchmarks and print one table: `make benchmark`."""

import argparse
import asyncio
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path

from tests.benchmarks.plot import write_plot
from tests.benchmarks.report import write_report
from tests.benchmarks.rows import Row
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

Scenario = Callable[[Sequence[int]], Awaitable[list[Row]]]


def _in_a_world(
    measure: Callable[[World, Sequence[int]], Awaitable[list[Row]]],
) -> Scenario:
    async def run_it(counts: Sequence[int]) -> list[Row]:
        async with open_world() as world:
            return await measure(world, counts)

    return run_it


def _at_its_own_count(measure: Callable[[World], Awaitable[list[Row]]]) -> Scenario:
    return _in_a_world(lambda world, _counts: measure(world))


SCENARIOS: Mapping[str, Scenario] = {
    "store": lambda _counts: store.rows(),
    "whole_jobs": _in_a_world(whole_jobs.rows),
    "following": _in_a_world(following.rows),
    "hung_questions": _at_its_own_count(hung_questions.rows),
    "slow_channel": _at_its_own_count(slow_channel.rows),
    "webhooks": _at_its_own_count(webhooks.rows),
    "connections": lambda _counts: connections.rows(),
}


async def run(names: Sequence[str], counts: Sequence[int]) -> list[Row]:
    """Run the scenarios one after the other, each in a world of its own."""
    found: list[Row] = []
    for name in names:
        rows = await SCENARIOS[name](counts)
        sys.stdout.write(plain(rows) + "\n\n")
        sys.stdout.flush()
        found += rows
    return found


def main() -> None:
    """Run what the arguments say."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=SCENARIOS, default=list(SCENARIOS))
    parser.add_argument("--jobs", nargs="+", type=int, default=[100, 1000, 10_000])
    parser.add_argument("--write", type=Path, help="the page whose measured part is replaced")
    given = parser.parse_args()
    begun = time.monotonic()
    found = asyncio.run(run(given.only, sorted(given.jobs)))
    sys.stdout.write(plain(found) + "\n")
    if given.write is not None:
        seconds = time.monotonic() - begun
        write_report(given.write, found, command="make benchmark", seconds=seconds)
        write_plot(given.write.with_suffix(".png"), found)


if __name__ == "__main__":
    main()
