"""A database of the version before keeps every row, in every state, whatever is in it."""

import contextlib
import json
import sqlite3
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import NullPool, create_engine

from db.engines.engine import open_database
from db.records import (
    CancelControl,
    CardKind,
    FetchProblem,
    JobKind,
    JobState,
    Reason,
)
from db.repositories.claims import Claims
from db.repositories.drafts import Drafts
from db.repositories.jobs import JobRepository
from db.repositories.ledger import Ledger
from tests.integration.db.repositories.builders import NOON, TODAY

_PLAIN: Mapping[str, Any] = {
    "kind": "video",
    "model": "vidu-q3",
    "prompt": "a fox in the snow",
    "options": "{}",
    "endpoint": "vidu/text-to-video",
    "body": "{}",
    "user_id": 7,
    "channel_id": 4,
    "locale": "en-US",
    "private": 0,
    "card_kind": "channel",
    "upload_limit": 10,
    "price_low": 0,
    "price_high": 400_000,
    "price_key": "",
    "card_mark": 0,
    "created_at": NOON,
    "cancel_control": "button",
    "state": "accepted",
    "released": 0,
    "result_count": 0,
    "fitted": 0,
    "left_out": 0,
    "cancel_taken": 0,
    "cancel_refused": 0,
    "late": 0,
    "forget": 0,
    "open": 1,
    "lease_until": NOON + 30,
    "fence": 1,
    "woken": 0,
}
_FULL: Mapping[str, Any] = {
    **_PLAIN,
    "prompt": "“fox” 🦊\n {} \\u0000",
    "options": json.dumps({"text": "x", "whole": 3, "part": 0.1, "yes": True}),
    "body": json.dumps({"z": [1, {"b": None}], "a": "ordered as given"}),
    "user_id": 2**62,
    "guild_id": 2**63 - 1,
    "price_usual": 1,
    "retry_of": 3,
    "interaction_token": "token",
    "application_id": 5,
    "message_id": 2**62 + 1,
    "retried_as": "",
    "shown": "digest",
    "shown_at": 0.1,
    "pinged_at": NOON,
    "reply_begun_at": NOON,
    "dm_begun_at": NOON,
    "task_id": "task",
    "status": "a new status",
    "progress": 99.9,
    "estimated_seconds": 1e9,
    "submitted_at": NOON,
    "missing_since": NOON,
    "cost": 2**53,
    "error_code": "E",
    "error_message": "no",
    "fetch_until": NOON,
    "ended_at": NOON + 1,
    "cancel_wanted_by": 0,
    "cancel_wanted_at": NOON,
    "owner": "one",
    "fence": 2**40,
    "woken": 1,
}


def _old_rows() -> list[Mapping[str, Any]]:
    rows: list[Mapping[str, Any]] = []
    rows += [{**_PLAIN, "state": state.value, "open": not state.is_final} for state in JobState]
    rows += [{**_PLAIN, "kind": word.value} for word in JobKind]
    rows += [{**_PLAIN, "state": "failed", "reason": word.value} for word in Reason]
    rows += [{**_PLAIN, "fetch_problem": word.value} for word in FetchProblem]
    rows += [{**_PLAIN, "card_kind": word.value} for word in CardKind]
    rows += [{**_PLAIN, "cancel_control": word.value} for word in CancelControl]
    rows += [{**_PLAIN, "owner": name} for name in ("one", "two", "two")]
    rows += [{**_PLAIN, "open": 0, "state": "delivered", "owner": "ended", "forget": 1}]
    rows += [_FULL]
    rows += [{**_PLAIN, "state": "dreaming"}, {**_PLAIN, "body": "{"}]  # unreadable ones
    return [{"id": number, **row} for number, row in enumerate(rows, start=1)]


# Of an open job, of one that was charged, of one that was charged without a cost, and of one that was
# deleted; the ids are those of the rows above.
_OPEN, _CHARGED, _UNREPORTED, _DELETED = (
    1,
    next(row["id"] for row in _old_rows() if row.get("cost")),
    next(row["id"] for row in _old_rows() if row["state"] == "delivered"),
    999,
)
_OLD_LEDGER = (
    (_OPEN, str(TODAY), 400_000, 0, 7),
    (_CHARGED, "2026-01-02", 300_000, 1, None),
    (_UNREPORTED, "2026-01-02", 200_000, 1, None),
    (_DELETED, "2026-01-02", 100_000, 1, None),
)
# What of them is known besides: server, model, ending, and whether the API reported the cost.
_OF_ENTRIES = {
    _OPEN: (0, "vidu-q3", None, 0),
    _CHARGED: (2**63 - 1, "vidu-q3", "accepted", 1),
    _UNREPORTED: (0, "vidu-q3", "delivered", 0),
    _DELETED: (None, None, None, 0),
}


def _make_old(path: Path) -> None:
    """Make a database as the version before left it."""
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool)
    with engine.begin() as connection:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", "db:migrations")
        command.upgrade(config, "0001")
    with contextlib.closing(sqlite3.connect(path)) as database, database:
        for row in _old_rows():
            names, marks = ", ".join(row), ", ".join("?" * len(row))
            database.execute(
                f"insert into jobs ({names}) values ({marks})",  # noqa: S608 - names of columns
                tuple(row.values()),
            )
        for entry in _OLD_LEDGER:
            database.execute("insert into ledger values (?, ?, ?, ?, ?)", entry)
        database.execute("insert into drafts values (9, 10, 'token', 6, 7, 1.5, '{\"a\": 1}', 3)")
        database.execute("insert into facts values ('key', 'value')")


def _rows(path: Path, table: str) -> dict[object, dict[str, object]]:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        found = connection.execute(f"select * from {table}").fetchall()  # noqa: S608
    return {row[0]: dict(row) for row in found}


async def test_every_row_of_the_version_before_is_kept(tmp_path: Path) -> None:
    """Each value of each row is as it was; what is new has the value that changes nothing."""
    path = tmp_path / "bot.db"
    _make_old(path)
    tables = ("jobs", "ledger", "drafts", "facts", "acceptance")
    before = {table: _rows(path, table) for table in tables}
    async with open_database(f"sqlite:///{path}"):
        pass
    after = {table: _rows(path, table) for table in tables}
    for number, row in before["jobs"].items():
        row["version"] = row.pop("fence")
        del row["lease_until"]
        new = {"delivering_since": None, "delivery_failures": 0, "bad_files": 0, "inputs": "[]"}
        found = after["jobs"].pop(number)
        assert {name: found[name] for name in {*row, *new}} == {**row, **new}
        assert not any(value for name, value in found.items() if name not in {*row, *new})
    assert after.pop("jobs") == {}
    del before["jobs"]
    for number, row in before["ledger"].items():
        assert isinstance(number, int)
        names = ("guild_id", "model", "ending", "reported")
        row |= dict(zip(names, _OF_ENTRIES[number], strict=True))
    assert after == before


async def test_a_migrated_database_is_worked_on(tmp_path: Path) -> None:
    """Jobs of ended processes are taken over, drafts and sums are read, unreadable rows left alone."""
    path = tmp_path / "bot.db"
    _make_old(path)
    rows = _old_rows()
    unreadable = {rows[-1]["id"], rows[-2]["id"]}
    async with open_database(f"sqlite:///{path}") as store:
        claims, repository = Claims(store, "new"), JobRepository(store)
        ownership = await claims.ownership()
        assert {lease.owner for lease in ownership.others} == {"one", "two"}
        taken = await claims.claim(ownership.others)
        assert set(taken) == {row["id"] for row in rows if row["open"]}
        known = await claims.owned_among(taken)
        assert {job.id for job in known} == set(taken) - unreadable
        for job in known:
            assert job.version == rows[job.id - 1]["fence"] + 1
        every = await repository.get_all([row["id"] for row in rows])
        assert {job.state for job in every} == set(JobState)
        draft = await Drafts(store).get_draft(9)
        assert draft is not None
        assert (draft.request, draft.answered_by) == ({"a": 1}, 3)
        assert await Ledger(store).spent_on(TODAY) == Decimal("0.4")
