"""Compare the bot's ways with the obvious ones and print the ratios: `make benchmark`."""

import asyncio
import sys

from tests.benchmarks import polling, schedules


def main() -> None:
    """Run every comparison."""
    for comparison in (schedules.compare(), asyncio.run(polling.compare())):
        sys.stdout.write("\n".join([*comparison.lines(), ""]))


if __name__ == "__main__":
    main()
