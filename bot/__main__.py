"""The command line: `python -m bot [run | demo | sandbox | backup FILE]`; arguments only."""

import argparse
import sys
from collections.abc import Sequence

from bot.cli.backup import BACKUP
from bot.cli.demo import DEMO
from bot.cli.run import RUN
from bot.cli.sandbox import SANDBOX

_COMMANDS = (RUN, DEMO, SANDBOX, BACKUP)


def main(
    argv: Sequence[str] | None = None,
    *,
    allowed_addresses: frozenset[tuple[str, int]] = frozenset(),
) -> int:
    """Run the command and return its exit code: 2 if the operator must change something.

    Results are fetched from public addresses only, and from *allowed_addresses*.
    """
    given = argparse.Namespace(allowed_addresses=allowed_addresses)
    options = _parser().parse_args(argv, given)
    exit_code: int = options.run(options)
    return exit_code


def run() -> None:
    """Run the command and exit: the console script `modelhunter-bot`."""
    sys.exit(main())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="modelhunter-bot",
        description="The text-to-video, text-to-image and speech models of ModelHunter.AI as slash commands.",
        epilog="Settings come from the environment or .env; docs/settings.md lists them.",
    )
    parser.set_defaults(run=RUN.run)
    subparsers = parser.add_subparsers(title="commands", metavar="command")
    for command in _COMMANDS:
        subparser = subparsers.add_parser(
            command.name,
            prog=command.prog or f"{parser.prog} {command.name}",
            help=command.help,
            description=command.description,
        )
        command.add_arguments(subparser)
        subparser.set_defaults(run=command.run)
    return parser


if __name__ == "__main__":
    run()
