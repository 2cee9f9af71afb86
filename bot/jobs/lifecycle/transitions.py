"""Transitions: the table state x event -> rule, with the rules. Pure.

A test shows that the table is complete, and ARCHITECTURE.md draws it.
"""

from collections.abc import Mapping
from typing import get_args

from bot.jobs.lifecycle import events
from bot.jobs.lifecycle.events import Event
from bot.jobs.lifecycle.rule import Rule, end
from bot.jobs.lifecycle.task_reports import (
    record_failed_poll,
    record_missing_result,
    record_missing_task,
    record_result,
    record_task,
)
from bot.jobs.lifecycle.unclear import GONE_AFTER, LOST_AFTER, give_up
from db.copies import changed
from db.records import Job, JobState, Reason

# Seconds that the list is searched before the card says that the outcome is unknown.
UNCERTAIN_AFTER = 2 * 60.0
# Seconds for which a list that shows later jobs has not held a job whose reservation is released.
RELEASED_AFTER = 60 * 60.0
# Stored in `cancel_wanted_by` when the card was deleted, so that no user asked for the cancel. None
# would mean that no cancel is wanted, and 0 is no user's id: ids are snowflakes, which are positive.
CANCELLED_BY_DELETION = 0


def advance(job: Job, event: Event, now: float) -> Job:
    """Return *job* after *event*; an equal one where the event changes nothing."""
    return TABLE[job.state][type(event)](job, event, now)


def _ignore(job: Job, _event: Event, _now: float) -> Job:
    return job


def _record_answer(job: Job, event: events.Answered, now: float) -> Job:
    known = changed(job, message_id=event.message_id)
    return known if event.shown is None else changed(known, shown=event.shown, shown_at=now)


def _refuse_unanswered(job: Job, _event: events.NeverAnswered, now: float) -> Job:
    return end(job, JobState.REFUSED, now, Reason.NEVER_SENT)


def _start_submit(job: Job, _event: events.SubmitStarted, now: float) -> Job:
    return changed(job, state=JobState.SUBMITTING, submitted_at=now, missing_since=None, late=False)


def _record_postponement(job: Job, _event: events.SubmitPostponed, _now: float) -> Job:
    return changed(job, late=True)


def _return_to_accepted(job: Job, _event: events.SubmitNotProcessed, now: float) -> Job:
    waiting = changed(job, state=JobState.ACCEPTED, submitted_at=None, late=True)
    return _end_unsent(waiting, now) if waiting.cancel_wanted_by is not None else waiting


def _end_never_sent(job: Job, _event: events.SubmitNotProcessed, now: float) -> Job:
    """End a job of which it turns out late that nothing was sent.

    Its card has offered another try in the meantime, so that it is not sent any more.
    """
    if job.cancel_wanted_by is not None:
        return _end_unsent(job, now)
    return end(job, JobState.REFUSED, now, Reason.NEVER_SENT)


def _refuse(job: Job, event: events.SubmitRefused, now: float) -> Job:
    refused = changed(job, error_code=event.code, error_message=event.message)
    return end(refused, JobState.REFUSED, now, event.reason)


def _search_until_uncertain(job: Job, _event: events.SearchFoundNothing, now: float) -> Job:
    since = now if job.missing_since is None else job.missing_since
    if now - since < UNCERTAIN_AFTER:
        return changed(job, missing_since=since)
    return changed(job, missing_since=since, state=JobState.UNCERTAIN)


def _record_failed_search(job: Job, _event: events.SearchFailed, now: float) -> Job:
    """Say after a while that the outcome is unknown, also when the list can't be read at all."""
    since = job.created_at if job.submitted_at is None else job.submitted_at
    is_long = now - since >= UNCERTAIN_AFTER
    return changed(job, state=JobState.UNCERTAIN) if is_long else job


def _search_until_lost(job: Job, event: events.SearchFoundNothing, now: float) -> Job:
    since = job.created_at if job.submitted_at is None else job.submitted_at
    searched = _release_if_absent(job, event, now)
    if now - since > LOST_AFTER:
        return end(searched, JobState.LOST, now, Reason.NEVER_FOUND)
    return searched


def _release_if_absent(job: Job, event: events.SearchFoundNothing, now: float) -> Job:
    """Release the reservation of a job that the list goes without, while it shows later ones.

    Such a list is complete for the time of the job, so a task that it does not show for an hour is
    very likely not there.
    """
    if not event.shows_later_jobs:
        return job
    since = now if job.missing_since is None else job.missing_since
    is_absent = job.released or now - since >= RELEASED_AFTER
    return changed(job, missing_since=since, released=is_absent)


def _give_up_search(job: Job, _event: events.SearchFailed, now: float) -> Job:
    """End a job whose task can't be searched for, once that will not change any more."""
    since = job.created_at if job.submitted_at is None else job.submitted_at
    return end(job, JobState.LOST, now, Reason.UNCLEAR) if now - since > GONE_AFTER else job


def _give_up_result(job: Job, event: events.CancelRequested, now: float) -> Job:
    """Cancel a job whose task has long succeeded without a result; any other is about to show it."""
    if not job.is_result_missing:
        return job
    return give_up(_record_cancel_request(job, event, now), now)


def _record_cancel_request(job: Job, event: events.CancelRequested, now: float) -> Job:
    if job.cancel_wanted_by is not None:
        return job
    return changed(job, cancel_wanted_by=event.by, cancel_wanted_at=now)


def _cancel_before_submit(job: Job, event: events.CancelRequested, now: float) -> Job:
    return _end_unsent(_record_cancel_request(job, event, now), now)


def _end_unsent(job: Job, now: float) -> Job:
    return end(job, JobState.CANCELLED, now)


def _record_cancel_accepted(job: Job, _event: events.CancelAccepted, _now: float) -> Job:
    return changed(job, cancel_taken=True)


def _record_cancel_refused(job: Job, _event: events.CancelRefused, _now: float) -> Job:
    return changed(job, cancel_refused=True)


def _end_delivered(job: Job, _event: events.Delivered, now: float) -> Job:
    untroubled = changed(job, fetch_problem=None, fetch_until=None)
    return end(untroubled, JobState.DELIVERED, now)


def _end_linked(job: Job, event: events.Linked, now: float) -> Job:
    unsent = changed(job, dm_begun_at=None)
    return end(unsent, JobState.LINKED, now, Reason.TOO_BIG if event.too_big else None)


def _end_with_bad_result(job: Job, _event: events.BadResult, now: float) -> Job:
    return end(job, JobState.FAILED, now, Reason.BAD_RESULT)


def _cancel_without_card(job: Job, _event: events.CardGone, now: float) -> Job:
    requested = _record_cancel_request(job, events.CancelRequested(CANCELLED_BY_DELETION), now)
    return changed(requested, reason=Reason.CARD_DELETED)


def _end_without_card(job: Job, event: events.CardGone, now: float) -> Job:
    return _close(_end_unsent(_cancel_without_card(job, event, now), now), event, now)


def _keep_result(job: Job, event: events.CardGone, now: float) -> Job:
    # Of a result only what may be opened is linked, with or without a card.
    reason = Reason.CARD_DELETED if job.has_good_files else Reason.BAD_RESULT
    kept = changed(job, reason=reason)
    return _close(end(kept, JobState.LINKED, now), event, now)


def _close(job: Job, _event: Event, _now: float) -> Job:
    return changed(job, open=False)


def _row(**rules: Rule) -> Mapping[type, Rule]:
    """Return the rules of one state; an event that is not named is ignored."""
    return {event: rules.get(event.__name__, _ignore) for event in get_args(Event)}


def _reopen(job: Job, event: events.Answered, now: float) -> Job:
    """Record a card that was found after the end: it has yet to show the ending."""
    return changed(_record_answer(job, event, now), open=True)


_ENDED = _row(Answered=_reopen, CardGone=_close, EndingShown=_close)

TABLE: Mapping[JobState, Mapping[type, Rule]] = {
    JobState.ACCEPTED: _row(
        Answered=_record_answer,
        NeverAnswered=_refuse_unanswered,
        SubmitStarted=_start_submit,
        SubmitPostponed=_record_postponement,
        SubmitRefused=_refuse,
        CancelRequested=_cancel_before_submit,
        CardGone=_end_without_card,
    ),
    JobState.SUBMITTING: _row(
        Answered=_record_answer,
        SubmitNotProcessed=_return_to_accepted,
        SubmitRefused=_refuse,
        SearchFoundNothing=_search_until_uncertain,
        SearchFailed=_record_failed_search,
        TaskSeen=record_task,
        TaskMissing=record_missing_task,
        CancelRequested=_record_cancel_request,
        CardGone=_cancel_without_card,
    ),
    JobState.FOLLOWING: _row(
        Answered=_record_answer,
        TaskSeen=record_task,
        TaskMissing=record_missing_task,
        PollFailed=record_failed_poll,
        CancelRequested=_record_cancel_request,
        CancelAccepted=_record_cancel_accepted,
        CancelRefused=_record_cancel_refused,
        CardGone=_cancel_without_card,
    ),
    JobState.UNCERTAIN: _row(
        Answered=_record_answer,
        SubmitNotProcessed=_end_never_sent,
        SubmitRefused=_refuse,
        SearchFoundNothing=_search_until_lost,
        SearchFailed=_give_up_search,
        TaskSeen=record_task,
        TaskMissing=record_missing_task,
        CancelRequested=_record_cancel_request,
        CardGone=_cancel_without_card,
    ),
    JobState.DELIVERING: _row(
        Answered=_record_answer,
        TaskSeen=record_result,
        TaskMissing=record_missing_result,
        PollFailed=record_failed_poll,
        CancelRequested=_give_up_result,
        Delivered=_end_delivered,
        Linked=_end_linked,
        BadResult=_end_with_bad_result,
        CardGone=_keep_result,
    ),
    JobState.DELIVERED: _ENDED,
    JobState.LINKED: _ENDED,
    JobState.FAILED: _ENDED,
    JobState.REFUSED: _ENDED,
    JobState.CANCELLED: _ENDED,
    JobState.LOST: _ENDED,
}
