"""What a job costs in the end."""

from decimal import Decimal

import pytest

from bot.jobs.lifecycle.settlement import booking, growth, settlement
from db.records import JobState, Reason
from tests.unit.jobs.builders import a_job

RESERVED, FREE = Decimal("0.40"), Decimal(0)


@pytest.mark.parametrize("state", [state for state in JobState if not state.is_final])
def test_a_running_job_keeps_its_reservation(state: JobState) -> None:
    """Nothing is settled before the end, also when the API reports a cost."""
    assert settlement(a_job(state, cost=Decimal("0.1"))) is None


@pytest.mark.parametrize("state", [state for state in JobState if state.is_final])
def test_settlement_by_the_apis_cost(state: JobState) -> None:
    """What the API charged is what it cost, also for a job that failed or was cancelled."""
    for cost in (Decimal("0.13"), FREE, Decimal(5)):
        assert settlement(a_job(state, cost=cost)) == cost


@pytest.mark.parametrize(
    ("state", "left"),
    [
        (JobState.DELIVERED, RESERVED),
        (JobState.LINKED, RESERVED),
        (JobState.LOST, RESERVED),
        (JobState.FAILED, FREE),
        (JobState.REFUSED, FREE),
        (JobState.CANCELLED, FREE),
    ],
)
def test_settlement_without_a_cost(state: JobState, left: Decimal) -> None:
    """A result or a doubt keeps what was reserved; what made nothing releases it."""
    assert settlement(a_job(state)) == left


def test_settlement_of_a_bad_result() -> None:
    """A result that may not be shown was charged nevertheless."""
    assert settlement(a_job(JobState.FAILED, reason=Reason.BAD_RESULT)) == RESERVED
    assert settlement(a_job(JobState.FAILED, reason=Reason.API)) == FREE


def test_booking_of_a_released_reservation() -> None:
    """What was released costs nothing at the end, and is reserved again if the task is found."""
    kept = a_job(JobState.UNCERTAIN)
    released = a_job(JobState.UNCERTAIN, released=True)
    found = a_job(JobState.FOLLOWING)
    assert booking(kept, kept) is None
    assert (booking(kept, released), booking(released, found)) == (FREE, RESERVED)
    assert booking(released, a_job(JobState.LOST, released=True)) == FREE
    assert booking(released, a_job(JobState.DELIVERED, cost=Decimal("0.13"))) == Decimal("0.13")


@pytest.mark.parametrize("released", [False, True])
@pytest.mark.parametrize("cost", [None, FREE, Decimal("0.13"), Decimal(5)])
@pytest.mark.parametrize("state", JobState)
def test_growth_is_what_the_ledger_then_holds_beyond_before(
    state: JobState, cost: Decimal | None, released: bool
) -> None:
    """Whatever an open job becomes, what is booked beyond what was held is known, so that it is logged."""
    after = a_job(state, cost=cost)
    held = Decimal(0) if released else RESERVED
    before = a_job(JobState.UNCERTAIN, released=released)
    booked = booking(before, after)
    expected = max((held if booked is None else booked) - held, FREE)
    assert growth(before, after) == expected
    assert growth(after, after) == FREE


def test_growth_of_a_job_whose_task_is_found_late() -> None:
    """A price that is booked again after its release is growth, and so is a higher charge."""
    released = a_job(JobState.UNCERTAIN, released=True)
    assert growth(released, a_job(JobState.FOLLOWING)) == RESERVED
    assert growth(a_job(JobState.UNCERTAIN), a_job(JobState.FOLLOWING)) == FREE
    assert growth(a_job(JobState.FOLLOWING), a_job(JobState.FAILED, cost=Decimal(5))) == Decimal(
        "4.60"
    )
