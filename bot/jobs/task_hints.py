"""Task hints: what webhooks lead to, which is one look at a job, soon.

A webhook is a hint that a task may have ended. It makes the job due now, and the step that follows
asks the API, as each poll does. So doubles, replays, lies and events in the wrong order change
nothing. What they cost is bounded in this module alone:

- one look a job and second (`_LOOK_INTERVAL`; a job without a task id is searched for in the list,
  which is longer, so that its interval is too, and grows with each search until the id is known),
- nothing for a task that is not awaited: this process has its jobs in memory, by id and by task, and
  a hint about another one is passed on at most (`bot.jobs.hints_elsewhere`).

A hint that comes sooner than its interval allows is not dropped: it may be the true one after a lie.
The job is looked at when the interval has passed.
"""

import dataclasses
import math
from collections.abc import Callable
from typing import Protocol

from bot.jobs.due_times import DueTimes
from bot.jobs.owned_jobs import OwnedJobs
from bot.jobs.webhook_liveness import WebhookLiveness
from db.records import AWAITING_STATES, Job

# Seconds between two looks that hints lead to.
_LOOK_INTERVAL = 1.0
_SEARCH_INTERVAL = 10.0  # after the first search, and twice as long after each further one
_LONGEST_SEARCH_INTERVAL = 10 * 60.0
# Seconds before a look for which a hint counts as its announcement.
_ANNOUNCES_FOR = 30.0
# The endings that the API has an event for, in its words.
_ANNOUNCED_STATUSES = frozenset({"succeeded", "failed"})


class HintListener(Protocol):
    """What hints about other jobs than this process's are passed on to."""

    def hinted(self, *, job_id: int | None, task_id: str | None) -> None:
        """Take note of a hint about a job that is not awaited by this process."""


@dataclasses.dataclass(slots=True)
class _Hinted:
    """What hints about a job have led to, in monotonic seconds."""

    look_at: float = -math.inf  # the last look that a hint led to, or the next
    hinted_at: float = -math.inf
    searches: int = 0  # that hints have led to


class TaskHints:
    """Hints about tasks: which jobs they are about, and how often each is looked at for them."""

    def __init__(
        self,
        owned: OwnedJobs,
        due_times: DueTimes,
        liveness: WebhookLiveness,
        elsewhere: HintListener,
        *,
        monotonic: Callable[[], float],
    ) -> None:
        self._owned = owned
        self._due_times = due_times
        self._liveness = liveness
        self._elsewhere = elsewhere
        self._monotonic = monotonic
        self._hinted: dict[int, _Hinted] = {}

    def __len__(self) -> int:
        """Return how many jobs with hints are remembered."""
        return len(self._hinted)

    def hint_task(self, task_id: str, job_id: int | None = None) -> None:
        """Take a hint about a task, which says perhaps for which job it was made.

        The latter helps while the job's own POST is not answered yet.
        """
        job = self._owned.of_task(task_id)
        if job is None and job_id is not None:
            marked = self._owned.get(job_id)
            job = marked if marked is not None and marked.task_id is None else None
        self._take(job, job_id, task_id)

    def hint_job(self, job_id: int) -> None:
        """Take a hint about a job."""
        self._take(self._owned.get(job_id), job_id, None)

    def is_announced(self, job_id: int) -> bool:
        """Return whether a webhook has just been about the job, so that its requester waits.

        That says in which line a question is, and how soon there is another one: the webhook may be
        ahead of what the API answers. It says nothing of the answer.
        """
        hinted = self._hinted.get(job_id)
        return hinted is not None and self._is_new(hinted)

    def job_changed(self, before: Job, after: Job) -> None:
        """Note that a job was saved, and whether a hint had announced that its task has ended."""
        if before.state not in AWAITING_STATES or after.state in AWAITING_STATES:
            return
        hinted = self._hinted.pop(before.id, None)
        if after.owner == self._owned.owner and after.status in _ANNOUNCED_STATUSES:
            is_announced = hinted is not None and self._is_new(hinted)
            self._liveness.task_ended(after.id, after.task_id, is_announced=is_announced)

    def _is_new(self, hinted: _Hinted) -> bool:
        return self._monotonic() - hinted.hinted_at <= _ANNOUNCES_FOR

    def _take(self, job: Job | None, job_id: int | None, task_id: str | None) -> None:
        if job is None:
            self._elsewhere.hinted(job_id=job_id, task_id=task_id)
        if job is None or job.state not in AWAITING_STATES:
            self._liveness.webhook_came(job_id=job_id, task_id=task_id)
            return
        now, hinted = self._monotonic(), self._hinted.setdefault(job.id, _Hinted())
        hinted.hinted_at = now
        if hinted.searches and job.task_id is not None:
            hinted.look_at, hinted.searches = -math.inf, 0  # it was found: no search is to come
        if now >= hinted.look_at:  # else a look is to come, and will see what this one is about
            hinted.look_at = max(now, hinted.look_at + _interval(job, hinted.searches))
            hinted.searches += job.task_id is None
            self._due_times.wake_by(job.id, hinted.look_at)
        self._drop_lost()

    def _drop_lost(self) -> None:
        """Forget the jobs that other processes took over."""
        if len(self._hinted) > len(self._owned):
            known = {job.id for job in self._owned}
            self._hinted = {key: value for key, value in self._hinted.items() if key in known}


def _interval(job: Job, searches: int) -> float:
    """Return the seconds from one look that hints led to, after so many *searches*, to the next."""
    if job.task_id is not None:
        return _LOOK_INTERVAL
    return min(_SEARCH_INTERVAL * 2.0 ** min(max(0, searches - 1), 10), _LONGEST_SEARCH_INTERVAL)
