"""Usual costs: what earlier jobs of the same model and options have cost."""

import statistics
from decimal import Decimal

from sqlalchemy import bindparam, select

from db.records import JobState
from db.statements import Statement, Steps
from db.tables import has_cost, has_state, jobs

# Of so many latest jobs; older ones may have been charged by an older price list.
_LATEST = 20
# A failed job may have cost nothing, which is not what a result costs.
_WITH_RESULT = (JobState.DELIVERED, JobState.LINKED)

_REPORTED = Statement(
    select(jobs.c.cost)
    .where(jobs.c.price_key == bindparam("key"), has_cost)
    .where(has_state(_WITH_RESULT))
    .order_by(jobs.c.id.desc())
    .limit(_LATEST)
)


def usual_cost(price_key: str) -> Steps[Decimal | None]:
    """Return the median of what the latest jobs with this key have cost, None without any."""
    if not price_key:
        return None
    costs = (yield _REPORTED(key=price_key)).column()
    return statistics.median_low(costs) if costs else None
