"""What runs each second, or for one channel, looks at an index and not at every row."""

import importlib
import pkgutil
from collections.abc import Iterator

import pytest
from sqlalchemy.dialects.sqlite.aiosqlite import SQLiteDialect_aiosqlite

import db.repositories
from db import tables
from db.repositories import claims, job_lists, retention, saving, usual_costs
from db.statements import Statement
from db.store import Store
from tests.databases import sql

INDEXED = {
    "leases": claims._LEASES_OF_OTHERS,
    "owners without a lease": claims._OWNERS_WITHOUT_LEASE,
    "free jobs": claims._FREE,
    "take free": claims._TAKE_FREE,
    "take over": claims._TAKE_OVER,
    "release": claims._RELEASE,
    "owned ids": claims._OWNED_IDS,
    "owned among": claims._OWNED_AMONG,
    "woken": claims._WOKEN,
    "take woken": claims._TAKE_WOKEN,
    "cards of a channel": job_lists.CARDS_IN_CHANNEL,
    "jobs of a channel": job_lists.OPEN_IN_CHANNEL,
    "ended": retention._DELETE_ENDED,
    "marked": retention._DELETE_MARKED,
    "requesters in the ledger": retention._ANONYMIZE,
    "tokens": retention._CLEAR_TOKENS,
    "sources": retention._CLEAR_SOURCES,
}


@pytest.mark.parametrize("name", INDEXED)
async def test_what_is_looked_for_often_has_an_index(store: Store, name: str) -> None:
    """No statement that runs often scans the jobs or the ledger."""
    if store.dialect_name != "sqlite":
        pytest.skip("the plan of SQLite")
    plan = await _plan(store, INDEXED[name])
    scans = [step for step in plan if step.startswith(("SCAN jobs", "SCAN ledger"))]
    assert all("INDEX" in step for step in scans), plan


def _own_statements() -> dict[str, Statement]:
    """Return every statement of the repositories by its name, and some that saves make."""
    found = {
        f"{module.name}.{form}": statement
        for module in pkgutil.iter_modules(db.repositories.__path__)
        for name, value in vars(importlib.import_module(f"db.repositories.{module.name}")).items()
        for form, statement in _statements(name, value)
    }
    saves = [(), ("status", "progress"), ("state", "ended_at", "cost", "open")]
    return found | {f"save {', '.join(names)}": saving._writing(names) for names in saves}


def _statements(name: str, value: object) -> Iterator[tuple[str, Statement]]:
    """Yield a statement, or those of a table of several forms of one."""
    if isinstance(value, Statement):
        yield name, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _statements(f"{name}[{key}]", inner)


async def test_every_statement_has_an_index(store: Store) -> None:
    """With a million ended jobs no statement looks at all of them, or at all of what they cost."""
    if store.dialect_name != "sqlite":
        pytest.skip("the plan of SQLite")
    partial = {
        index.name
        for table in (tables.jobs, tables.ledger)
        for index in table.indexes
        if index.dialect_options["sqlite"]["where"] is not None
    }
    statements = _own_statements()
    assert len(statements) > 40
    for name, statement in statements.items():
        for step in await _plan(store, statement):
            if step.startswith(("SCAN jobs", "SCAN ledger")):
                assert step.rpartition(" ")[2] in partial, (name, step)


async def _plan(store: Store, statement: Statement) -> list[str]:
    compiled = statement.compiled(SQLiteDialect_aiosqlite())
    text = compiled.text
    for _ in range(text.count("?")):
        text = text.replace("?", "'1'", 1)
    return [str(row[3]) for row in await store.read(sql(f"explain query plan {text}"))]


# Statements after which the owner of the row is another one, none, or the one that has run it; and
# the one about closed jobs, whose records no process keeps.
KNOWN_TO_THE_OWNER = {
    "retention._CLEAR_SOURCES",
    *("claims._TAKE_FREE", "claims._TAKE_OVER", "claims._RELEASE", "claims._RELEASE_ALL"),
    *("claims._HAND_OVER", "claims._HAND_OVER_ANSWERED"),
    *("save ", "save status, progress", "save state, ended_at, cost, open"),
}


def test_every_change_of_a_job_is_made_known_to_its_owner() -> None:
    """A statement raises the version, and wakes the owner, unless the owner has run it or changes."""
    unmarked = set()
    for name, statement in _own_statements().items():
        text = statement.compiled(SQLiteDialect_aiosqlite()).text
        if text.startswith("UPDATE jobs SET"):
            written = text.partition(" WHERE ")[0]
            assert "version=" in written, name
            if "woken=" not in written:
                unmarked.add(name)
    assert unmarked == KNOWN_TO_THE_OWNER


async def test_what_jobs_usually_cost_is_not_looked_for_among_those_that_go_on(
    store: Store,
) -> None:
    """Each command asks for it, and ten thousand open jobs of one model have no cost yet."""
    if store.dialect_name != "sqlite":
        pytest.skip("the plan of SQLite")
    plan = await _plan(store, usual_costs._REPORTED)
    assert plan == ["SEARCH jobs USING INDEX jobs_by_price (price_key=?)"]
    index = next(index for index in tables.jobs.indexes if index.name == "jobs_by_price")
    assert index.dialect_options["sqlite"]["where"] is tables.has_cost
