"""The command line: `python -m bot [--version | COMMAND]`; arguments only."""

import argparse
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import NoReturn

from bot.cli.backup import BACKUP
from bot.cli.demo import DEMO
from bot.cli.doctor import DOCTOR
from bot.cli.migrate_database import MIGRATE_DATABASE
from bot.cli.run import RUN
from bot.cli.sandbox import SANDBOX
from bot.cli.status import STATUS
from bot.cli.usage import USAGE
from bot.cli.webhook import WEBHOOK

_COMMANDS = (RUN, STATUS, DOCTOR, DEMO, SANDBOX, BACKUP, MIGRATE_DATABASE, USAGE, WEBHOOK)


def main(
    argv: Sequence[str] | None = None,
    *,
    allowed_addresses: frozenset[tuple[str, int]] = frozenset(),
    refused_token_pause: float | None = None,
) -> int:
    """Run the command and return its exit code: 2 if the operator must change something.

    Results are fetched from public addresses only, and from *allowed_addresses*. The end after a
    refused token is put off by *refused_token_pause* seconds; None is the usual pause.
    """
    given = argparse.Namespace(
        allowed_addresses=allowed_addresses, refused_token_pause=refused_token_pause
    )
    options = _parser().parse_args(argv, given)
    exit_code: int = options.run(options)
    return exit_code


def run() -> None:
    """Run the command and exit: the console script `modelhunter-bot`."""
    sys.exit(main())


class _Version(argparse.Action):
    """Option that prints the version of what is installed; it is looked up for that alone."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: object,
        option_string: str | None = None,
    ) -> NoReturn:
        """Print the version and exit."""
        del namespace, values, option_string
        try:
            number = version("modelhunter-discord-bot")
        except PackageNotFoundError:  # run from a folder of sources
            number = "of unknown version: it is not installed"
        print(parser.prog, number)  # noqa: T201 - the answer
        parser.exit()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="modelhunter-bot",
        description="The text-to-video, text-to-image and speech models of ModelHunter.AI as slash commands.",
        epilog="Settings come from the environment or .env; docs/settings.md lists them.",
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version and exit")
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
