"""Budgets: whether the limits of the operator leave room for one more job.

They hold only within the transaction that accepts the job, one at a time over all processes: two
jobs that were checked at once could pass a limit together.
"""

import datetime
from decimal import Decimal

from sqlalchemy import bindparam, func, or_, select

from db.errors import BudgetSpent, HeldBack, TooManyRunning, UserBudgetSpent
from db.records import UNCLEAR_AFTER, Job, JobState, SpendingLimits
from db.repositories import ledger
from db.statements import Statement, Steps
from db.tables import has_state, is_open, jobs

# An uncertain job may have no task at all, and must not keep its requester from another one.
_RUNNING = tuple(
    state for state in JobState if not state.is_final and state is not JobState.UNCERTAIN
)
# Seconds. By then every job has ended but one whose row can't be read, which must hold no place.
_RUNS_AT_MOST = 15 * 24 * 60 * 60.0
# A job of the version before has no time of its own.
_delivering_since = func.coalesce(jobs.c.delivering_since, jobs.c.created_at)

# Ten minutes of answers that say nothing end that a job counts as running, and so does a cancel that
# was requested ten minutes ago: there is nothing that the requester could still do about such a job.
# For the same reason a job whose result has not been delivered for ten minutes does not count.
_running = (
    select(func.count())
    .select_from(jobs)
    .where(
        jobs.c.user_id == bindparam("user"),
        is_open,
        has_state(_RUNNING),
        jobs.c.created_at > bindparam("oldest"),
        or_(jobs.c.missing_since.is_(None), jobs.c.missing_since > bindparam("recent")),
        or_(jobs.c.cancel_wanted_at.is_(None), jobs.c.cancel_wanted_at > bindparam("recent")),
        or_(jobs.c.state != JobState.DELIVERING, _delivering_since > bindparam("recent")),
    )
    .scalar_subquery()
)
_spent_on = ledger.SPENT_ON.scalar_subquery()
# One statement each, because in a burst of commands the way to the database costs more than it does.
_SUMS = Statement(select(_running, _spent_on))
_SUMS_WITH_USERS = Statement(select(_running, _spent_on, ledger.SPENT_BY.scalar_subquery()))


def check_limits(job: Job, limits: SpendingLimits) -> Steps[None]:
    """Check the number of the requester's running jobs, and then the budgets of the day.

    Raises:
        TooManyRunning, BudgetSpent, UserBudgetSpent: The limit that would be passed.
        HeldBack: Less than half of the day would be left, which is to be kept.
    """
    now = job.created_at
    day = ledger.day_of(job)
    sums = _SUMS if limits.daily_budget_per_user is None else _SUMS_WITH_USERS
    rows = yield sums(
        user=job.user_id, oldest=now - _RUNS_AT_MOST, recent=now - UNCLEAR_AFTER, on=day
    )
    running, *spent = rows.first() or [0]
    if running >= limits.running_per_user:
        raise TooManyRunning(running, limits.running_per_user)
    _check_budgets(job, limits, day, *(amount or Decimal(0) for amount in spent))


def _check_budgets(
    job: Job,
    limits: SpendingLimits,
    day: datetime.date,
    spent: Decimal,
    theirs: Decimal = Decimal(0),
) -> None:
    if limits.daily_budget_per_user is not None:
        left = limits.daily_budget_per_user - theirs
        if not _covers(left, job):
            raise UserBudgetSpent(
                max(left, Decimal(0)), price=job.price_high, resets_at=ledger.end_of(day)
            )
    left = limits.daily_budget - spent
    if not _covers(left, job):
        raise BudgetSpent(max(left, Decimal(0)), price=job.price_high, resets_at=ledger.end_of(day))
    if limits.keep_half and left < limits.daily_budget and job.price_high > left / 2:
        raise HeldBack


def _covers(left: Decimal, job: Job) -> bool:
    # With nothing left, not even a job whose price is 0: the API may charge for it.
    return 0 < left >= job.price_high
