"""The command line: `python -m bot [run | demo | sandbox | backup FILE]`."""

import argparse
import asyncio
import sys
from collections.abc import Sequence

from pydantic import ValidationError

from bot.monitoring.logs import configure_logging
from bot.settings import Settings, SettingsUnreadable, explain, reading_settings

_EXIT_WRONG = 2


def main(
    argv: Sequence[str] | None = None,
    *,
    allowed_addresses: frozenset[tuple[str, int]] = frozenset(),
) -> int:
    """Run the command and return its exit code: 2 if the operator must change something.

    Results are fetched from public addresses only, and from *allowed_addresses*.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments[:1] in (["demo"], ["sandbox"]):
        return _demo(arguments)
    if arguments[:1] == ["backup"]:
        return _backup(arguments[1:])
    _parser().parse_args(arguments)
    return _run(allowed_addresses)


def run() -> None:
    """Be the console script."""
    sys.exit(main())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="modelhunter-bot",
        description="The text-to-video, text-to-image and speech models of ModelHunter.AI as slash commands.",
        epilog="Settings come from the environment or .env; docs/settings.md lists them.",
    )
    parser.add_argument(
        "command",
        nargs="?",
        default="run",
        choices=("run", "demo", "sandbox", "backup"),
        help="run the bot (default), try it without any account, run a sandbox of the API alone, or "
        "copy the database while the bot runs (backup FILE)",
    )
    return parser


def _demo(arguments: Sequence[str]) -> int:
    # Imported here because what it needs is an extra, absent from the image.
    from sandbox import demo  # noqa: PLC0415

    return demo.main(arguments[1:] if arguments[0] == "demo" else arguments)


def _backup(arguments: Sequence[str]) -> int:
    from bot.cli.backup import run_backup  # noqa: PLC0415 - so that --help answers at once
    from db.engines.backup import BackupRefused  # noqa: PLC0415

    try:
        print(run_backup(arguments))  # noqa: T201 - the command's answer
    except (BackupRefused, SettingsUnreadable) as refused:
        return _complain(str(refused))
    return 0


def _run(allowed_addresses: frozenset[tuple[str, int]]) -> int:
    # Imported here so that --help and a wrong setting answer at once.
    from bot.app.run import TokenRefused, end_in_time, run  # noqa: PLC0415
    from bot.app.shared import Runtime  # noqa: PLC0415
    from bot.catalogue import CatalogueBroken, DefaultUnknown  # noqa: PLC0415
    from bot.web.server import PortUnusable  # noqa: PLC0415
    from db.errors import DatabaseUnusable  # noqa: PLC0415

    try:
        with reading_settings():
            settings = Settings()
    except ValidationError as error:
        return _complain(explain(error))
    except SettingsUnreadable as error:
        return _complain(str(error))
    secrets = (settings.discord_token, settings.modelhunter_key)
    configure_logging(settings.log_level, [secret.get_secret_value() for secret in secrets])
    try:
        runtime = Runtime(allowed_addresses=allowed_addresses)
        asyncio.run(run(settings, runtime, when_told_to_stop=end_in_time))
    except TokenRefused:
        return _complain("Discord refuses the token: check DISCORD_TOKEN in the Developer Portal.")
    except (CatalogueBroken, DatabaseUnusable, DefaultUnknown, PortUnusable) as error:
        return _complain(str(error))
    return 0


def _complain(sentence: str) -> int:
    print(sentence, file=sys.stderr)  # noqa: T201 - the one line that the operator reads
    return _EXIT_WRONG


if __name__ == "__main__":
    run()
