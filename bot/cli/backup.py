"""The command that copies the database: it needs DATABASE_URL and no account."""

import argparse
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.settings import Settings, reading_settings
from db.engines.backup import backup


class _DatabaseSettings(BaseSettings):
    """The one setting that the copy needs."""

    model_config = SettingsConfigDict(env_file=".env", env_file_encoding="utf-8", extra="ignore")

    database_url: str = Settings.model_fields["database_url"].default


def run_backup(arguments: Sequence[str]) -> str:
    """Make the copy and return one line that says so.

    Raises:
        BackupRefused, SettingsUnreadable: Its text says what the operator must change.
    """
    parser = argparse.ArgumentParser(
        prog="modelhunter-bot backup",
        description="Copy the SQLite database while the bot runs, without interaction tokens.",
    )
    parser.add_argument("file", type=Path, help="where the copy is written; nothing is overwritten")
    target: Path = parser.parse_args(arguments).file
    with reading_settings():
        database_url = _DatabaseSettings().database_url
    # Told to stop, it leaves no half of a copy, in which tokens would still stand.
    signal.signal(signal.SIGTERM, lambda sign, _: sys.exit(128 + sign))
    size = backup(database_url, target)
    return f"Copied the database to {target} ({size:,} bytes)."
