"""Run the naive bot: `python -m tests.benchmarks.naive --discord URL`; the rest is environment."""

import argparse
import os
from pathlib import Path

from sandbox.launcher import point_at


def main() -> None:
    """Run until a signal."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--discord", required=True)
    parser.add_argument("--allow")  # as the bot's launcher takes it; this one fetches from anywhere
    point_at(parser.parse_args().discord)
    # Only now: discord.py reads some of its addresses when it is imported.
    from tests.benchmarks.naive.bot import Api, NaiveBot
    from tests.benchmarks.naive.jobs import NaiveJobs

    api = Api(os.environ["MODELHUNTER_URL"], os.environ["MODELHUNTER_KEY"])
    path = Path(os.environ["DATABASE_URL"].removeprefix("sqlite:///"))
    NaiveBot(api, NaiveJobs(path)).run(os.environ["DISCORD_TOKEN"])


if __name__ == "__main__":
    main()
