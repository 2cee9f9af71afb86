"""Acceptance: write a job with its reservation, or neither; and undo both."""

from sqlalchemy import ColumnElement, delete, insert, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection

from db.errors import (
    AlreadyAccepted,
    AlreadyRetried,
    DraftUsed,
)
from db.records import Draft, Job, JobState, SpendingLimits
from db.repositories import ledger
from db.repositories.budgets import check_limits
from db.repositories.drafts import to_row
from db.rows import to_columns
from db.tables import acceptance, drafts, jobs
from db.tables import ledger as ledger_table


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
    await check_limits(connection, job, limits)
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


async def _is_there(connection: AsyncConnection, condition: ColumnElement[bool]) -> bool:
    return (
        await connection.execute(select(literal(1)).where(condition).limit(1))
    ).first() is not None
