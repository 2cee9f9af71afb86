"""How late jobs are looked at is reported when they are taken, once for each."""

import random

from bot.jobs.due_times import DueTimes
from tests.manual_clock import ManualClock


def test_each_job_that_is_taken_is_reported_with_its_lateness() -> None:
    """A job that is taken with others a moment early is not late; one that is not due is not taken."""
    clock = ManualClock()
    late: list[float] = []
    due_times = DueTimes(monotonic=clock, randomness=random.Random(1), taken=late.append)
    for job_id, delay in ((1, 5.0), (2, 3.0), (3, 60.0)):
        due_times.wake(job_id)
        due_times.take_due()
        due_times.release(job_id, delay)
    late.clear()

    clock.now += 4.9
    assert due_times.take_due() == [2, 1]
    assert [round(each, 6) for each in late] == [1.9, 0.0]
    assert (due_times.waiting, due_times.in_flight) == (1, 2)
