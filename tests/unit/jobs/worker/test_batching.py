"""What the next step of a job needs of the API."""

import dataclasses

import pytest

from bot.jobs.worker.batching import asks_api, is_listed, plan_batch
from db.records import Job, JobState
from tests.unit.jobs.builders import FINAL, MINUTE, NOW, REQUESTER, a_job


def requested(state: JobState) -> Job:
    """Return a job whose cancel was requested."""
    return a_job(state, cancel_wanted_by=REQUESTER)


ALONE = {
    **{str(state): a_job(state) for state in FINAL},
    "a request before the POST": requested(JobState.ACCEPTED),
    "a card that is looked for": a_job(message_id=None),
}


@pytest.mark.parametrize("job", ALONE.values(), ids=ALONE)
def test_jobs_that_need_discord_alone(job: Job) -> None:
    """An ending, the cancel of what was never sent and the search for a card need no API."""
    assert not asks_api(job)
    assert not is_listed(job, NOW)


@pytest.mark.parametrize("state", [state for state in JobState if not state.is_final])
def test_jobs_that_need_the_api(state: JobState) -> None:
    """A POST, a question, a search and a delivery need it; so does a cancel of what was sent."""
    assert asks_api(a_job(state))
    assert asks_api(requested(state)) is (state is not JobState.ACCEPTED)


def test_jobs_that_a_task_list_may_answer() -> None:
    """A young task that is followed and not being cancelled is in the list, and no other."""
    followed = a_job(JobState.FOLLOWING)
    assert is_listed(followed, NOW + 14 * MINUTE)
    assert not is_listed(followed, NOW + 15 * MINUTE)
    assert not is_listed(requested(JobState.FOLLOWING), NOW)
    others = set(JobState) - {JobState.FOLLOWING}
    assert not any(is_listed(a_job(state), NOW) for state in others)


def test_the_batch_plan_of_many_jobs() -> None:
    """Of jobs that are due together each is sorted by its own state."""
    states = [JobState.ACCEPTED, JobState.FOLLOWING, JobState.FAILED]
    jobs = [dataclasses.replace(a_job(state), id=number) for number, state in enumerate(states)]
    plan = plan_batch(jobs, NOW)
    assert (sorted(plan.api), sorted(plan.listed)) == ([0, 1], [1])
