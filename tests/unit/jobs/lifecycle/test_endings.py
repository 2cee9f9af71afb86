"""How jobs are cancelled, delivered and closed, rule by rule."""

import pytest

from bot.jobs.lifecycle import events
from bot.jobs.lifecycle.events import Event
from bot.jobs.lifecycle.transitions import CANCELLED_BY_DELETION
from db.records import JobState, Reason
from tests.unit.jobs.builders import FINAL, NOW, WAITING, a_job, after, task_seen


@pytest.mark.parametrize("state", WAITING)
def test_a_cancel_request_is_kept(state: JobState) -> None:
    """A request is kept until it can be carried out, and the first who requested it stays named."""
    requests = ((1, events.CancelRequested(7)), (2, events.CancelRequested(8)))
    job = after(a_job(state), *requests, (3, task_seen("running")))
    assert (job.state, job.cancel_wanted_by, job.cancel_wanted_at) == (
        JobState.FOLLOWING,
        7,
        NOW + 1,
    )
    assert job.is_cancelling


def test_a_job_goes_on_after_a_refused_cancel() -> None:
    """Where the API can't cancel any more, the task is followed to its end."""
    job = a_job(JobState.FOLLOWING, cancel_wanted_by=7)
    job = after(job, (1, events.CancelRefused()))
    assert (job.state, job.is_cancelling, job.cancel_wanted_by) == (JobState.FOLLOWING, False, 7)
    assert after(job, (2, task_seen("succeeded"))).state is JobState.DELIVERING


def test_a_succeeded_job_can_not_be_cancelled() -> None:
    """What succeeded is delivered: a request that comes then changes nothing."""
    job = a_job(JobState.DELIVERING)
    assert after(job, (1, events.CancelRequested(7))) == job


# Endings of a delivery.


def test_a_job_ends_as_linked() -> None:
    """A result that can't be uploaded ends as links, also after a direct message was tried."""
    job = after(a_job(JobState.DELIVERING, dm_begun_at=NOW), (1, events.Linked()))
    assert (job.state, job.sent_by_dm) == (JobState.LINKED, False)


def test_a_job_is_delivered_by_direct_message() -> None:
    """A result that went by direct message is delivered, and the job says how."""
    job = after(a_job(JobState.DELIVERING, dm_begun_at=NOW), (1, events.Delivered()))
    assert (job.state, job.sent_by_dm) == (JobState.DELIVERED, True)


def test_a_bad_result_fails_the_job() -> None:
    """What may not be shown ends the job as failed, and says why."""
    job = after(a_job(JobState.DELIVERING), (1, events.BadResult()))
    assert (job.state, job.reason) == (JobState.FAILED, Reason.BAD_RESULT)


@pytest.mark.parametrize("state", WAITING)
def test_a_deleted_card_requests_a_cancel(state: JobState) -> None:
    """A card that is deleted while its job runs is a request to cancel, by no user."""
    job = after(a_job(state), (1, events.CardGone()))
    assert (job.state, job.cancel_wanted_by, job.reason) == (
        state,
        CANCELLED_BY_DELETION,
        Reason.CARD_DELETED,
    )
    assert job.open


def test_a_card_deleted_after_a_cancel_request() -> None:
    """The user who requested the cancel before the card was deleted stays named."""
    job = a_job(JobState.FOLLOWING, cancel_wanted_by=7, cancel_wanted_at=NOW)
    assert after(job, (1, events.CardGone())).cancel_wanted_by == 7


def test_a_card_deleted_after_success_keeps_the_result() -> None:
    """The result is kept for /jobs, and nothing is left to show."""
    job = after(a_job(JobState.DELIVERING), (1, events.CardGone()))
    assert (job.state, job.reason, job.open) == (JobState.LINKED, Reason.CARD_DELETED, False)


@pytest.mark.parametrize("state", FINAL)
@pytest.mark.parametrize("event", [events.CardGone(), events.EndingShown()])
def test_what_closes_an_ended_job(state: JobState, event: Event) -> None:
    """After the end there is the ending to show, or no card to show it on."""
    job = after(a_job(state), (1, event))
    assert (job.state, job.open, job.ended_at) == (state, False, NOW)


def test_a_card_deleted_with_a_bad_part_is_not_linked() -> None:
    """What must not be shown is not linked either, also when the card can't be seen any more."""
    part = a_job(JobState.DELIVERING, reason=Reason.BAD_RESULT, left_out=1, result_count=2)
    job = after(part, (1, events.CardGone()))
    assert (job.state, job.has_links, job.open) == (JobState.LINKED, False, False)
