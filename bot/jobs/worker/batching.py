"""Batching: what the next steps of jobs that are due together need of the API. Pure."""

import dataclasses
from collections.abc import Iterable

from db.records import Job, JobState

# Seconds. Tasks older than this would make the list that is read long.
_LISTED_UNTIL_AGE = 15 * 60.0


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class BatchPlan:
    """Ids of jobs that are due together."""

    api: frozenset[int]  # their next step asks the API
    listed: frozenset[int]  # a page of the task list may answer for them


def plan_batch(jobs: Iterable[Job], now: float) -> BatchPlan:
    """Return which of the jobs need what."""
    jobs = tuple(jobs)
    return BatchPlan(
        api=frozenset(job.id for job in jobs if asks_api(job)),
        listed=frozenset(job.id for job in jobs if is_listed(job, now)),
    )


def asks_api(job: Job) -> bool:
    """Return whether the next step asks the API; the others concern Discord alone."""
    if job.state is JobState.ACCEPTED:
        return job.message_id is not None and job.cancel_wanted_by is None
    return not job.state.is_final


def is_listed(job: Job, now: float) -> bool:
    """Return whether a page of the youngest tasks says enough of the job."""
    age = now - (job.submitted_at or job.created_at)
    return job.state is JobState.FOLLOWING and not job.is_cancelling and age < _LISTED_UNTIL_AGE
