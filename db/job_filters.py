"""Job filters: which jobs of a requester are listed."""

import dataclasses
import enum
from collections.abc import Mapping

from db.records import JobKind, JobState


class JobGroup(enum.StrEnum):
    """States that a list shows together; the order is part of custom_ids, so it never changes."""

    RUNNING = "running"
    DONE = "done"
    WITHOUT_RESULT = "without_result"


GROUPS: Mapping[JobGroup, frozenset[JobState]] = {
    JobGroup.RUNNING: frozenset(state for state in JobState if not state.is_final),
    JobGroup.DONE: frozenset({JobState.DELIVERED, JobState.LINKED}),
    JobGroup.WITHOUT_RESULT: frozenset(
        {JobState.FAILED, JobState.REFUSED, JobState.CANCELLED, JobState.LOST}
    ),
}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class JobFilter:
    """What a listed job must be; None is anything."""

    kind: JobKind | None = None
    group: JobGroup | None = None


ANY_JOB = JobFilter()
