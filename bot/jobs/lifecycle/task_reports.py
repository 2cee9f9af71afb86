"""Task reports: what the API's answers about a task make of its job. Pure.

What is reported of a task that goes on or has ended is decided by its status; `unclear` has the
rules for answers that do not say how the task is.
"""

from collections.abc import Mapping
from decimal import Decimal

from bot.jobs.lifecycle import events
from bot.jobs.lifecycle.events import Event
from bot.jobs.lifecycle.rule import Rule, end
from bot.jobs.lifecycle.unclear import LOST_AFTER, give_up, note_clear, note_unclear
from db.copies import changed
from db.records import Job, JobState, Reason

# A job is late after ten times the API's estimate, but not before half an hour.
LATE_FACTOR = 10.0
LATE_AT_LEAST = 30 * 60.0


def record_task(job: Job, event: events.TaskSeen, now: float) -> Job:
    """Record how the task is; what it costs counts only with an ending."""
    # What a search did not find says nothing of a task that was found.
    known = job if job.state is JobState.FOLLOWING else note_clear(job)
    seen = changed(
        known,
        task_id=job.task_id or event.task_id,
        status=event.status,
        progress=event.progress,
        estimated_seconds=event.estimated_seconds or job.estimated_seconds,
        cost=_final_cost(job, event),
        released=False,
    )
    if not event.is_understood:
        following = _mark_if_late(changed(seen, state=JobState.FOLLOWING), event, now)
        return note_unclear(following, now, Reason.UNCLEAR)
    return _BY_STATUS.get(event.status, _follow)(note_clear(seen), event, now)


def _final_cost(job: Job, event: events.TaskSeen) -> Decimal | None:
    """Return the cost that is known after *event*: one reported of a task that goes on is not final."""
    is_final = event.cost is not None and event.status in _BY_STATUS
    return event.cost if is_final else job.cost


def _follow(job: Job, event: events.TaskSeen, now: float) -> Job:
    if job.cancel_taken and now - (job.cancel_wanted_at or now) > LOST_AFTER:
        # A task that was cancelled and goes on for a day: which of the two is so is not known.
        return give_up(changed(job, missing_since=now), now)
    return _mark_if_late(changed(job, state=JobState.FOLLOWING), event, now)


def _mark_if_late(job: Job, _event: Event, now: float) -> Job:
    return changed(job, late=job.late or now > late_at(job))


def late_at(job: Job) -> float:
    """Return when *job* becomes late if its task goes on (Unix seconds)."""
    started = job.created_at if job.submitted_at is None else job.submitted_at
    return started + max(LATE_AT_LEAST, LATE_FACTOR * (job.estimated_seconds or 0.0))


def _start_delivery(job: Job, event: events.TaskSeen, now: float) -> Job:
    return changed(
        job,
        state=JobState.DELIVERING,
        delivering_since=now,
        result_count=event.result_count,
        progress=None,
        late=False,
    )


def _fail(job: Job, event: events.TaskSeen, now: float) -> Job:
    failed = changed(job, error_code=event.error_code, error_message=event.error_message)
    return end(failed, JobState.FAILED, now, Reason.API)


def _end_cancelled(job: Job, _event: events.TaskSeen, now: float) -> Job:
    return end(job, JobState.CANCELLED, now)


# Keys are the API's statuses; every other one means "still going".
_BY_STATUS: Mapping[str, Rule] = {
    "succeeded": _start_delivery,
    "expired": _start_delivery,
    "failed": _fail,
    "cancelled": _end_cancelled,
}
_WITHOUT_RESULT = frozenset({"failed", "cancelled"})


def record_result(job: Job, event: events.TaskSeen, now: float) -> Job:
    """Record what a task that had succeeded shows now; without a result it may yet have failed."""
    seen = changed(
        job,
        status=event.status,
        cost=_final_cost(job, event),
        result_count=event.result_count or job.result_count,
    )
    if event.result_count:
        return changed(note_clear(seen), late=False)
    if event.status in _WITHOUT_RESULT:
        return _BY_STATUS[event.status](note_clear(seen), event, now)
    has_expired = event.status == "expired"
    return note_unclear(seen, now, Reason.EXPIRED if has_expired else Reason.NO_RESULT)


def record_failed_poll(job: Job, event: events.PollFailed, now: float) -> Job:
    """Record an answer that does not say how the task is."""
    marked = _mark_if_late(job, event, now) if job.state is JobState.FOLLOWING else job
    return note_unclear(marked, now, Reason.UNCLEAR, may_end=event.may_end)


def record_missing_task(job: Job, _event: Event, now: float) -> Job:
    """Record that the API does not know the task."""
    return note_unclear(job, now, Reason.UNKNOWN_TASK)


def record_missing_result(job: Job, _event: Event, now: float) -> Job:
    """Record that the result of a task that had succeeded can't be fetched."""
    return note_unclear(job, now, Reason.EXPIRED)
