"""Know when the API has forgotten so many tasks that the fault is not theirs."""

import logging
from collections.abc import Callable

from bot.monitoring.health import Health
from db.records import Job

log = logging.getLogger(__name__)

# The name under which the problem is reported.
MISSING = "modelhunter tasks"
_MANY = 5
# A job is asked about once a minute at least, so who said nothing for longer is no longer missing.
_FRESH = 5 * 60.0
# Nobody did anything about it for this long: then the tasks are really gone.
_GONE_AFTER = 7 * 24 * 60 * 60.0

_SENTENCE = (
    "ModelHunter does not know many of the running tasks (404): check whether MODELHUNTER_URL and "
    "MODELHUNTER_KEY belong to the account that made them."
)


class MissingTasks:
    """Remember for which jobs the API last answered 404."""

    def __init__(self, health: Health, clock: Callable[[], float]) -> None:
        self._health = health
        self._clock = clock
        self._missing: dict[int, float] = {}  # job id to the time of its last 404

    def is_widespread(self, job: Job) -> bool:
        """Note a 404 for *job*, and return whether the job must not end for it.

        Neither for one of many, nor for the first after a while: the others may follow.
        """
        now = self._clock()
        is_first = now - self._missing.get(job.id, 0.0) >= _FRESH
        self._missing[job.id] = now
        self._judge()
        if job.missing_since is None:
            return False
        is_recent = now - job.missing_since < _GONE_AFTER
        return is_first or (is_recent and self._health.problem(MISSING) is not None)

    def discard(self, job_id: int) -> None:
        """Note that the task of the job is known, or of no interest any more."""
        if self._missing.pop(job_id, None) is not None:
            self._judge()

    def _judge(self) -> None:
        now = self._clock()
        self._missing = {job: at for job, at in self._missing.items() if now - at < _FRESH}
        if len(self._missing) < _MANY:
            self._health.clear(MISSING)
        elif self._health.problem(MISSING) is None:
            log.error("%s", _SENTENCE)
            self._health.report(MISSING, _SENTENCE)
