"""Acceptance: write a job with its reservation, or neither; and undo both."""

import dataclasses

from sqlalchemy import ColumnElement, delete, insert, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection

from db.errors import AlreadyAccepted, AlreadyRetried
from db.records import Job, JobState, SpendingLimits
from db.repositories import ledger
from db.repositories.budgets import check_limits
from db.repositories.drafts import reopen_draft, use_draft
from db.repositories.usual_costs import usual_cost
from db.rows import to_columns
from db.tables import acceptance, jobs
from db.tables import ledger as ledger_table


async def accept(
    connection: AsyncConnection, job: Job, limits: SpendingLimits, draft_id: int | None
) -> Job:
    """Check and write within the caller's transaction, one at a time over all processes.

    That is what keeps limits and budgets: two that were checked at once could pass a limit
    together. Returns the job with what it usually costs.

    Raises:
        NotAccepted: One of its subclasses; the caller's transaction must be rolled back.
    """
    await connection.execute(select(acceptance.c.id).with_for_update())
    # The ledger, because it keeps ids longer than the table of jobs does.
    if await _is_there(connection, ledger_table.c.job_id == job.id):
        raise AlreadyAccepted
    if draft_id is not None:
        await use_draft(connection, draft_id, job.id)
    job = await check(connection, job, limits)
    await connection.execute(insert(jobs).values(to_columns(job)))
    await ledger.reserve(connection, job, by_user=limits.daily_budget_per_user is not None)
    return job


async def check(connection: AsyncConnection, job: Job, limits: SpendingLimits) -> Job:
    """Check what `accept` does, without writing: it holds for this moment alone.

    Returns the job with what it usually costs.

    Raises:
        AlreadyRetried: `retry_of` has its retry.
        TooManyRunning, BudgetSpent, UserBudgetSpent: The limit that would be passed.
    """
    if job.retry_of is not None and await _is_there(connection, jobs.c.retry_of == job.retry_of):
        raise AlreadyRetried
    await check_limits(connection, job, limits)
    return dataclasses.replace(job, price_usual=await usual_cost(connection, job.price_key))


async def withdraw(connection: AsyncConnection, job: Job) -> bool:
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
    await reopen_draft(connection, job.id)
    return True


async def _is_there(connection: AsyncConnection, condition: ColumnElement[bool]) -> bool:
    return (
        await connection.execute(select(literal(1)).where(condition).limit(1))
    ).first() is not None
