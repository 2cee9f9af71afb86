"""Check of the database: it can be used, its tables are this program's, and a commit is fast."""

import functools

from bot.doctor.bench import Bench
from bot.doctor.daemon_thread import in_daemon_thread
from bot.doctor.findings import Finding, ok
from bot.doctor.problems import MachineProblem
from db.engines.database_url import DatabaseUrl, parse_database_url
from db.engines.inspection import DatabaseFacts, DatabaseFault, Fault, Tables
from db.engines.sqlite_inspection import inspect_sqlite
from db.errors import DatabaseUnusable

# Seconds for a commit above which a burst of commands waits: each command is two commits.
_SLOW = 0.1
_KIBIBYTE = 1024
_MEBIBYTE = 1024 * _KIBIBYTE

_FAULTS = {
    Fault.UNWRITABLE: MachineProblem.DATABASE_UNWRITABLE,
    Fault.NOT_A_DATABASE: MachineProblem.NOT_A_DATABASE,
    Fault.DAMAGED: MachineProblem.DATABASE_DAMAGED,
    Fault.LOCKED: MachineProblem.DATABASE_LOCKED,
    Fault.UNREACHABLE: MachineProblem.DATABASE_UNREACHABLE,
    Fault.LOGIN: MachineProblem.DATABASE_LOGIN,
    Fault.RIGHTS: MachineProblem.DATABASE_RIGHTS,
    Fault.UNSUITABLE: MachineProblem.DATABASE_UNSUITABLE,
    Fault.ADDRESS: MachineProblem.DATABASE_ADDRESS,
}


async def check_database(bench: Bench) -> Finding:
    """Look at the database that DATABASE_URL names."""
    try:
        database = parse_database_url(bench.settings.database_url)
    except DatabaseUnusable as error:
        return MachineProblem.DATABASE_ADDRESS.found(str(error))
    if database.is_in_memory:
        return MachineProblem.DATABASE_IN_MEMORY.found("DATABASE_URL names no file")
    try:
        return facts_finding(await _facts(database))
    except DatabaseFault as error:
        return _FAULTS[error.fault].found(str(error))


async def _facts(database: DatabaseUrl) -> DatabaseFacts:
    if database.path is not None:
        return await in_daemon_thread(functools.partial(inspect_sqlite, database.path))
    from db.engines.postgresql_inspection import inspect_postgresql  # noqa: PLC0415 - its driver

    return await inspect_postgresql(database.url)


def facts_finding(facts: DatabaseFacts) -> Finding:
    """Return what these facts mean. Pure."""
    seen = _words(facts)
    if facts.tables is Tables.NEWER:
        return MachineProblem.DATABASE_NEWER.found(f"{seen}; its tables are of a newer version")
    if facts.tables is Tables.OLDER:
        return MachineProblem.DATABASE_OLDER.found(f"{seen}; its tables are of an older version")
    if facts.commit is not None and facts.commit > _SLOW:
        return MachineProblem.DATABASE_SLOW.found(seen)
    return ok(seen)


def _words(facts: DatabaseFacts) -> str:
    words = [facts.engine]
    words.append(
        "not there yet: made at the first start"
        if facts.tables is Tables.NONE
        else _size(facts.size)
    )
    if facts.commit is not None:
        words.append(f"a commit takes {facts.commit * 1000:.1f} ms")
    if not facts.is_checked:
        words.append("too large to be read to its end")
    return ", ".join(words)


def _size(count: int) -> str:
    if count < _MEBIBYTE:
        return f"{count / _KIBIBYTE:.0f} KiB"
    return f"{count / _MEBIBYTE:,.1f} MiB"
