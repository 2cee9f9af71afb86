"""Usual costs: what earlier jobs of the same model and options have cost."""

import statistics
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from db.records import JobState
from db.tables import jobs

# Of so many latest jobs; older ones may have been charged by an older price list.
_LATEST = 20
# A failed job may have cost nothing, which is not what a result costs.
_WITH_RESULT = (JobState.DELIVERED, JobState.LINKED)


async def usual_cost(connection: AsyncConnection, price_key: str) -> Decimal | None:
    """Return the median of what the latest jobs with this key have cost, None without any."""
    if not price_key:
        return None
    reported = (
        select(jobs.c.cost)
        .where(jobs.c.price_key == price_key, jobs.c.cost.is_not(None))
        .where(jobs.c.state.in_(_WITH_RESULT))
        .order_by(jobs.c.id.desc())
        .limit(_LATEST)
    )
    costs = (await connection.execute(reported)).scalars().all()
    return statistics.median_low(costs) if costs else None
