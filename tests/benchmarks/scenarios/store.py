"""Store: the repository's calls beside the same statements through bare `aiosqlite`."""

import dataclasses
import statistics
import tempfile
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import aiosqlite

from db.engines.engine import open_database
from db.records import Job
from db.repositories.jobs import JobRepository
from tests.benchmarks.rows import Goal, Row
from tests.integration.db.repositories.builders import NOON, PLENTY, a_job

_WARM_UP, _CALLS = 50, 400
_FIELDS = tuple(field.name for field in dataclasses.fields(Job))
_Call = Callable[[int], Awaitable[object]]


class BareStore:
    """The same statements, written by hand and sent one by one through `aiosqlite`."""

    def __init__(self, database: aiosqlite.Connection, columns: tuple[str, ...]) -> None:
        self._database = database
        self._columns = columns

    async def read(self, job_id: int) -> Job:
        """Read a row into a record, its values as they are."""
        query = "select * from jobs where id = ?"
        (row,) = await self._database.execute_fetchall(query, (job_id,))
        values = dict(zip(self._columns, row, strict=True))
        return Job(**{name: values[name] for name in _FIELDS if name in values})

    async def save(self, job_id: int) -> None:
        """Write one conditional change."""
        await self._database.execute_fetchall(
            "update jobs set progress = ?, shown_at = ? where id = ? and state = ? returning id",
            (job_id % 100, NOON, job_id, "accepted"),
        )

    async def accept(self, job_id: int, template: tuple[object, ...]) -> None:
        """Check the limits, write the job, and reserve its price."""
        run = self._database.execute_fetchall
        await run("begin immediate")
        await run("select id from acceptance")
        await run("select 1 from ledger where job_id = ? limit 1", (job_id,))
        await run("select count(*) from jobs where user_id = ? and open", (job_id,))
        await run("select sum(amount) from ledger where day = ?", ("2026-09-21",))
        own = (job_id, *template[1:])
        marks = ", ".join("?" * len(own))
        await run(f"insert into jobs values ({marks})", own)  # noqa: S608 - marks alone
        await run(
            "insert into ledger (job_id, day, amount, settled) values (?, ?, ?, ?)",
            (job_id, "2026-09-21", 400_000, 0),
        )
        await run("commit")


@asynccontextmanager
async def _bare(path: Path) -> AsyncGenerator[aiosqlite.Connection]:
    async with aiosqlite.connect(path, isolation_level=None) as database:
        await database.execute_fetchall("pragma journal_mode = wal")
        await database.execute_fetchall("pragma synchronous = full")
        yield database


async def rows() -> list[Row]:
    """Measure both on databases of their own, in turns, so that a busy machine costs both."""
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        own, bare = Path(folder) / "own.db", Path(folder) / "bare.db"
        async with open_database(f"sqlite:///{bare}") as store:
            await _accept(JobRepository(store), 1)
        async with open_database(f"sqlite:///{own}") as store, _bare(bare) as database:
            found = await _compare(JobRepository(store, owner="one"), database)
    goal = Goal(text="1.5 x aiosqlite", is_met=lambda ours, bare: ours <= 1.5 * bare)
    return [
        Row(
            name=f"store: {name}",
            note="beside bare aiosqlite",
            unit="ms",
            goal=goal,
            naive=bare_ms,
            ours=own_ms,
        )
        for name, (bare_ms, own_ms) in found.items()
    ]


async def _compare(
    repository: JobRepository, database: aiosqlite.Connection
) -> Mapping[str, tuple[float, float]]:
    cursor = await database.execute("select * from jobs where id = 1")
    columns = tuple(str(column[0]) for column in cursor.description)
    template = tuple(await cursor.fetchone() or ())
    await database.execute("drop index if exists one_retry_of_a_job")
    bare = BareStore(database, columns)
    accepts = await _in_turns(
        lambda number: bare.accept(1_000 + number, template),
        lambda number: _accept(repository, 1_000 + number),
    )
    reads = await _in_turns(
        lambda number: bare.read(1_000 + number), lambda number: repository.get(1_000 + number)
    )
    jobs = [job for job in [await repository.get(1_000 + n) for n in range(_CALLS)] if job]
    # What a job becomes is decided by the caller, whatever it is stored with.
    changed = [
        dataclasses.replace(job, progress=number % 100, shown_at=NOON)
        for number, job in enumerate(jobs)
    ]
    saves = await _in_turns(
        lambda number: bare.save(1_000 + number),
        lambda number: repository.save(jobs[number], changed[number]),
    )
    return {"read": reads, "save": saves, "accept": accepts}


def _accept(repository: JobRepository, job_id: int) -> Awaitable[Job]:
    return repository.accept(a_job(job_id, user_id=job_id), PLENTY, owner="one")


async def _in_turns(bare: _Call, ours: _Call) -> tuple[float, float]:
    """Return the median milliseconds of a call of each, one after the other."""
    times: tuple[list[float], list[float]] = ([], [])
    for number in range(_CALLS):
        for call, taken in zip((bare, ours), times, strict=True):
            begun = time.perf_counter()
            await call(number)
            taken.append(time.perf_counter() - begun)
    first, second = (statistics.median(taken[_WARM_UP:]) * 1000 for taken in times)
    return first, second
