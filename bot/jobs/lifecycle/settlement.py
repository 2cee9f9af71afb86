"""Settlement: what a job costs in the end, and what is reserved until then. Pure.

The upper end of the price is reserved when a job is accepted (see `bot.jobs.admission`). When it
ends, the ledger keeps a part of that, the settlement, and releases the rest. The repository writes
both in the transaction that writes the final state, so that no crash comes between them.

A job whose POST has no known outcome keeps its reservation until its task is very likely not there
(`transitions`); then it is released, and reserved again if the task is found nevertheless.
What the ledger holds for a job grows in that case, and when the API charges more than was reserved;
both are logged (`growth`).
"""

from decimal import Decimal

from db.records import Job, JobState, Reason

_CHARGED_WITHOUT_COST = frozenset({JobState.DELIVERED, JobState.LINKED, JobState.LOST})


def booking(before: Job, after: Job) -> Decimal | None:
    """Return what the ledger is to hold for a changed job, in US dollars; None: as before."""
    if after.state.is_final and not before.state.is_final:
        return settlement(after)
    if after.released == before.released:
        return None
    return Decimal(0) if after.released else after.price_high


def growth(before: Job, after: Job) -> Decimal:
    """Return by how much a change raises what the ledger holds for a job, in US dollars, at least 0.

    Limits are checked when a job is accepted, so whatever is booked beyond that may pass a budget.
    """
    return max(_held(after) - _held(before), Decimal(0))


def _held(job: Job) -> Decimal:
    settled = settlement(job)
    if settled is not None:
        return settled
    return Decimal(0) if job.released else job.price_high


def settlement(job: Job) -> Decimal | None:
    """Return what the ledger keeps of the reservation of *job*, in US dollars; None while it runs.

    A cost that the API reported with the ending always counts. Without one, a job that has or may
    have made a result keeps the whole reservation, and every other job releases it.
    """
    if not job.state.is_final:
        return None
    if job.cost is not None:
        return job.cost
    if job.released:
        return Decimal(0)
    if job.state in _CHARGED_WITHOUT_COST or job.reason is Reason.BAD_RESULT:
        return job.price_high
    return job.price_high if _is_given_up(job) else Decimal(0)


def _is_given_up(job: Job) -> bool:
    """Whether *job* was cancelled without an answer that says what became of its task."""
    is_unclear = job.task_id is not None and job.missing_since is not None
    return job.state is JobState.CANCELLED and is_unclear
