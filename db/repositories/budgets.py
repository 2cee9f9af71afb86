"""Budgets: whether the limits of the operator leave room for one more job.

They hold only within the transaction that accepts the job, one at a time over all processes: two
jobs that were checked at once could pass a limit together.
"""

import datetime
from decimal import Decimal

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from db.errors import BudgetSpent, HeldBack, TooManyRunning, UserBudgetSpent
from db.records import UNCLEAR_AFTER, Job, JobState, SpendingLimits
from db.repositories import ledger
from db.rows import FINAL_STATES
from db.tables import is_open, jobs

# An uncertain job may have no task at all, and must not keep its requester from another one.
_NOT_RUNNING = frozenset({*FINAL_STATES, JobState.UNCERTAIN})
_RUNNING = tuple(state for state in JobState if state not in _NOT_RUNNING)
# Seconds. By then every job has ended but one whose row can't be read, which must hold no place.
_RUNS_AT_MOST = 15 * 24 * 60 * 60.0
# A job of the version before has no time of its own.
_delivering_since = func.coalesce(jobs.c.delivering_since, jobs.c.created_at)


def counts_as_running(now: float) -> ColumnElement[bool]:
    """Return the condition of a job that takes one of its requester's places at *now* (Unix seconds).

    Ten minutes of answers that say nothing end that, and so does a cancel that was requested ten
    minutes ago: there is nothing that the requester could still do about such a job. For the same
    reason a job whose result has not been delivered for ten minutes does not count.
    """
    recent = now - UNCLEAR_AFTER
    return (
        is_open
        & jobs.c.state.in_(_RUNNING)
        & (jobs.c.created_at > now - _RUNS_AT_MOST)
        & or_(jobs.c.missing_since.is_(None), jobs.c.missing_since > recent)
        & or_(jobs.c.cancel_wanted_at.is_(None), jobs.c.cancel_wanted_at > recent)
        & or_(jobs.c.state != JobState.DELIVERING, _delivering_since > recent)
    )


async def check_limits(connection: AsyncConnection, job: Job, limits: SpendingLimits) -> None:
    """Check the number of the requester's running jobs, and then the budgets of the day.

    Raises:
        TooManyRunning, BudgetSpent, UserBudgetSpent: The limit that would be passed.
        HeldBack: Less than half of the day would be left, which is to be kept.
    """
    counted = select(func.count()).where(
        jobs.c.user_id == job.user_id, counts_as_running(job.created_at)
    )
    running = (await connection.execute(counted)).scalar_one()
    if running >= limits.running_per_user:
        raise TooManyRunning(running, limits.running_per_user)
    await _check_budgets(connection, job, limits)


async def _check_budgets(connection: AsyncConnection, job: Job, limits: SpendingLimits) -> None:
    day = ledger.day_of(job)
    if limits.daily_budget_per_user is not None:
        theirs = await ledger.spent_on(connection, day, user_id=job.user_id)
        left = limits.daily_budget_per_user - theirs
        if not _covers(left, job):
            raise UserBudgetSpent(
                max(left, Decimal(0)), price=job.price_high, resets_at=_next_day(day)
            )
    left = limits.daily_budget - await ledger.spent_on(connection, day)
    if not _covers(left, job):
        raise BudgetSpent(max(left, Decimal(0)), price=job.price_high, resets_at=_next_day(day))
    if limits.keep_half and left < limits.daily_budget and job.price_high > left / 2:
        raise HeldBack


def _next_day(day: datetime.date) -> float:
    """Return when the UTC day after *day* begins, in Unix seconds."""
    midnight = datetime.datetime.combine(day, datetime.time(), datetime.UTC)
    return (midnight + datetime.timedelta(days=1)).timestamp()


def _covers(left: Decimal, job: Job) -> bool:
    # With nothing left, not even a job whose price is 0: the API may charge for it.
    return 0 < left >= job.price_high
