"""Seeding: databases that already hold many jobs, followed or finished, and the tasks of them.

The rows of our bot are copies of two that it has written itself, whatever columns there are: one of
a job that it follows, and one of a job that it has delivered.
"""

import asyncio
import contextlib
import dataclasses
import shutil
import sqlite3
import time
from pathlib import Path

from bot.catalogue import load_catalogue
from bot.discord.cards.card import card
from db.engines.engine import open_database
from db.records import Job
from db.repositories.jobs import JobRepository
from sandbox.modelhunter.records import TaskRecord
from sandbox.modelhunter.script import Script
from tests.benchmarks.bots import NAIVE, OURS, Bot
from tests.benchmarks.discord import payloads
from tests.benchmarks.naive.jobs import NaiveJob, NaiveJobs
from tests.benchmarks.scenarios.whole_jobs import PROMPT
from tests.benchmarks.world import World

# Seconds since the first of the jobs was sent; each is asked about every 5 s until 600.
AGE = 120.0
_APART = 0.002  # seconds between two tasks, so that a cursor of the task list skips none
_TIMES = frozenset({"created_at", "submitted_at", "shown_at"})
_WRITTEN_WITHIN = 30.0
_FINISHED_SINCE = 86_400.0  # seconds that finished jobs are older
_OPEN, _DONE = "following", "delivered"


@dataclasses.dataclass(frozen=True, slots=True)
class Templates:
    """A database of our bot with one followed and one delivered job, and the task of the first."""

    database: Path
    job: Job  # the followed one
    task: TaskRecord


async def write_templates(world: World) -> Templates:
    """Have our bot write the two rows, and keep the file."""
    database = world.folder / "templates.db"
    known = set(world.api.tasks)
    world.api.scripts.next(Script.quick(1.0), Script.endless())
    async with world.running(OURS, database):
        await asyncio.sleep(1.0)
        world.discord.use_video(PROMPT)
        await world.until(
            lambda: any(edit.has_file for edit in world.discord.rest.edits), _WRITTEN_WITHIN
        )
        world.discord.use_video(PROMPT)
        await world.until(lambda: len(world.api.tasks) == len(known) + 2, _WRITTEN_WITHIN)
        await asyncio.sleep(6.0)  # until the card shows that it runs, and the other is closed
    with contextlib.closing(sqlite3.connect(database)) as opened:
        opened.execute("pragma wal_checkpoint(truncate)")
        job_id = opened.execute("select id from jobs where state = ?", (_OPEN,)).fetchone()[0]
    async with open_database(f"sqlite:///{database}") as store:
        job = await JobRepository(store).get(job_id)
    assert job is not None
    with contextlib.closing(sqlite3.connect(database)) as opened:
        opened.execute("pragma wal_checkpoint(truncate)")
    return Templates(database, job, world.api.tasks[str(job.task_id)])


def seed(world: World, templates: Templates, bot: Bot, followed: int, finished: int = 0) -> Path:
    """Write a database with so many jobs and the API's tasks of them; return the file."""
    database = world.folder / f"seeded-{bot.name}-{followed}-{finished}.db"
    database.unlink(missing_ok=True)
    first = time.time() - AGE
    if bot.name == NAIVE.name:
        NaiveJobs(database).add(*(_naive_job(n, first) for n in range(followed)))
    else:
        shutil.copyfile(templates.database, database)
        _copy_rows(database, followed, finished, first)
        _note_shown(database, templates.job, followed, first)
    for number in range(followed):
        world.discord.rest.put_card(message_of(number), payloads.channel_id(number % 50))
        task_id, created_at = _task_id(number), round(first + number * _APART, 3)
        metadata = {"job_id": str(_job_id(number, first))}
        request = dataclasses.replace(templates.task.request, metadata=metadata)
        world.api.add(
            dataclasses.replace(templates.task, id=task_id, request=request, created_at=created_at)
        )
    return database


def task_ids(count: int) -> list[str]:
    """Return the ids of the tasks of seeded jobs."""
    return [_task_id(number) for number in range(count)]


def message_of(number: int) -> int:
    """Return the id of the card of a seeded job."""
    return payloads.user_id(10_000_000) + number


def _job_id(number: int, first: float) -> int:
    return payloads.snowflake(first, 0) + number


def _task_id(number: int) -> str:
    return f"task_{number:024x}"


def _naive_job(number: int, first: float) -> NaiveJob:
    return NaiveJob(
        id=_job_id(number, first),
        token="seeded",
        channel_id=int(payloads.channel_id(number % 50)),
        message_id=message_of(number),
        prompt=PROMPT,
        task_id=_task_id(number),
        status="running",
        created_at=first + number * _APART,
    )


def _copy_rows(database: Path, followed: int, finished: int, first: float) -> None:
    with contextlib.closing(sqlite3.connect(database)) as opened:
        opened.execute("pragma synchronous = off")
        columns = [str(row[1]) for row in opened.execute("pragma table_info(jobs)")]
        _copy(opened, columns, _OPEN, followed, first)
        if finished:
            _copy(opened, columns, _DONE, finished, first - _FINISHED_SINCE)
        opened.execute("delete from jobs where task_id not like 'task_0%' and state = ?", (_OPEN,))
        opened.commit()
        opened.execute("pragma wal_checkpoint(truncate)")


def _note_shown(database: Path, template: Job, followed: int, first: float) -> None:
    """Write what each card shows, which is what the bot has shown last."""
    label = load_catalogue().labels()[template.model]
    copies = (_copied_job(template, number, first) for number in range(followed))
    with contextlib.closing(sqlite3.connect(database)) as opened:
        opened.execute("pragma synchronous = off")
        opened.executemany(
            "update jobs set shown = ? where id = ?",
            ((card(job, label).digest, job.id) for job in copies),
        )
        opened.commit()
        opened.execute("pragma wal_checkpoint(truncate)")


def _copied_job(template: Job, number: int, first: float) -> Job:
    at = first + number * _APART
    user_id = payloads.user_id(number)
    return dataclasses.replace(
        template, id=_job_id(number, first), user_id=user_id, created_at=at, submitted_at=at
    )


def _copy(
    opened: sqlite3.Connection, columns: list[str], state: str, count: int, first: float
) -> None:
    """Insert *count* copies of the row in that state, each with ids and times of its own."""
    # Finished ones end at other ids, so that no two of the file are alike.
    offset = 0 if state == _OPEN else 1 << 40
    own = {
        "id": f"{payloads.snowflake(first, 0)} + n",
        "message_id": f"{message_of(0)} + {offset} + n",
        "task_id": f"'task_' || printf('%024x', {offset} + n)",
        "user_id": f"{payloads.user_id(0)} + n",
        "channel_id": f"{payloads.channel_id(0)} + n % 50",
        **dict.fromkeys(_TIMES, f"{first} + n * {_APART}"),
    }
    chosen = ", ".join(own.get(name, name) for name in columns)
    opened.execute(
        f"""
        with recursive numbers(n) as (
            select 0 union all select n + 1 from numbers where n + 1 < {count}
        )
        insert into jobs ({", ".join(columns)})
        select {chosen}
        from numbers, (select * from jobs where state = ? and task_id not like 'task_0000%' limit 1)
        """,  # noqa: S608 - numbers and names of columns alone
        (state,),
    )
