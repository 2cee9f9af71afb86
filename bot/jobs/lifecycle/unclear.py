"""Unclear tasks: what becomes of a job while no answer says how its task is. Pure.

Any answer that can't be used counts: 404, an error, one about another task, a status that is not
understood, a success without a result. `Job.missing_since` is the first of those in a row, and the
next answer that is understood clears it. Until then

- the job is asked about less and less often (`bot.jobs.worker.poll_intervals`);
- after ten minutes its card says so, and it does not count as running any more
  (`db.repositories.budgets`), because its requester can do nothing about it;
- a cancel that the API has taken ends it within a minute, and that of a success without a result
  too, as there is no answer to wait for; one that it has refused ends nothing, as there may be a
  result;
- after a day it is lost; after ten minutes if its requester has asked to forget it.

It ends as it is known: the task may have been charged, so the reservation is kept.
"""

from db.copies import changed
from db.records import UNCLEAR_AFTER, Job, JobState, Reason

# Seconds of nothing but unclear answers, or of fruitless searches, after which a job is lost.
LOST_AFTER = 24 * 60 * 60.0
# Seconds after which a fault that the operator did not mend is none: the tasks are really gone.
GONE_AFTER = 7 * 24 * 60 * 60.0
# Seconds without a result after which the card of a succeeded task says so.
RESULT_LATE_AFTER = 60.0
# Seconds for which a cancelled task may take to say so.
CANCEL_ANSWER_AFTER = 60.0
# The status of a task that is not understood, which is no word of the API's.
UNKNOWN_STATUS = "unknown"


def note_unclear(job: Job, now: float, reason: Reason, *, may_end: bool = True) -> Job:
    """Return *job* after an unclear answer; *reason* says which, if it ends the job.

    Without *may_end* the answer may be due to a fault that affects many tasks, and ends nothing.
    """
    noted = changed(job, missing_since=now if job.missing_since is None else job.missing_since)
    noted = _mark_unclear(noted, now)
    if not may_end:
        return noted
    if _is_given_up(noted, now, reason):
        return give_up(noted, now, is_confirmed=reason is Reason.UNKNOWN_TASK and job.cancel_taken)
    if _silence(noted, now) > (UNCLEAR_AFTER if job.forget else LOST_AFTER):
        return _lose(noted, now, reason)
    return noted


def note_clear(job: Job) -> Job:
    """Return *job* after an answer that says how its task is."""
    return changed(job, missing_since=None)


def give_up(job: Job, now: float, *, is_confirmed: bool = False) -> Job:
    """Return *job* cancelled as wanted, without an answer that says what became of its task.

    With *is_confirmed* the API took the cancel and has no such task any more.
    """
    return changed(
        job,
        state=JobState.CANCELLED,
        reason=job.reason or (None if is_confirmed else Reason.UNCLEAR),
        missing_since=None if is_confirmed else job.missing_since,
        ended_at=now,
    )


def _silence(job: Job, now: float) -> float:
    return 0.0 if job.missing_since is None else now - job.missing_since


def _mark_unclear(job: Job, now: float) -> Job:
    """Return *job* marked for its card once the silence is long."""
    if job.state is JobState.DELIVERING:
        return changed(job, late=_silence(job, now) >= RESULT_LATE_AFTER)
    if job.state is not JobState.FOLLOWING or _silence(job, now) < UNCLEAR_AFTER:
        return job
    return changed(job, late=True, status=UNKNOWN_STATUS, progress=None)


def _is_given_up(job: Job, now: float, reason: Reason) -> bool:
    """Whether a cancel is wanted of a task of which nothing more will be learned."""
    if job.cancel_wanted_by is None:
        return False
    waited = min(_silence(job, now), now - (job.cancel_wanted_at or 0.0))
    if waited < CANCEL_ANSWER_AFTER:
        return False
    # A task that the API would not cancel may have a result, and one that has one is delivered.
    has_no_result = job.state is JobState.DELIVERING and not job.result_count
    is_answered = job.cancel_taken or has_no_result
    is_gone = reason is Reason.UNKNOWN_TASK and _silence(job, now) >= UNCLEAR_AFTER
    return is_answered or is_gone


def _lose(job: Job, now: float, reason: Reason) -> Job:
    if reason is Reason.UNCLEAR and job.state is JobState.DELIVERING and job.result_count:
        # There is a result: it is only the API that does not answer.
        return changed(job, state=JobState.LINKED, dm_begun_at=None, ended_at=now)
    return changed(job, state=JobState.LOST, reason=reason, ended_at=now)
