"""Settlement: what a job costs in the end. Pure.

The upper end of the price is reserved when a job is accepted (see `bot.jobs.admission`). When it
ends, the ledger keeps a part of that, the settlement, and releases the rest. The repository writes
both in the transaction that writes the final state, so that no crash comes between them.
"""

from decimal import Decimal

from db.records import Job, JobState, Reason

_CHARGED_WITHOUT_COST = frozenset({JobState.DELIVERED, JobState.LINKED, JobState.LOST})


def settlement(job: Job) -> Decimal | None:
    """Return what the ledger keeps of the reservation of *job*, in US dollars; None while it runs.

    A cost that the API reported always counts. Without one, a job that has or may have made a
    result keeps the whole reservation, and every other job releases it.
    """
    if not job.state.is_final:
        return None
    if job.cost is not None:
        return job.cost
    if job.state in _CHARGED_WITHOUT_COST or job.reason is Reason.BAD_RESULT:
        return job.price_high
    return Decimal(0)
