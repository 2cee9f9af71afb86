"""What a job costs in the end. Pure: the repository writes it with the state that causes it."""

from decimal import Decimal

from db.records import Job, JobState, Reason

_PAID_WITHOUT_A_PRICE = frozenset({JobState.DELIVERED, JobState.LINKED, JobState.LOST})


def settlement(job: Job) -> Decimal | None:
    """Return what the ledger keeps of the reservation of *job*, in US dollars.

    None while the job runs. The API's own cost always counts. Without one, a result or a doubt
    keeps what was reserved, and everything that made nothing releases it.
    """
    if not job.state.is_final:
        return None
    if job.cost is not None:
        return job.cost
    if job.state in _PAID_WITHOUT_A_PRICE or job.reason is Reason.BAD_RESULT:
        return job.price_high
    return Decimal(0)
