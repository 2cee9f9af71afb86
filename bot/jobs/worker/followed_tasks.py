"""Followed tasks: what the next reading of the task list is compared with, one small record a task.

A reading shows a hundred tasks a page, nearly all of them as they were. So the fields that an unchanged
task repeats are compared as the API wrote them; only an entry that differs is read into a `Task`.
"""

import bisect
import dataclasses
import math
import sys
from collections.abc import Container, Mapping, Sequence

from bot.jobs.lifecycle.task_reports import late_at
from bot.jobs.lifecycle.transitions import advance
from bot.jobs.worker.poll_intervals import intervals
from bot.jobs.worker.task_events import task_seen
from bot.modelhunter import Task, TaskStatus, read_entry
from db.records import Job, JobState

NEVER = -math.inf  # when a task was looked at that was not yet

# The fields of an entry by which a task that goes on may change.
Signature = tuple[object, object, object]


@dataclasses.dataclass(slots=True, kw_only=True)
class FollowedTask:
    """Task that goes on, as it was seen last."""

    job_id: int
    started: float  # Unix seconds of our clock, from which its age counts
    late_at: float  # when its job becomes late; infinite if it is already
    looked_at: float = NEVER  # seconds of a monotonic clock
    created: float | None = None  # Unix seconds of the API's clock
    seen: Signature | None = None  # None: whatever the list shows is to be read
    handed_over: Signature | None = None  # what a step was given and has yet to store
    has_vanished: bool = False  # a reading did not show it, so that it is asked for alone

    def is_as_seen(self, entry: Mapping[str, object], now: float) -> bool:
        """Return whether *entry* of the list repeats what was seen last, so that it need not be read."""
        seen, get = self.seen, entry.get
        return (
            seen is not None
            and now < self.late_at
            and get("progress") == seen[1]
            and get("status") == seen[0]
            and get("estimated_seconds") == seen[2]
            and not (get("completed_at") or get("error") or get("result"))
        )


def is_followed_together(job: Job) -> bool:
    """Return whether a page of the list says enough of the job, as long as its task goes on.

    What is being cancelled, and a task of which no answer says how it is, have due times of their own.
    """
    return (
        job.state is JobState.FOLLOWING
        and job.task_id is not None
        and not job.is_cancelling
        and job.missing_since is None
    )


class FollowedTasks:
    """Tasks that are looked at together, by their ids."""

    def __init__(self) -> None:
        self._tasks: dict[str, FollowedTask] = {}
        self._task_ids: dict[int, str] = {}  # by job id

    def __len__(self) -> int:
        return len(self._tasks)

    def due(
        self, now: float, monotonic: float, *, floor: float, kept: Container[int]
    ) -> dict[str, FollowedTask]:
        """Return those of the tasks of *kept* jobs that are to be looked at by *monotonic*.

        *now* is in Unix seconds, and *floor* the shortest interval of those that are not young.
        """
        ages, latest = zip(
            *((until, monotonic - every) for until, every in intervals(floor)), strict=True
        )
        found: dict[str, FollowedTask] = {}
        for task_id, task in self._tasks.items():
            last = latest[bisect.bisect_right(ages, now - task.started)]
            if (task.looked_at <= last or now >= task.late_at) and task.job_id in kept:
                found[task_id] = task
        return found

    def look_through(
        self,
        entries: Sequence[Mapping[str, object]],
        now: float,
        looked_at: float,
        *,
        known: Container[int],
    ) -> tuple[Sequence[str], Sequence[tuple[FollowedTask, Mapping[str, object]]]]:
        """Take note of a page that was read at *looked_at* (monotonic seconds).

        Returns the ids of the tasks that it shows, and those entries that are not as they were, or
        whose job is none of *known*.
        """
        shown: list[str] = []
        changed: list[tuple[FollowedTask, Mapping[str, object]]] = []
        get = self._tasks.get
        for entry in entries:
            task_id = entry.get("id")
            task = get(task_id) if isinstance(task_id, str) else None
            if task is None or not isinstance(task_id, str):
                continue
            shown.append(task_id)
            if not task.is_as_seen(entry, now) or task.job_id not in known:
                changed.append((task, entry))
            elif task.looked_at < looked_at:
                task.looked_at = looked_at
        return shown, changed

    def put(self, job: Job, *, looked_at: float) -> FollowedTask:
        """Follow the task of *job*; what is known of one that is followed already is kept."""
        task_id = str(job.task_id)
        task = self._tasks.get(task_id)
        if task is None or task.job_id != job.id:
            self.drop(job.id)
            task = FollowedTask(job_id=job.id, started=0.0, late_at=math.inf)
            self._tasks[task_id] = task
            self._task_ids[job.id] = task_id
        task.started = job.created_at if job.submitted_at is None else job.submitted_at
        task.late_at = math.inf if job.late else late_at(job)
        task.looked_at = max(task.looked_at, looked_at)
        if task.handed_over is not None:
            task.seen, task.handed_over = task.handed_over, None
        return task

    def show_again(self, job_id: int) -> None:
        """Take what was seen last of the task for not seen, because it was not stored."""
        task = self._tasks.get(self._task_ids.get(job_id, ""))
        if task is not None:
            task.seen = task.handed_over = None

    def drop(self, job_id: int) -> None:
        """Follow the task of the job no longer."""
        task_id = self._task_ids.pop(job_id, None)
        if task_id is not None:
            self._tasks.pop(task_id, None)

    def is_followed(self, job_id: int) -> bool:
        """Return whether the task of the job is among them."""
        return job_id in self._task_ids


def change_in(task: FollowedTask, entry: Mapping[str, object], job: Job, now: float) -> Task | None:
    """Return what *entry* of the list shows of *job* that is not stored yet; None if there is nothing.

    An end that the job has yet to reach is shown again by each reading.
    """
    if task.is_as_seen(entry, now):
        return None
    signature = signature_of(entry)
    listed = read_entry(entry)
    if listed is None:
        return None
    if task.created is None and listed.created_at is not None:
        task.created = listed.created_at.timestamp()
    if not says_enough(listed, job):
        task.seen = task.handed_over = None
        return listed
    if advance(job, task_seen(listed), now) == job:
        task.seen = signature
        return None
    task.handed_over = signature
    return listed


def says_enough(listed: Task, job: Job) -> bool:
    """Return whether the list says all that *job* needs of its own task.

    It does of a task that goes on. An end alone is not believed: the documented list shows no results.
    Where an entry comes with the result or the error, the task itself would answer with the same.
    """
    if not listed.may_be_for(str(job.id)) or not listed.is_understood:
        return False
    if listed.status is TaskStatus.SUCCEEDED:
        return bool(listed.result)
    if listed.status is TaskStatus.FAILED:
        return listed.error is not None
    return not listed.status.is_ending


def signature_of(entry: Mapping[str, object]) -> Signature | None:
    """Return the fields of a task that goes on; None if it shows an end, or may do."""
    if entry.get("error") or entry.get("result") or entry.get("completed_at"):
        return None
    status = entry.get("status")
    word = sys.intern(status) if type(status) is str else status
    return word, entry.get("progress"), entry.get("estimated_seconds")
