"""Jobs of the naive bot: one table, written and read in the event loop."""

import dataclasses
import sqlite3
from pathlib import Path

_TABLE = """
create table if not exists jobs (
    id integer primary key, token text, channel_id integer, message_id integer, prompt text,
    task_id text, status text not null, created_at real not null
)
"""


@dataclasses.dataclass(slots=True)
class NaiveJob:
    """One use of `/video`."""

    id: int
    token: str
    channel_id: int
    message_id: int
    prompt: str
    task_id: str
    status: str
    created_at: float


class NaiveJobs:
    """The table of jobs."""

    def __init__(self, path: Path) -> None:
        self._database = sqlite3.connect(path)
        self._database.execute(_TABLE)

    def add(self, *jobs: NaiveJob) -> None:
        """Write new jobs."""
        rows = [dataclasses.astuple(job) for job in jobs]
        self._database.executemany("insert into jobs values (?, ?, ?, ?, ?, ?, ?, ?)", rows)
        self._database.commit()

    def save(self, job: NaiveJob) -> None:
        """Write what has changed of a job."""
        self._database.execute(
            "update jobs set status = ?, task_id = ?, message_id = ? where id = ?",
            (job.status, job.task_id, job.message_id, job.id),
        )
        self._database.commit()

    def unfinished(self) -> list[NaiveJob]:
        """Return the jobs that were open when the bot was stopped."""
        found = self._database.execute(
            "select * from jobs where status not in ('succeeded', 'failed', 'cancelled')"
        )
        return [NaiveJob(*row) for row in found]
