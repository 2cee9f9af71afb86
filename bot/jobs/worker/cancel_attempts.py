"""Cancel attempts: when the DELETE of a cancel that is wanted is sent, and sent again.

The API answers that it cancels, and may carry that out minutes later: one DELETE is enough, and the
GET of each step says what became of it. It is repeated twice, in case the first one was forgotten.
One that failed is repeated for as long as the job goes on, less and less often; while the GETs fail
too, with each step, whose own pauses grow, so that it is carried out as soon as the API answers.
"""

import dataclasses
from collections.abc import Callable

from db.records import Job

# Seconds after a DELETE that was accepted until the next one; there are no more than these.
_AFTER_ACCEPTED = (60.0, 10 * 60.0)
# Seconds after one that failed; each is followed by the next, and the last by itself.
_AFTER_FAILED = (5.0, 15.0, 60.0, 5 * 60.0, 10 * 60.0)


@dataclasses.dataclass(frozen=True, slots=True)
class _Attempts:
    count: int
    last: float  # Unix seconds


class CancelAttempts:
    """Record of the DELETEs that this process has sent, by job."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._attempts: dict[int, _Attempts] = {}

    def is_due(self, job: Job) -> bool:
        """Return whether a DELETE is to be sent for *job* now."""
        made = self._attempts.get(job.id)
        if made is None:
            return job.is_cancelling
        if job.missing_since is not None and not job.cancel_taken:
            return job.is_cancelling
        pause = pause_after(made.count, is_accepted=job.cancel_taken)
        return job.is_cancelling and pause is not None and self._clock() - made.last >= pause

    def add(self, job_id: int) -> None:
        """Record that a DELETE is sent."""
        made = self._attempts.get(job_id)
        self._attempts[job_id] = _Attempts(1 if made is None else made.count + 1, self._clock())

    def discard(self, job_id: int) -> None:
        """Forget a job that has ended."""
        self._attempts.pop(job_id, None)


def pause_after(count: int, *, is_accepted: bool) -> float | None:
    """Return the seconds from the last of *count* DELETEs to the next; None if there is none."""
    if is_accepted:
        return _AFTER_ACCEPTED[count - 1] if count <= len(_AFTER_ACCEPTED) else None
    return _AFTER_FAILED[min(count, len(_AFTER_FAILED)) - 1]
