"""Missing tasks: distinguishes a task that the API has forgotten from a fault that affects many.

A 404 for one running task says that the API does not know it any more, and after a day of nothing
else its job is lost. 404 for many at once is more likely the operator's fault: a key or an address of
another account. Then no job ends for a week, and `/readyz` says what to check.
"""

import dataclasses
import logging
from collections.abc import Callable

from bot.monitoring.health import Health
from db.records import Job

log = logging.getLogger(__name__)

# The name under which the problem is reported.
MISSING = "modelhunter tasks"
# From this many on, the fault is not the tasks'.
_MANY = 5
# Seconds. A job is asked about once a minute at least, so a 404 that is older was not repeated.
_RECENT = 5 * 60.0
# Seconds after which a fault that the operator did not mend is none: the tasks are really gone.
_GONE_AFTER = 7 * 24 * 60 * 60.0

_SENTENCE = (
    "ModelHunter does not know many of the running tasks (404): check whether MODELHUNTER_URL and "
    "MODELHUNTER_KEY belong to the account that made them."
)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Missing:
    """The last 404 for a job, and whether it followed a recent one."""

    at: float  # Unix seconds
    is_repeated: bool


class MissingTasks:
    """Record of the jobs for which the API last answered 404."""

    def __init__(self, health: Health, clock: Callable[[], float]) -> None:
        self._health = health
        self._clock = clock
        self._missing: dict[int, _Missing] = {}  # by job id

    def add(self, job: Job) -> None:
        """Record a 404 for the task of *job*."""
        now = self._clock()
        before = self._missing.get(job.id)
        is_repeated = before is not None and now - before.at < _RECENT
        self._missing[job.id] = _Missing(at=now, is_repeated=is_repeated)
        self._report()

    def discard(self, job_id: int) -> None:
        """Record that the API knows the task of the job, or that it does not matter any more."""
        if self._missing.pop(job_id, None) is not None:
            self._report()

    def may_be_a_fault(self, job: Job) -> bool:
        """Return whether the 404 that was just added for *job* must not count against it.

        It does not while many are missing, nor when it is the first after a pause: others may
        follow. The very first 404 of a job ends nothing, so it counts.
        """
        if job.missing_since is None:
            return False
        if not self._missing[job.id].is_repeated:
            return True
        is_mendable = self._clock() - job.missing_since < _GONE_AFTER
        return is_mendable and self._health.problem(MISSING) is not None

    def _report(self) -> None:
        now = self._clock()
        recent = {job: each for job, each in self._missing.items() if now - each.at < _RECENT}
        self._missing = recent
        if len(recent) < _MANY:
            self._health.clear(MISSING)
        elif self._health.problem(MISSING) is None:
            log.error("%s", _SENTENCE)
            self._health.report(MISSING, _SENTENCE)
