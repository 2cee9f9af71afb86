"""How long the usage takes to be read, with a million entries in the ledger.

    python -m tests.benchmarks.ledger_rows [ENTRIES]

Fills a file in a temporary folder with entries of a year, a tenth of them with their jobs, and prints
the seconds of each reading as `/usage` makes it.
"""

import asyncio
import datetime
import functools
import sqlite3
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from pathlib import Path

from bot.usage.balance_pace import first_day
from bot.usage.reports import UsageReports
from db.engines.engine import open_database
from db.repositories.jobs import JobRepository
from db.repositories.usage import Usage
from db.store import Store
from db.usage_records import UsageScope, UsageView
from tests.integration.db.repositories.builders import PLENTY, TODAY, a_job

ENTRIES = 1_000_000
_DAYS, _SERVERS, _USERS, _MODELS = 365, 500, 20_000, 30
_KEPT = 30  # days
_ROWS = 10
_TIMES = 3


async def measure(entries: int) -> None:
    """Fill a file, read the usage, and print how long each reading took."""
    with tempfile.TemporaryDirectory(prefix="ledger-rows-") as folder:
        path = Path(folder) / "bot.db"
        async with open_database(f"sqlite:///{path}") as store:
            await JobRepository(store).accept(a_job(entries), PLENTY, owner="one")
        await asyncio.to_thread(_fill, path, entries)
        async with open_database(f"sqlite:///{path}") as store:
            for name, read in _readings(store):
                print(f"{name:<44} {await _seconds(read):8.3f} s")  # noqa: T201 - the answer


def _fill(path: Path, entries: int) -> None:
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("delete from ledger")
        database.executemany(
            "insert into ledger (job_id, day, amount, settled, guild_id, model, ending, reported)"
            " values (?, ?, ?, ?, ?, ?, 'delivered', 1)",
            map(_entry, range(entries), [entries] * entries),
        )
        names = [row[1] for row in database.execute("pragma table_info(jobs)")]
        columns = ", ".join("ledger.job_id" if name == "id" else _value(name) for name in names)
        database.execute(
            f"insert into jobs ({', '.join(names)}) select {columns} from ledger, jobs"  # noqa: S608
            " where ledger.day > ? and ledger.job_id != jobs.id",
            ((TODAY - datetime.timedelta(days=_KEPT)).isoformat(),),
        )


def _value(name: str) -> str:
    return f"ledger.job_id % {_USERS}" if name == "user_id" else f"jobs.{name}"


def _entry(number: int, entries: int) -> tuple[object, ...]:
    """Return an entry; the last day is today."""
    ago = _DAYS - 1 - number * _DAYS // entries
    day = TODAY - datetime.timedelta(days=ago)
    amount, model = 40_000 + number % 1000, f"model-{number % _MODELS}"
    return (number, day.isoformat(), amount, number % 200 != 0, number * 7 % _SERVERS, model)


def _readings(store: Store) -> Iterator[tuple[str, Callable[[], Awaitable[object]]]]:
    usage = Usage(store)
    reports = UsageReports(usage)
    month = UsageScope(first=TODAY - datetime.timedelta(days=_KEPT - 1), last=TODAY)
    one = UsageScope(first=month.first, last=TODAY, guild_id=3)
    year = UsageScope(first=TODAY - datetime.timedelta(days=_DAYS), last=TODAY)
    for name, scope in (("a server, 30 days", one), ("all, 30 days", month), ("all, a year", year)):
        for view in UsageView:
            yield (
                f"/usage of {name}, by {view}",
                functools.partial(reports.report, view, scope, most=_ROWS),
            )
    yield "the line of a day", lambda: usage.totals(UsageScope(first=TODAY, last=TODAY))
    yield "the usual pace", lambda: usage.held_by_day(first_day(TODAY), TODAY)


async def _seconds(read: Callable[[], Awaitable[object]]) -> float:
    """Return the seconds of the fastest of some readings."""
    taken = []
    for _ in range(_TIMES):
        begun = time.perf_counter()
        await read()
        taken.append(time.perf_counter() - begun)
    return min(taken)


if __name__ == "__main__":
    asyncio.run(measure(int(sys.argv[1]) if len(sys.argv) > 1 else ENTRIES))
