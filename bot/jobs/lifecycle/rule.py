"""Rule: a function that says what an event makes of a job. Pure."""

from collections.abc import Callable
from typing import Any

from db.copies import changed
from db.records import Job, JobState, Reason

Rule = Callable[[Job, Any, float], Job]


def end(job: Job, state: JobState, now: float, reason: Reason | None = None) -> Job:
    """Return *job* ended in *state*; a reason that it has stays, unless there is another."""
    return changed(job, state=state, reason=reason or job.reason, ended_at=now)
