"""Acceptance: write a job with its reservation, or neither; and undo both."""

from sqlalchemy import bindparam, delete, insert, literal, select

from db.copies import changed
from db.errors import AlreadyAccepted, AlreadyRetried
from db.records import Job, JobState, SpendingLimits
from db.repositories import ledger
from db.repositories.budgets import check_limits
from db.repositories.drafts import reopen_draft, use_draft
from db.repositories.usual_costs import usual_cost
from db.rows import to_columns
from db.statements import Statement, Steps
from db.tables import acceptance, jobs
from db.tables import ledger as ledger_table

_LOCK = Statement(select(acceptance.c.id).with_for_update())
# The ledger, because it keeps ids longer than the table of jobs does.
_IN_LEDGER = Statement(select(literal(1)).where(ledger_table.c.job_id == bindparam("job")))
_RETRY = Statement(select(literal(1)).where(jobs.c.retry_of == bindparam("job")))
_INSERT = Statement(insert(jobs))
_DELETE_UNTOUCHED = Statement(
    delete(jobs)
    .where(
        jobs.c.id == bindparam("job"),
        jobs.c.version == bindparam("read_version"),
        jobs.c.state == JobState.ACCEPTED,
        jobs.c.message_id.is_(None),
    )
    .returning(jobs.c.id)
)


def accept(job: Job, limits: SpendingLimits, draft_id: int | None) -> Steps[Job]:
    """Check and write within the caller's transaction, one at a time over all processes.

    That is what keeps limits and budgets: two that were checked at once could pass a limit
    together. Returns the job with what it usually costs.

    Raises:
        NotAccepted: One of its subclasses; the caller's transaction must be rolled back.
    """
    yield _LOCK()
    if (yield _IN_LEDGER(job=job.id)):
        raise AlreadyAccepted
    if draft_id is not None:
        yield from use_draft(draft_id, job.id)
    job = yield from check(job, limits)
    yield _INSERT(**to_columns(job))
    yield from ledger.reserve(job, by_user=limits.daily_budget_per_user is not None)
    return job


def check(job: Job, limits: SpendingLimits) -> Steps[Job]:
    """Check what `accept` does, without writing: it holds for this moment alone.

    Returns the job with what it usually costs.

    Raises:
        AlreadyRetried: `retry_of` has its retry.
        TooManyRunning, BudgetSpent, UserBudgetSpent: The limit that would be passed.
    """
    if job.retry_of is not None and (yield _RETRY(job=job.retry_of)):
        raise AlreadyRetried
    yield from check_limits(job, limits)
    usual = yield from usual_cost(job.price_key)
    return changed(job, price_usual=usual)


def withdraw(job: Job) -> Steps[bool]:
    """Undo within the caller's transaction, unless the job was answered, sent or claimed since."""
    if not (yield _DELETE_UNTOUCHED(job=job.id, read_version=job.version)):
        return False
    yield from ledger.withdraw(job.id)
    yield from reopen_draft(job.id)
    return True
