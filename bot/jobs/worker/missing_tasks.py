"""Missing tasks: distinguishes a fault of one task from one that affects many.

A 404 for one running task says that the API does not know it any more, and after a day of nothing
else its job is lost. 404 for many at once is more likely the operator's fault: a key or an address of
another account. Then no job ends for a week, and `/readyz` says what to check.

The same holds for questions that fail in another way: for one task, a day of that is its end; for
many, or while the API can't be reached or refuses the key, it proves nothing of a single task.

Many are not those of one requester alone: where the API knows the tasks of others all the while, it
has forgotten that requester's, and neither the operator nor the other jobs are concerned.
"""

import dataclasses
import logging
import math
from collections.abc import Callable

from bot.jobs.lifecycle.unclear import GONE_AFTER
from bot.monitoring.api_gate import ACCOUNT, REACH
from bot.monitoring.health import Health
from db.records import Job

log = logging.getLogger(__name__)

# The name under which the problem is reported.
MISSING = "modelhunter tasks"
# From this many on, the fault is not the tasks'.
_MANY = 5
# Seconds. Such a job is asked about every ten minutes at least, so an older failure was not repeated.
_RECENT = 30 * 60.0

_SENTENCE = (
    "ModelHunter does not know many of the running tasks (404): check whether MODELHUNTER_URL and "
    "MODELHUNTER_KEY belong to the account that made them."
)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Missing:
    """The last failure for a job, and whether it followed a recent one."""

    user_id: int
    since: float  # Unix seconds, of the first of those in a row
    at: float  # Unix seconds
    is_repeated: bool
    is_known: bool  # False: 404


class MissingTasks:
    """Record of the jobs about whose tasks the API last answered nothing of use."""

    def __init__(self, health: Health, clock: Callable[[], float]) -> None:
        self._health = health
        self._clock = clock
        self._missing: dict[int, _Missing] = {}  # by job id
        self._known_at = -math.inf  # when the API last knew a task

    def add(self, job: Job, *, is_known: bool = False) -> None:
        """Record a 404 for the task of *job*, or with *is_known* another failure."""
        now = self._clock()
        before = self._missing.get(job.id)
        is_repeated = before is not None and now - before.at < _RECENT
        self._missing[job.id] = _Missing(
            user_id=job.user_id,
            since=before.since if before is not None and is_repeated else now,
            at=now,
            is_repeated=is_repeated,
            is_known=is_known,
        )
        self._report()

    def discard(self, job_id: int) -> None:
        """Record that the API knows the task of the job."""
        self.note_known()
        if self._missing:
            self._missing.pop(job_id, None)
            self._report()

    def note_known(self) -> None:
        """Record that the API knows a task of one of the jobs."""
        self._known_at = self._clock()

    def may_be_a_fault(self, job: Job) -> bool:
        """Return whether the failure that was just added for *job* must not count against it.

        It does not while many are missing, nor when it is the first after a pause: others may
        follow. The very first failure of a job ends nothing, so it counts.
        """
        if job.missing_since is None:
            return False
        last = self._missing[job.id]
        if not last.is_repeated:
            return True
        is_mendable = self._clock() - job.missing_since < GONE_AFTER
        return is_mendable and self._affects_many(last)

    def _affects_many(self, last: _Missing) -> bool:
        if not last.is_known:
            return self._health.problem(MISSING) is not None
        is_away = any(self._health.problem(name) is not None for name in (REACH, ACCOUNT))
        return is_away or self._are_many(is_known=True)

    def _are_many(self, *, is_known: bool) -> bool:
        alike = [each for each in self._missing.values() if each.is_known is is_known]
        if len(alike) < _MANY:
            return False
        if len({each.user_id for each in alike}) > 1:
            return True
        return self._known_at <= max(each.since for each in alike)

    def _report(self) -> None:
        now = self._clock()
        self._missing = {job: it for job, it in self._missing.items() if now - it.at < _RECENT}
        if not self._are_many(is_known=False):
            self._health.clear(MISSING)
        elif self._health.problem(MISSING) is None:
            log.error("%s", _SENTENCE)
            self._health.report(MISSING, _SENTENCE)
