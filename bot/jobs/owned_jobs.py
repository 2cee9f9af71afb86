"""Owned jobs: the records of this process's jobs, as they were read or written last.

The process that owns a job is the one that works on it, so it need not read the row before each step:
it knows the record. What keeps that true:

- What the job repository reads or writes passes through `note`, as do claimed rows and those that
  another process has woken. The one with the highest version stays.
- A write names the record that it was decided on. One that finds that another step was faster writes
  nothing (`StaleJob`); the repository has the record forgotten, and the next look reads the row.
- A read that was under way may bring such a record back, or that of a job which was closed or withdrawn
  by then. So the version that is over stays known for a while, and what is no newer is not noted.
- What another process stores in a row of this one marks the row woken, and it is read again within a
  second (`bot.jobs.leases`).

So a record may be a second or so behind its row, and what was decided on it is written only if it
still holds (`db.repositories.saving`). What can't be taken back is not decided on it:
`JobRecorder.read_current` reads the row.
"""

from collections.abc import Collection, Iterable, Iterator

from db.copies import changed
from db.records import Job

# Jobs that were forgotten last; far more than there are reads under way.
_FORGOTTEN = 1024


class OwnedJobs:
    """Records of the open jobs of one process, the *owner*, by id and by task."""

    def __init__(self, owner: str) -> None:
        self.owner = owner
        self._jobs: dict[int, Job] = {}
        self._by_task: dict[str, int] = {}
        # The last version of each forgotten job that is not its row's any more, the oldest first.
        self._over: dict[int, int] = {}

    def __len__(self) -> int:
        return len(self._jobs)

    def __iter__(self) -> Iterator[Job]:
        return iter(tuple(self._jobs.values()))

    def __repr__(self) -> str:
        return f"<OwnedJobs {len(self._jobs)} of {self.owner}>"

    @property
    def ids(self) -> Collection[int]:
        """The jobs whose records are known, as they are now and become."""
        return self._jobs.keys()

    def get(self, job_id: int) -> Job | None:
        """Return the record of the job; None if it is not known, which says nothing of the row."""
        return self._jobs.get(job_id)

    def of_task(self, task_id: str) -> Job | None:
        """Return the record of the job whose task this is, if it is known."""
        job_id = self._by_task.get(task_id)
        return None if job_id is None else self._jobs.get(job_id)

    def note(self, job: Job) -> None:
        """Take note of a record that was read or written; others' and closed ones are dropped.

        An older one than is known is left alone: it was read before the last write.
        """
        known = self._jobs.get(job.id)
        if known is not None and known.version > job.version:
            return
        if job.owner != self.owner or not job.open:
            self.forget(job.id, job.version)
            return
        if job.version <= self._over.get(job.id, -1):
            return
        if known is not None and known.task_id not in (None, job.task_id):
            self._by_task.pop(str(known.task_id), None)
        self._jobs[job.id] = job
        if job.task_id is not None:
            self._by_task[job.task_id] = job.id

    def note_all(self, jobs: Iterable[Job]) -> None:
        """Take note of many records."""
        for job in jobs:
            self.note(job)

    def token_cleared(self, job_id: int, version: int) -> None:
        """Take note that the interaction token was removed from the row, which has *version* since."""
        known = self._jobs.get(job_id)
        if known is not None and known.version == version - 1:
            self.note(changed(known, interaction_token=None, version=version))

    def forget(self, job_id: int, version: int = -1) -> None:
        """Drop the record of a job, so that the next look reads its row.

        Its row has another version than *version*, and than the record that was known.
        """
        known = self._jobs.get(job_id)
        if known is not None and known.version > version >= 0:
            return  # it was read or written since
        self._drop(job_id)
        over = max(version, -1 if known is None else known.version, self._over.pop(job_id, -1))
        self._over[job_id] = over
        if len(self._over) > _FORGOTTEN:
            del self._over[next(iter(self._over))]

    def _drop(self, job_id: int) -> None:
        job = self._jobs.pop(job_id, None)
        if job is not None and job.task_id is not None:
            self._by_task.pop(job.task_id, None)

    def forget_all(self) -> None:
        """Drop all records, as when other processes may have the jobs."""
        self._jobs.clear()
        self._by_task.clear()
