"""What `usage` does with its arguments, and says."""

import asyncio
import contextlib
import dataclasses
import datetime
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

from bot.app.outgoing import build_outgoing
from bot.cli.command import end_with, fail_with
from bot.clock import monotonic
from bot.modelhunter import open_client
from bot.outgoing import CertificatesUnusable
from bot.settings import Settings, SettingsError, read_settings
from bot.usage import periods
from bot.usage.account_balance import AccountBalance, SeenBalance
from bot.usage.reports import UsageReports
from bot.usage.table import table_lines
from db.engines.reading import open_for_reading
from db.errors import DatabaseUnusable, StoreFailed
from db.repositories.usage import Usage
from db.usage_records import UsageScope, UsageView

_STANDARD_OUTPUT = "-"
_TIMEOUT = 10.0  # seconds that the API has for the balance


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class UsageQuestion:
    """What is asked."""

    view: str
    period: str
    server: int | None
    most_lines: int
    csv: Path | None
    asks_api: bool


def answer(database_url: str, question: UsageQuestion) -> int:
    """Say what is asked, and return the exit code."""
    try:
        if question.csv is None:
            asyncio.run(_show(database_url, question))
        elif str(question.csv) == _STANDARD_OUTPUT:
            asyncio.run(_write(database_url, question, sys.stdout))
        else:
            _write_file(database_url, question, question.csv)
    except DatabaseUnusable as error:
        return end_with(str(error))
    except StoreFailed as error:
        return fail_with(f"The database can't be read now: {error}")
    except FileExistsError:
        return end_with(f"{question.csv} is there already: name a new file.")
    except OSError as error:
        return fail_with(f"The CSV can't be written ({error.strerror or error}).")
    return 0


async def _show(database_url: str, question: UsageQuestion) -> None:
    async with open_for_reading(database_url) as store:
        report = await UsageReports(Usage(store)).report(
            UsageView(question.view), _scope(question), most=question.most_lines
        )
    balance = await _balance() if question.asks_api else None
    print("\n".join(table_lines(report, balance)))  # noqa: T201 - the answer


def _write_file(database_url: str, question: UsageQuestion, path: Path) -> None:
    """Write a new file, which only its owner may read: it has the ids of users."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with open(descriptor, "w", encoding="utf-8", newline="") as file:
            asyncio.run(_write(database_url, question, file))
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    print(f"Wrote {path}.")  # noqa: T201 - the answer


async def _write(database_url: str, question: UsageQuestion, file: TextIO) -> None:
    async with open_for_reading(database_url) as store:
        parts = UsageReports(Usage(store)).csv_parts(_scope(question))
        async with contextlib.aclosing(parts):
            async for part in parts:
                file.write(part)
        file.flush()


def _scope(question: UsageQuestion, clock: Callable[[], float] = time.time) -> UsageScope:
    today = datetime.datetime.fromtimestamp(clock(), datetime.UTC).date()
    first, last = periods.days_of(question.period, today)
    return UsageScope(first=first, last=last, guild_id=question.server)


async def _balance() -> SeenBalance | None:
    """Return the balance that the API reports; say why, and return None, if it is not asked."""
    try:
        return await _ask_balance(read_settings())
    except (SettingsError, CertificatesUnusable) as error:
        print(f"ModelHunter is not asked for the balance: {error}", file=sys.stderr)  # noqa: T201
        return None


async def _ask_balance(settings: Settings) -> SeenBalance:
    async with open_client(
        settings.modelhunter_url, settings.modelhunter_key, outgoing=build_outgoing(settings)
    ) as api:
        return await AccountBalance(api, monotonic=monotonic, timeout=_TIMEOUT).read()
