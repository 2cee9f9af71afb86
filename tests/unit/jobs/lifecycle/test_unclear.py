"""What becomes of a job while no answer says how its task is."""

import dataclasses
import random
from collections import Counter
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.jobs.lifecycle import events
from bot.jobs.lifecycle.events import Event
from bot.jobs.lifecycle.settlement import settlement
from bot.jobs.lifecycle.transitions import advance
from bot.jobs.lifecycle.unclear import CANCEL_ANSWER_AFTER, GONE_AFTER, LOST_AFTER
from bot.jobs.worker.poll_intervals import backoff, poll_delay, silence_delay
from db.records import UNCLEAR_AFTER, Job, JobState, Reason
from tests.unit.jobs.builders import (
    DAY,
    HOUR,
    MINUTE,
    NOW,
    STATUSES,
    WAITING,
    a_job,
    after,
    task_seen,
)

UNKNOWN = task_seen("unknown", is_understood=False)
CONTRADICTION = task_seen("running", is_understood=False, cost=Decimal(0))
FAILED_POLL = events.PollFailed()
MISSING = events.TaskMissing()
UNCLEAR: list[Event] = [UNKNOWN, CONTRADICTION, FAILED_POLL, MISSING]
NO_RESULT: list[Event] = [
    task_seen("succeeded"),
    task_seen("expired"),
    task_seen("running"),
    UNKNOWN,
    FAILED_POLL,
    MISSING,
]


def test_unclear_answers_are_marked_after_ten_minutes() -> None:
    """The card says after ten minutes that nothing is understood, and no percentage stays on it."""
    for event in UNCLEAR:
        job = after(a_job(JobState.FOLLOWING, progress=50.0, status="running"), (0, event))
        early = after(job, (UNCLEAR_AFTER - 1, event))
        assert (early.late, early.missing_since) == (False, NOW)
        late = after(early, (UNCLEAR_AFTER, event))
        assert (late.late, late.status, late.progress) == (True, "unknown", None)


@pytest.mark.parametrize("state", WAITING)
def test_a_found_task_that_is_not_understood_is_followed(state: JobState) -> None:
    """A search that found nothing before does not count against a task that was found."""
    found = after(a_job(state, missing_since=NOW), (DAY, UNKNOWN))
    assert found.state is JobState.FOLLOWING
    assert found.missing_since == (NOW if state is JobState.FOLLOWING else NOW + DAY)


def test_an_understood_answer_ends_the_silence() -> None:
    """The day begins anew after each answer that is understood."""
    job = after(a_job(JobState.FOLLOWING), (0, UNKNOWN), (DAY, task_seen("running")))
    assert (job.missing_since, job.status) == (None, "running")
    assert after(job, (DAY + 1, UNKNOWN), (2 * DAY, UNKNOWN)).state is JobState.FOLLOWING


@pytest.mark.parametrize(
    ("event", "reason"),
    [(UNKNOWN, Reason.UNCLEAR), (FAILED_POLL, Reason.UNCLEAR), (MISSING, Reason.UNKNOWN_TASK)],
)
def test_an_unclear_job_is_lost_after_a_day(event: Event, reason: Reason) -> None:
    """Its ending says why, and the reservation is kept as it may have been charged."""
    job = after(a_job(JobState.FOLLOWING), (0, event), (LOST_AFTER, event))
    assert job.state is JobState.FOLLOWING
    lost = after(job, (LOST_AFTER + 1, event))
    assert (lost.state, lost.reason) == (JobState.LOST, reason)
    assert settlement(lost) == lost.price_high


def test_a_fault_of_many_ends_no_job() -> None:
    """A failure that may affect many marks the job and does not end it."""
    general = events.PollFailed(may_end=False)
    job = after(a_job(JobState.FOLLOWING), (0, general), (GONE_AFTER, general))
    assert (job.state, job.late, job.missing_since) == (JobState.FOLLOWING, True, NOW)


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (task_seen("succeeded"), Reason.NO_RESULT),
        (task_seen("running"), Reason.NO_RESULT),
        (task_seen("expired"), Reason.EXPIRED),
        (MISSING, Reason.EXPIRED),
        (FAILED_POLL, Reason.UNCLEAR),
    ],
)
def test_a_success_without_a_result_is_lost_after_a_day(event: Event, reason: Reason) -> None:
    """What succeeded and shows nothing for a day is lost, with the reason."""
    job = after(a_job(JobState.DELIVERING), (0, event), (LOST_AFTER + 1, event))
    assert (job.state, job.reason) == (JobState.LOST, reason)
    assert settlement(job) == job.price_high


def test_a_result_that_was_seen_is_linked_when_the_api_does_not_answer() -> None:
    """There is a result: a day without an answer leaves the requester a link to it."""
    job = a_job(JobState.DELIVERING, result_count=1)
    assert after(job, (0, FAILED_POLL), (DAY + 1, FAILED_POLL)).state is JobState.LINKED


def test_a_success_may_turn_out_as_a_failure() -> None:
    """A task that succeeded without a result and then says that it failed has failed."""
    failed = task_seen("failed", error_message="no")
    job = after(a_job(JobState.DELIVERING), (0, task_seen("succeeded")), (9, failed))
    assert (job.state, job.error_message, settlement(job)) == (JobState.FAILED, "no", Decimal(0))
    kept = after(a_job(JobState.DELIVERING), (9, dataclasses.replace(failed, result_count=1)))
    assert kept.state is JobState.DELIVERING


@pytest.mark.parametrize("event", [UNKNOWN, FAILED_POLL])
def test_a_taken_cancel_ends_an_unclear_job(event: Event) -> None:
    """Once the API has taken a cancel there is nothing more to wait for but a minute."""
    wanted = {"cancel_wanted_by": 7, "cancel_wanted_at": NOW + HOUR, "cancel_taken": True}
    job = a_job(JobState.FOLLOWING, missing_since=NOW, **wanted)
    assert not after(job, (HOUR + CANCEL_ANSWER_AFTER - 1, event)).state.is_final
    ended = after(job, (HOUR + CANCEL_ANSWER_AFTER, event))
    assert (ended.state, ended.reason) == (JobState.CANCELLED, Reason.UNCLEAR)
    assert settlement(ended) == ended.price_high


@pytest.mark.parametrize("event", [UNKNOWN, FAILED_POLL])
def test_a_refused_cancel_ends_no_unclear_job(event: Event) -> None:
    """What the API would not cancel had finished, perhaps with a result: it is waited for."""
    wanted = {"cancel_wanted_by": 7, "cancel_wanted_at": NOW, "cancel_refused": True}
    job = a_job(JobState.FOLLOWING, **wanted)
    waiting = after(job, (0, event), (HOUR, event))
    assert waiting.state is JobState.FOLLOWING
    assert after(waiting, (2 * HOUR, task_seen("succeeded", result_count=1))).state is (
        JobState.DELIVERING
    )
    assert after(waiting, (DAY + 1, event)).state is JobState.LOST


def test_a_wanted_cancel_throws_no_result_away() -> None:
    """A task that succeeded before its cancel is delivered, also if the API fails for a while."""
    wanted = {"cancel_wanted_by": 7, "cancel_wanted_at": NOW}
    job = a_job(JobState.DELIVERING, result_count=1, **wanted)
    assert after(job, (0, FAILED_POLL), (HOUR, FAILED_POLL)).state is JobState.DELIVERING


def test_an_unanswered_cancel_waits() -> None:
    """A cancel that the API did not answer is still to be carried out."""
    job = a_job(JobState.FOLLOWING, missing_since=NOW, cancel_wanted_by=7, cancel_wanted_at=NOW)
    assert after(job, (DAY, UNKNOWN)).state is JobState.FOLLOWING
    assert after(job, (DAY, FAILED_POLL)).state is JobState.FOLLOWING
    assert after(job, (10 * MINUTE, MISSING)).state is JobState.CANCELLED


def test_a_taken_cancel_of_an_unknown_task_is_carried_out() -> None:
    """A task that was cancelled and is not there any more was cancelled, which costs nothing."""
    wanted = {"cancel_wanted_by": 7, "cancel_wanted_at": NOW, "cancel_taken": True}
    job = after(a_job(JobState.FOLLOWING, **wanted), (1, MISSING), (MINUTE + 1, MISSING))
    assert (job.state, job.reason, settlement(job)) == (JobState.CANCELLED, None, Decimal(0))


def test_a_cost_counts_with_an_ending_alone() -> None:
    """What is reported of a task that goes on is not the cost of its job."""
    job = after(a_job(JobState.FOLLOWING), (1, task_seen("running", cost=Decimal(0))))
    job = after(job, (2, CONTRADICTION), (3, task_seen("succeeded", result_count=1)))
    job = after(job, (4, task_seen("running", cost=Decimal(0), result_count=1)))
    assert job.cost is None
    assert settlement(after(job, (5, events.Delivered()))) == job.price_high


def test_a_search_that_always_fails_ends_after_a_week() -> None:
    """A list that can't be read proves nothing for a week, and ends the job then."""
    failed = events.SearchFailed()
    job = after(a_job(JobState.UNCERTAIN), (GONE_AFTER, failed))
    assert job.state is JobState.UNCERTAIN
    lost = after(job, (GONE_AFTER + 1, failed))
    assert (lost.state, lost.reason) == (JobState.LOST, Reason.UNCLEAR)


def takes_a_place(job: Job, now: float) -> bool:
    """Whether the job counts as running, as `db.repositories.budgets` says it."""
    return job.missing_since is None or now - job.missing_since < UNCLEAR_AFTER


@given(
    st.sampled_from([(JobState.FOLLOWING, UNCLEAR), (JobState.DELIVERING, NO_RESULT)]),
    st.randoms(use_true_random=False),
    st.floats(0, 30 * DAY),
    st.booleans(),
)
def test_no_job_is_followed_past_its_evidence(
    begins: tuple[JobState, list[Event]], randomness: random.Random, age: float, forget: bool
) -> None:
    """Whatever the unclear answers are: few questions, no place after ten minutes, and an end."""
    state, answers = begins
    job = a_job(state, forget=forget, submitted_at=NOW - age, status="running")
    now, failures, questions = NOW, 0, Counter[int]()
    while not job.state.is_final:
        questions[int((now - NOW) // HOUR)] += 1
        event = randomness.choice(answers)
        job = advance(job, event, now)
        failures = failures + 1 if event is FAILED_POLL else 0
        later = backoff(failures, randomness, silence_delay(job, now)) if failures else 0.0
        now += max(poll_delay(job, now), later)
        assert job.state.is_final or not (now - NOW > 11 * MINUTE and takes_a_place(job, now))
    assert now - NOW <= (12 * MINUTE if forget else DAY + 20 * MINUTE)
    assert questions[0] <= 130
    assert all(count <= 8 for hour, count in questions.items() if hour > 0)


@given(st.sampled_from(STATUSES), st.booleans(), st.floats(0, 60 * DAY))
def test_poll_delays_are_never_shorter_in_silence(status: str, is_silent: bool, age: float) -> None:
    """A silent job is asked about at most as often as one that is understood."""
    job = a_job(JobState.FOLLOWING, status=status)
    silent = dataclasses.replace(job, missing_since=NOW if is_silent else None)
    assert poll_delay(silent, NOW + age) >= poll_delay(job, NOW + age)
