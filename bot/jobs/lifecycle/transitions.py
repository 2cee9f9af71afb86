"""The life of a job as a table: (job, what happened, now) -> job. Pure.

ARCHITECTURE.md draws the table; a test shows that it is complete.
"""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any, get_args

from bot.jobs.lifecycle import events
from bot.jobs.lifecycle.events import Event
from db.records import Job, JobState, Reason

# How long the list may be searched before the card says that the outcome is unknown.
UNCERTAIN_AFTER = 2 * 60.0
# How long nothing but 404, or fruitless search, is borne before a job is lost.
LOST_AFTER = 24 * 60 * 60.0
# A job is late after ten times the API's estimate, but not before half an hour.
LATE_FACTOR = 10.0
LATE_AT_LEAST = 30 * 60.0
# Who requested the cancel when the card was deleted.
CANCELLED_BY_DELETION = 0

Rule = Callable[[Job, Any, float], Job]


def advance(job: Job, event: Event, now: float) -> Job:
    """Return *job* after *event*; the same job where the event changes nothing."""
    return TABLE[job.state][type(event)](job, event, now)


def _stay(job: Job, _event: Event, _now: float) -> Job:
    return job


def _end(job: Job, state: JobState, now: float, reason: Reason | None = None) -> Job:
    return dataclasses.replace(job, state=state, reason=reason or job.reason, ended_at=now)


def _answered(job: Job, event: events.Answered, now: float) -> Job:
    known = dataclasses.replace(job, message_id=event.message_id)
    return (
        known
        if event.shown is None
        else dataclasses.replace(known, shown=event.shown, shown_at=now)
    )


def _never_answered(job: Job, _event: events.NeverAnswered, now: float) -> Job:
    return _end(job, JobState.REFUSED, now, Reason.NEVER_SENT)


def _submit(job: Job, _event: events.SubmitStarted, now: float) -> Job:
    return dataclasses.replace(
        job, state=JobState.SUBMITTING, submitted_at=now, missing_since=None, late=False
    )


def _take_back(job: Job, _event: events.SubmitNotProcessed, now: float) -> Job:
    waiting = dataclasses.replace(job, state=JobState.ACCEPTED, submitted_at=None, late=True)
    return _cancel_unsent(waiting, now) if waiting.cancel_wanted_by is not None else waiting


def _refuse(job: Job, event: events.SubmitRefused, now: float) -> Job:
    refused = dataclasses.replace(job, error_code=event.code, error_message=event.message)
    return _end(refused, JobState.REFUSED, now, event.reason)


def _search_on(job: Job, _event: events.SearchFoundNothing, now: float) -> Job:
    since = now if job.missing_since is None else job.missing_since
    if now - since < UNCERTAIN_AFTER:
        return dataclasses.replace(job, missing_since=since)
    return dataclasses.replace(job, missing_since=since, state=JobState.UNCERTAIN)


def _doubt_unread(job: Job, _event: events.SearchFailed, now: float) -> Job:
    """Say that nobody knows, also when nobody can look."""
    since = job.created_at if job.submitted_at is None else job.submitted_at
    is_long = now - since >= UNCERTAIN_AFTER
    return dataclasses.replace(job, state=JobState.UNCERTAIN) if is_long else job


def _doubt_on(job: Job, _event: events.SearchFoundNothing, now: float) -> Job:
    since = job.created_at if job.submitted_at is None else job.submitted_at
    return _end(job, JobState.LOST, now, Reason.NEVER_FOUND) if now - since > LOST_AFTER else job


def _see(job: Job, event: events.TaskSeen, now: float) -> Job:
    seen = dataclasses.replace(
        job,
        task_id=job.task_id or event.task_id,
        status=event.status,
        progress=event.progress,
        estimated_seconds=event.estimated_seconds or job.estimated_seconds,
        cost=job.cost if event.cost is None else event.cost,
        missing_since=None,
    )
    return _BY_STATUS.get(event.status, _follow)(seen, event, now)


def _follow(job: Job, event: events.TaskSeen, now: float) -> Job:
    return _wait(dataclasses.replace(job, state=JobState.FOLLOWING), event, now)


def _wait(job: Job, _event: Event, now: float) -> Job:
    started = job.created_at if job.submitted_at is None else job.submitted_at
    late_after = max(LATE_AT_LEAST, LATE_FACTOR * (job.estimated_seconds or 0.0))
    return dataclasses.replace(job, late=job.late or now - started > late_after)


def _succeed(job: Job, event: events.TaskSeen, _now: float) -> Job:
    return dataclasses.replace(
        job, state=JobState.DELIVERING, result_count=event.result_count, progress=None
    )


def _fail(job: Job, event: events.TaskSeen, now: float) -> Job:
    failed = dataclasses.replace(
        job, error_code=event.error_code, error_message=event.error_message
    )
    return _end(failed, JobState.FAILED, now, Reason.API)


def _cancelled_there(job: Job, _event: events.TaskSeen, now: float) -> Job:
    return _end(job, JobState.CANCELLED, now)


# Keys are the API's words; every other status means "still going".
_BY_STATUS: Mapping[str, Rule] = {
    "succeeded": _succeed,
    "expired": _succeed,
    "failed": _fail,
    "cancelled": _cancelled_there,
}


def _see_result(job: Job, event: events.TaskSeen, now: float) -> Job:
    seen = dataclasses.replace(
        job,
        status=event.status,
        cost=job.cost if event.cost is None else event.cost,
        result_count=event.result_count or job.result_count,
    )
    if event.result_count:
        return dataclasses.replace(seen, missing_since=None)
    return _miss_result(seen, event, now)


def _miss(job: Job, reason: Reason, now: float) -> Job:
    since = now if job.missing_since is None else job.missing_since
    missed = dataclasses.replace(job, missing_since=since)
    return _end(missed, JobState.LOST, now, reason) if now - since > LOST_AFTER else missed


def _miss_task(job: Job, _event: Event, now: float) -> Job:
    return _miss(job, Reason.UNKNOWN_TASK, now)


def _miss_result(job: Job, _event: Event, now: float) -> Job:
    return _miss(job, Reason.EXPIRED, now)


def _note_cancel_request(job: Job, event: events.CancelRequested, now: float) -> Job:
    if job.cancel_wanted_by is not None:
        return job
    return dataclasses.replace(job, cancel_wanted_by=event.by, cancel_wanted_at=now)


def _cancel_before_submit(job: Job, event: events.CancelRequested, now: float) -> Job:
    return _cancel_unsent(_note_cancel_request(job, event, now), now)


def _cancel_unsent(job: Job, now: float) -> Job:
    return _end(job, JobState.CANCELLED, now)


def _take_cancel(job: Job, _event: events.CancelAccepted, _now: float) -> Job:
    return dataclasses.replace(job, cancel_taken=True)


def _refuse_cancel(job: Job, _event: events.CancelRefused, _now: float) -> Job:
    return dataclasses.replace(job, cancel_refused=True)


def _deliver(job: Job, _event: events.Delivered, now: float) -> Job:
    return _end(job, JobState.DELIVERED, now)


def _link(job: Job, _event: events.Linked, now: float) -> Job:
    return _end(dataclasses.replace(job, dm_begun_at=None), JobState.LINKED, now)


def _reject_result(job: Job, _event: events.BadResult, now: float) -> Job:
    return _end(job, JobState.FAILED, now, Reason.BAD_RESULT)


def _cancel_cardless(job: Job, _event: events.CardGone, now: float) -> Job:
    requested = _note_cancel_request(job, events.CancelRequested(CANCELLED_BY_DELETION), now)
    return dataclasses.replace(requested, reason=Reason.CARD_DELETED)


def _end_cardless(job: Job, event: events.CardGone, now: float) -> Job:
    return _close(_cancel_unsent(_cancel_cardless(job, event, now), now), event, now)


def _keep_result(job: Job, event: events.CardGone, now: float) -> Job:
    # A result that holds what must not be shown is not linked either, whatever became of its card.
    bad = job.reason is Reason.BAD_RESULT
    kept = dataclasses.replace(job, reason=Reason.BAD_RESULT if bad else Reason.CARD_DELETED)
    return _close(_end(kept, JobState.LINKED, now), event, now)


def _close(job: Job, _event: Event, _now: float) -> Job:
    return dataclasses.replace(job, open=False)


def _row(**rules: Rule) -> Mapping[type, Rule]:
    """Return one state's rules; an event that is not named changes nothing."""
    return {event: rules.get(event.__name__, _stay) for event in get_args(Event)}


def _reopen(job: Job, event: events.Answered, now: float) -> Job:
    """Learn of a card only after the end: it has yet to show that."""
    return dataclasses.replace(_answered(job, event, now), open=True)


_ENDED = _row(Answered=_reopen, CardGone=_close, EndingShown=_close)

TABLE: Mapping[JobState, Mapping[type, Rule]] = {
    JobState.ACCEPTED: _row(
        Answered=_answered,
        NeverAnswered=_never_answered,
        SubmitStarted=_submit,
        SubmitRefused=_refuse,
        CancelRequested=_cancel_before_submit,
        CardGone=_end_cardless,
    ),
    JobState.SUBMITTING: _row(
        Answered=_answered,
        SubmitNotProcessed=_take_back,
        SubmitRefused=_refuse,
        SearchFoundNothing=_search_on,
        SearchFailed=_doubt_unread,
        TaskSeen=_see,
        TaskMissing=_miss_task,
        CancelRequested=_note_cancel_request,
        CardGone=_cancel_cardless,
    ),
    JobState.FOLLOWING: _row(
        Answered=_answered,
        TaskSeen=_see,
        TaskMissing=_miss_task,
        PollFailed=_wait,
        CancelRequested=_note_cancel_request,
        CancelAccepted=_take_cancel,
        CancelRefused=_refuse_cancel,
        CardGone=_cancel_cardless,
    ),
    JobState.UNCERTAIN: _row(
        Answered=_answered,
        SearchFoundNothing=_doubt_on,
        TaskSeen=_see,
        TaskMissing=_miss_task,
        CancelRequested=_note_cancel_request,
        CardGone=_cancel_cardless,
    ),
    JobState.DELIVERING: _row(
        Answered=_answered,
        TaskSeen=_see_result,
        TaskMissing=_miss_result,
        Delivered=_deliver,
        Linked=_link,
        BadResult=_reject_result,
        CardGone=_keep_result,
    ),
    JobState.DELIVERED: _ENDED,
    JobState.LINKED: _ENDED,
    JobState.FAILED: _ENDED,
    JobState.REFUSED: _ENDED,
    JobState.CANCELLED: _ENDED,
    JobState.LOST: _ENDED,
}
