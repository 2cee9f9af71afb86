"""What each step waits for, and who shares its lane."""

import pytest

from bot.jobs.worker.step_lanes import StepKind, kind_of, sharer_of
from db.records import JobState
from tests.unit.jobs.builders import a_job


@pytest.mark.parametrize("state", JobState)
def test_what_each_step_waits_for(state: JobState) -> None:
    """Each state has its lane, shared by those who can hold one another up."""
    job = a_job(state, user_id=1, channel_id=2, model="m", task_id="t")
    kind = kind_of(job)
    assert (kind, sharer_of(job, kind)) == {
        JobState.ACCEPTED: (StepKind.CREATE, "m"),
        JobState.SUBMITTING: (StepKind.QUESTION, 1),
        JobState.FOLLOWING: (StepKind.QUESTION, 1),
        JobState.UNCERTAIN: (StepKind.QUESTION, 1),
        JobState.DELIVERING: (StepKind.DELIVERY, 1),
    }.get(state, (StepKind.CLOSING, 2))
    wanted = a_job(JobState.FOLLOWING, task_id="t", cancel_wanted_by=5)
    assert kind_of(wanted) is StepKind.CANCEL
