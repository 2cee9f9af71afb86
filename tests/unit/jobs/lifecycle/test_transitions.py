"""The lifecycle of a job, rule by rule."""

from decimal import Decimal

import pytest

from bot.jobs.lifecycle import events
from bot.jobs.lifecycle.settlement import settlement
from bot.jobs.lifecycle.task_reports import LATE_AT_LEAST
from bot.jobs.lifecycle.transitions import CANCELLED_BY_DELETION, TABLE
from bot.jobs.lifecycle.unclear import LOST_AFTER
from db.records import JobState, Reason
from tests.unit.jobs.builders import (
    DAY,
    EVENT_TYPES,
    EVENTS,
    FINAL,
    HOUR,
    MINUTE,
    NOW,
    REQUESTER,
    WAITING,
    a_job,
    after,
    task_seen,
)


def test_the_transition_table_is_complete() -> None:
    """Every state has a rule for every event, and no rule is about anything else."""
    assert set(TABLE) == set(JobState)
    for rules in TABLE.values():
        assert set(rules) == set(EVENT_TYPES)


def test_drawn_events_are_of_every_type() -> None:
    """The strategy that draws events for the other tests leaves none out."""
    assert set(EVENTS) == set(EVENT_TYPES)


def test_a_job_from_accepted_to_closed() -> None:
    """A job is accepted, answered, sent, followed, delivered and closed."""
    job = a_job(message_id=None)
    job = after(job, (1, events.Answered(44)))
    assert (job.state, job.message_id) == (JobState.ACCEPTED, 44)
    assert (job.shown, job.shown_at) == (None, None)
    job = after(job, (2, events.SubmitStarted()))
    assert (job.state, job.submitted_at) == (JobState.SUBMITTING, NOW + 2)
    job = after(job, (3, task_seen("pending", estimated_seconds=30.0)))
    assert (job.state, job.task_id, job.status) == (JobState.FOLLOWING, "task_1", "pending")
    job = after(job, (9, task_seen("running", progress=40.0)))
    assert (job.status, job.progress, job.estimated_seconds) == ("running", 40.0, 30.0)
    job = after(job, (30, task_seen("succeeded", result_count=2, cost=Decimal("0.3"))))
    assert (job.state, job.result_count, job.progress) == (JobState.DELIVERING, 2, None)
    assert job.delivering_since == NOW + 30
    assert job.ended_at is None
    job = after(job, (40, events.Delivered()))
    assert (job.state, job.ended_at, job.open) == (JobState.DELIVERED, NOW + 40, True)
    assert not after(job, (41, events.EndingShown())).open


@pytest.mark.parametrize("state", [JobState.ACCEPTED, *WAITING, JobState.DELIVERING])
def test_the_message_id_may_be_learned_at_any_time(state: JobState) -> None:
    """Which message is the card, and what it shows, may be learned at any time before the end."""
    job = after(a_job(state, message_id=None), (1, events.Answered(44, shown="digest")))
    assert (job.state, job.message_id, job.shown, job.shown_at) == (state, 44, "digest", NOW + 1)


@pytest.mark.parametrize("state", FINAL)
def test_a_card_found_after_the_end_is_yet_to_show_it(state: JobState) -> None:
    """A card that turns up after the end has yet to show it."""
    job = after(a_job(state, message_id=None, open=False), (9, events.Answered(44)))
    assert (job.state, job.message_id, job.open, job.ended_at) == (state, 44, True, NOW)


@pytest.mark.parametrize("status", ["pending", "queued", "running", "dreaming"])
def test_an_unfinished_status_is_followed(status: str) -> None:
    """A status that the API does not call an end, also an unknown one, is followed."""
    job = after(a_job(JobState.FOLLOWING), (5, task_seen(status, progress=7.0)))
    assert (job.state, job.status, job.progress) == (JobState.FOLLOWING, status, 7.0)


@pytest.mark.parametrize("state", WAITING)
def test_a_failed_task_fails_the_job(state: JobState) -> None:
    """A failed task ends the job with the API's own words, and its cost if it has one."""
    failure = task_seen(
        "failed", error_code="PROVIDER_ERROR", error_message="too dark", cost=Decimal("0.1")
    )
    job = after(a_job(state), (5, failure))
    assert (job.state, job.reason) == (JobState.FAILED, Reason.API)
    assert (job.error_code, job.error_message) == ("PROVIDER_ERROR", "too dark")
    assert (job.cost, job.ended_at) == (Decimal("0.1"), NOW + 5)


@pytest.mark.parametrize("state", WAITING)
def test_a_task_cancelled_at_the_api(state: JobState) -> None:
    """A task that is cancelled at the API ends the job, also without a request of ours."""
    job = after(a_job(state), (5, task_seen("cancelled")))
    assert (job.state, job.cancel_wanted_by) == (JobState.CANCELLED, None)


@pytest.mark.parametrize("status", ["succeeded", "expired"])
@pytest.mark.parametrize("state", WAITING)
def test_an_expired_task_is_fetched_again(state: JobState, status: str) -> None:
    """An address that expired is no loss: the task is asked for again, as after any success."""
    job = after(a_job(state), (5, task_seen(status)))
    assert (job.state, job.ended_at) == (JobState.DELIVERING, None)


def test_a_result_that_stays_away_is_lost() -> None:
    """A task that shows no result, or is not known any more, is asked about for a day."""
    for nothing in (task_seen("expired"), events.TaskMissing()):
        job = after(a_job(JobState.DELIVERING), (0, nothing), (LOST_AFTER, nothing))
        assert (job.state, job.missing_since) == (JobState.DELIVERING, NOW)
        lost = after(job, (LOST_AFTER + 1, nothing))
        assert (lost.state, lost.reason) == (JobState.LOST, Reason.EXPIRED)


def test_a_missing_result_that_comes_back() -> None:
    """The result may be there after all, and with it what it cost."""
    job = after(a_job(JobState.DELIVERING), (0, task_seen("expired")), (DAY, task_seen("expired")))
    job = after(job, (DAY + 9, task_seen("succeeded", result_count=1, cost=Decimal("0.3"))))
    assert (job.state, job.result_count, job.cost) == (JobState.DELIVERING, 1, Decimal("0.3"))


# Before the POST.


def test_an_unsent_cancel_ends_unpaid() -> None:
    """Before the POST a cancel ends the job at once, and nothing was paid."""
    job = after(a_job(), (1, events.CancelRequested(REQUESTER)))
    assert (job.state, job.ended_at) == (JobState.CANCELLED, NOW + 1)
    assert (job.cancel_wanted_by, job.cost, job.submitted_at) == (REQUESTER, None, None)


def test_a_job_that_was_never_answered_ends() -> None:
    """A job whose card was never shown ends unsent."""
    job = after(a_job(message_id=None), (1, events.NeverAnswered()))
    assert (job.state, job.reason) == (JobState.REFUSED, Reason.NEVER_SENT)


def test_a_card_deleted_before_the_post_ends_the_job() -> None:
    """Nothing is sent for a card that is gone, and nothing is left to show."""
    job = after(a_job(), (1, events.CardGone()))
    assert (job.state, job.reason, job.open) == (JobState.CANCELLED, Reason.CARD_DELETED, False)
    assert job.cancel_wanted_by == CANCELLED_BY_DELETION


@pytest.mark.parametrize("state", [JobState.ACCEPTED, JobState.SUBMITTING, JobState.UNCERTAIN])
def test_a_refused_submit_ends_the_job(state: JobState) -> None:
    """A refusal ends the job with the API's words."""
    refusal = events.SubmitRefused(Reason.API, "VALIDATION_ERROR", "no foxes")
    job = after(a_job(state), (1, refusal))
    assert (job.state, job.reason) == (JobState.REFUSED, Reason.API)
    assert (job.error_code, job.error_message) == ("VALIDATION_ERROR", "no foxes")


# The POST and its lost answer.


def test_a_post_that_was_not_taken_is_sent_again() -> None:
    """Where the API provably did nothing, the job waits for another try, and says so."""
    job = after(a_job(), (1, events.SubmitStarted()), (2, events.SubmitNotProcessed()))
    assert (job.state, job.submitted_at, job.late) == (JobState.ACCEPTED, None, True)
    job = after(job, (9, events.SubmitStarted()))
    assert (job.state, job.submitted_at, job.late) == (JobState.SUBMITTING, NOW + 9, False)


def test_a_cancel_during_a_post_that_was_not_taken() -> None:
    """A request that came during the POST is carried out when it turns out that nothing was sent."""
    job = after(
        a_job(JobState.SUBMITTING), (1, events.CancelRequested(7)), (2, events.SubmitNotProcessed())
    )
    assert (job.state, job.ended_at, job.cancel_wanted_by) == (JobState.CANCELLED, NOW + 2, 7)


@pytest.mark.parametrize("state", JobState)
@pytest.mark.parametrize("is_wanted", [False, True])
def test_what_learning_that_nothing_was_sent_makes_of_each_state(
    state: JobState, is_wanted: bool
) -> None:
    """Before another try was offered the job is sent again; after that it ends unsent and unpaid."""
    wanted = {"cancel_wanted_by": 7, "cancel_wanted_at": NOW} if is_wanted else {}
    before = a_job(state, **wanted)
    job = after(before, (200, events.SubmitNotProcessed()))
    if state not in {JobState.SUBMITTING, JobState.UNCERTAIN}:
        assert job == before
    elif is_wanted:
        assert (job.state, job.reason) == (JobState.CANCELLED, None)
    elif state is JobState.SUBMITTING:
        assert (job.state, job.submitted_at) == (JobState.ACCEPTED, None)
    else:
        assert (job.state, job.reason) == (JobState.REFUSED, Reason.NEVER_SENT)
        assert settlement(job) == 0


def test_a_job_is_uncertain_after_two_minutes() -> None:
    """A search is in vain for two minutes before the card says that the outcome is unknown."""
    vain = events.SearchFoundNothing()
    job = after(a_job(JobState.SUBMITTING), (14, vain), (14 + 2 * MINUTE - 1, vain))
    assert (job.state, job.missing_since) == (JobState.SUBMITTING, NOW + 14)
    job = after(job, (14 + 2 * MINUTE, vain))
    assert (job.state, job.ended_at) == (JobState.UNCERTAIN, None)


def test_an_uncertain_job_is_lost_after_a_day() -> None:
    """An uncertain job is looked for until a day after its POST, and then it is lost."""
    vain = events.SearchFoundNothing()
    job = after(a_job(JobState.UNCERTAIN), (DAY, vain))
    assert job.state is JobState.UNCERTAIN
    job = after(job, (DAY + 1, vain))
    assert (job.state, job.reason) == (JobState.LOST, Reason.NEVER_FOUND)


def test_an_uncertain_job_is_adopted() -> None:
    """A task that is found late is followed as if its answer had come."""
    job = after(a_job(JobState.UNCERTAIN, missing_since=NOW), (DAY - 1, task_seen("running")))
    assert (job.state, job.task_id, job.missing_since) == (JobState.FOLLOWING, "task_1", None)


def test_a_reservation_is_released_after_an_hour_of_absence() -> None:
    """A list that shows later jobs and not this one releases its money, and leaves it searched for."""
    vain, absent = events.SearchFoundNothing(), events.SearchFoundNothing(shows_later_jobs=True)
    job = after(a_job(JobState.UNCERTAIN), (0, absent), (HOUR - 1, absent), (2 * HOUR, vain))
    assert (job.state, job.released) == (JobState.UNCERTAIN, False)
    job = after(job, (2 * HOUR, absent))
    assert (job.state, job.released) == (JobState.UNCERTAIN, True)
    assert after(job, (3 * HOUR, vain)).released
    found = after(job, (DAY - 1, task_seen("running")))
    assert (found.state, found.released) == (JobState.FOLLOWING, False)
    assert after(job, (DAY + 1, vain)).state is JobState.LOST


def test_a_list_without_later_jobs_releases_no_reservation() -> None:
    """A list that may be late itself proves nothing, however long the job is not in it."""
    vain = events.SearchFoundNothing()
    job = after(a_job(JobState.UNCERTAIN), *((hours * HOUR, vain) for hours in range(24)))
    assert (job.state, job.released) == (JobState.UNCERTAIN, False)


# 404.


@pytest.mark.parametrize("state", WAITING)
def test_a_task_at_404_is_lost_after_a_day(state: JobState) -> None:
    """A task that the API does not know is lost after a day of that, not before."""
    missing = events.TaskMissing()
    job = after(a_job(state, task_id="task_1"), (HOUR, missing), (HOUR + LOST_AFTER, missing))
    assert (job.state, job.missing_since) == (state, NOW + HOUR)
    job = after(job, (HOUR + LOST_AFTER + 1, missing))
    assert (job.state, job.reason) == (JobState.LOST, Reason.UNKNOWN_TASK)


def test_one_answer_ends_a_day_of_404() -> None:
    """The day begins anew when the API knows the task again."""
    missing = events.TaskMissing()
    job = after(a_job(JobState.FOLLOWING), (0, missing), (HOUR, task_seen("running")))
    assert job.missing_since is None
    assert after(job, (DAY, missing), (DAY + HOUR, missing)).state is JobState.FOLLOWING


# Late.


def test_a_job_is_late_after_half_an_hour() -> None:
    """A job without an estimate, or with a small one, is late after half an hour."""
    for estimate in (None, 30.0):
        job = a_job(JobState.FOLLOWING, estimated_seconds=estimate)
        assert not after(job, (LATE_AT_LEAST, task_seen("running"))).late
        assert after(job, (LATE_AT_LEAST + 1, task_seen("running"))).late


def test_a_job_is_late_after_ten_times_its_estimate() -> None:
    """A job that is expected to take long is late after ten times as long, and goes on."""
    job = a_job(JobState.FOLLOWING, estimated_seconds=600.0)
    assert not after(job, (6_000, task_seen("running"))).late
    late = after(job, (6_001, task_seen("running")))
    assert (late.late, late.state) == (True, JobState.FOLLOWING)
    assert after(late, (6_002, task_seen("succeeded", result_count=1))).state is JobState.DELIVERING
