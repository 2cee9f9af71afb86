"""`usage` reads the database of a bot that runs, and changes nothing of it."""

import asyncio
import csv
import io
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from sandbox.modelhunter import Script
from tests.end_to_end.commands import run_command
from tests.end_to_end.world import World


async def usage(world: World, *more: str, **settings: str) -> tuple[int, str, str]:
    """Run the command; return its exit code, its output and what it wrote to standard error."""
    return await run_command(world, "usage", *more, **settings)


async def test_the_usage_of_a_running_bot(world: World, tmp_path: Path) -> None:
    """What was charged and what is reserved is beside the balance that the API reports."""
    world.api.scripts.next(Script.quick(), Script.endless())
    async with world.bot():
        await world.until_done(await world.ask("image"))
        await world.until_following(await world.ask("image"))
        before = _rows(world)
        code, said, errors = await usage(world, "--by", "model")
        assert (code, errors) == (0, "")
        assert "The ledger: $0.0400 charged" in said
        assert "2 jobs: 1 delivered, 1 not ended" in said
        assert f"ModelHunter: a balance of ${world.api.balance:.2f} now" in said
        assert world.api.key not in said
        code, said, errors = await usage(world, "--csv", "-", "--range", "today")
        rows = list(csv.DictReader(io.StringIO(said, newline="")))
        assert (code, errors, len(rows)) == (0, "", 2)
        assert {row["user_id"] for row in rows} == {str(world.robin.id)}
        target = tmp_path / "usage.csv"
        assert (await usage(world, "--csv", str(target)))[0] == 0
        assert target.read_bytes().decode() == said
        assert stat.S_IMODE(target.stat().st_mode) == 0o600
        code, _, errors = await usage(world, "--csv", str(target))
        assert (code, errors) == (2, f"{target} is there already: name a new file.\n")
        assert _rows(world) == before


async def test_usage_of_a_bot_that_does_not_run(world: World) -> None:
    """The database alone is enough; what the API could say is left out, and why is said."""
    async with world.bot():
        world.api.scripts.next(Script.quick())
        await world.until_done(await world.ask("image"))
    code, said, errors = await usage(world, MODELHUNTER_KEY="")
    assert code == 0
    assert "1 job: 1 delivered" in said
    assert "ModelHunter:" not in said
    assert "MODELHUNTER_KEY is missing" in errors
    world.api.faults.add("GET", "/balance", status=503)
    code, said, errors = await usage(world)
    assert (code, errors) == (0, "")
    assert "ModelHunter: no answer now" in said
    code, said, _ = await usage(world, "--offline", "--server", "1", "--month", "2026-01")
    assert code == 0
    assert said.splitlines() == [
        "2026-01-01 to 2026-01-31 (UTC), server 1",
        "The ledger: $0.00 charged, $0.00 reserved",
        "  0 jobs",
    ]


@pytest.mark.parametrize(
    ("arguments", "settings", "code", "words"),
    [
        ((), {"DATABASE_URL": "sqlite:///none.db"}, 2, "There is no database at none.db"),
        (("--csv", "no/such/folder.csv"), {}, 1, "The CSV can't be written"),
    ],
)
async def test_usage_that_can_not_be_read_or_written(
    world: World,
    arguments: tuple[str, ...],
    settings: dict[str, str],
    code: int,
    words: str,
) -> None:
    """Each mistake is one sentence, and makes no file."""
    async with world.bot():
        pass
    found, said, errors = await usage(world, *arguments, **settings)
    assert (found, said, errors.count("\n")) == (code, "", 1)
    assert words in errors
    assert "none.db" not in {path.name for path in await asyncio.to_thread(_files, world)}


def _files(world: World) -> list[Path]:
    return list(world.log.parent.iterdir())


def _rows(world: World) -> list[tuple[object, ...]]:
    path = world.database_path
    with closing(sqlite3.connect(path)) as database:
        return database.execute("select * from ledger order by job_id").fetchall()
