"""Acceptance: write a job with its reservation, or neither; and undo both."""

from decimal import Decimal

from sqlalchemy import ColumnElement, delete, func, insert, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection

from db.errors import (
    AlreadyAccepted,
    AlreadyRetried,
    BudgetSpent,
    DraftUsed,
    TooManyRunning,
    UserBudgetSpent,
)
from db.records import Draft, Job, JobState, SpendingLimits
from db.repositories import ledger
from db.repositories.drafts import to_row
from db.rows import FINAL_STATES, to_columns
from db.tables import acceptance, drafts, is_open, jobs
from db.tables import ledger as ledger_table

# An uncertain job may have no task at all, and must not keep its requester from another one.
_NOT_RUNNING = (*FINAL_STATES, JobState.UNCERTAIN)


async def accept(
    connection: AsyncConnection, job: Job, limits: SpendingLimits, draft_id: int | None
) -> None:
    """Check and write within the caller's transaction, one at a time over all processes.

    That is what keeps limits and budgets: two that were checked at once could pass a limit
    together.

    Raises:
        NotAccepted: One of its subclasses; the caller's transaction must be rolled back.
    """
    await connection.execute(select(acceptance.c.id).with_for_update())
    await _check_identity(connection, job)
    await _use_draft(connection, draft_id)
    await _check_limits(connection, job, limits)
    await connection.execute(insert(jobs).values(to_columns(job)))
    await ledger.reserve(connection, job, by_user=limits.daily_budget_per_user is not None)


async def withdraw(connection: AsyncConnection, job: Job, draft: Draft | None) -> bool:
    """Undo within the caller's transaction, unless the job was answered, sent or claimed since."""
    untouched = delete(jobs).where(
        jobs.c.id == job.id,
        jobs.c.fence == job.fence,
        jobs.c.state == JobState.ACCEPTED,
        jobs.c.message_id.is_(None),
    )
    if (await connection.execute(untouched)).rowcount != 1:
        return False
    await ledger.withdraw(connection, job.id)
    if draft is not None:
        await connection.execute(insert(drafts).values(to_row(draft)))
    return True


async def _check_identity(connection: AsyncConnection, job: Job) -> None:
    # The ledger, because it keeps ids longer than the table of jobs does.
    if await _is_there(connection, ledger_table.c.job_id == job.id):
        raise AlreadyAccepted
    if job.retry_of is not None and await _is_there(connection, jobs.c.retry_of == job.retry_of):
        raise AlreadyRetried


async def _use_draft(connection: AsyncConnection, draft_id: int | None) -> None:
    if draft_id is None:
        return
    used = await connection.execute(delete(drafts).where(drafts.c.id == draft_id))
    if used.rowcount != 1:
        raise DraftUsed


async def _check_limits(connection: AsyncConnection, job: Job, limits: SpendingLimits) -> None:
    counted = select(func.count()).where(
        jobs.c.user_id == job.user_id, is_open, jobs.c.state.not_in(_NOT_RUNNING)
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
            raise UserBudgetSpent(max(left, Decimal(0)))
    left = limits.daily_budget - await ledger.spent_on(connection, day)
    if not _covers(left, job):
        raise BudgetSpent(max(left, Decimal(0)))


def _covers(left: Decimal, job: Job) -> bool:
    # With nothing left, not even a job whose price is 0: the API may charge for it.
    return 0 < left >= job.price_high


async def _is_there(connection: AsyncConnection, condition: ColumnElement[bool]) -> bool:
    return (
        await connection.execute(select(literal(1)).where(condition).limit(1))
    ).first() is not None
