"""Command `backup`: copy the database while the bot runs; needs DATABASE_URL and no account."""

import argparse
import signal
import sys
from pathlib import Path

from bot.cli.command import Command, end_with


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="where the copy is written; nothing is overwritten")


def _run(options: argparse.Namespace) -> int:
    from bot.settings import SettingsError, read_database_url
    from db.engines.backup import backup
    from db.errors import BackupRefused

    try:
        database_url = read_database_url()
        # By default SIGTERM ends Python at once, and leaves half a copy that still has tokens.
        signal.signal(signal.SIGTERM, lambda sign, _: sys.exit(128 + sign))
        size = backup(database_url, options.file)
    except (BackupRefused, SettingsError) as error:
        return end_with(str(error))
    print(f"Copied the database to {options.file} ({size:,} bytes).")  # noqa: T201 - the answer
    return 0


BACKUP = Command(
    name="backup",
    help="copy the database while the bot runs",
    description="Copy the SQLite database while the bot runs, without interaction tokens.",
    run=_run,
    add_arguments=_add_arguments,
)
