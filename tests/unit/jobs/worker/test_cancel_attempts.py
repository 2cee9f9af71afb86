"""When the DELETE of a cancel is sent, and sent again."""

import dataclasses
import itertools

from bot.jobs.worker.cancel_attempts import CancelAttempts, pause_after
from db.records import JobState
from tests.manual_clock import ManualClock
from tests.unit.jobs.builders import DAY, NOW, a_job

WANTED = a_job(JobState.FOLLOWING, cancel_wanted_by=7)
TAKEN = a_job(JobState.FOLLOWING, cancel_wanted_by=7, cancel_taken=True)


def test_an_accepted_cancel_is_sent_three_times_at_most() -> None:
    """An accepted DELETE is repeated after a minute and ten minutes, and then not again."""
    clock = ManualClock()
    attempts = CancelAttempts(clock)
    sent = []
    for second in range(int(DAY) // 5):
        if attempts.is_due(TAKEN):
            attempts.add(TAKEN.id)
            sent.append(second * 5)
        clock.now += 5
    assert sent == [0, 60, 660]


def test_a_failed_cancel_is_repeated_ever_less_often() -> None:
    """A DELETE that failed is sent again for as long as the job goes on, every ten minutes at last."""
    pauses = [pause_after(count, is_accepted=False) for count in range(1, 9)]
    assert pauses == [5, 15, 60, 300, 600, 600, 600, 600]
    assert all(first <= second for first, second in itertools.pairwise(filter(None, pauses)))


def test_a_failed_cancel_is_repeated_with_each_step_of_an_outage() -> None:
    """While no answer is understood the steps themselves are rare, and each of them tries again."""
    attempts = CancelAttempts(ManualClock())
    attempts.add(WANTED.id)
    assert attempts.is_due(dataclasses.replace(WANTED, missing_since=NOW))
    assert not attempts.is_due(dataclasses.replace(TAKEN, missing_since=NOW))


def test_a_cancel_that_is_not_wanted_is_not_sent() -> None:
    """No DELETE is sent for a job that is to go on, nor for one whose cancel was refused."""
    attempts = CancelAttempts(ManualClock())
    assert not attempts.is_due(a_job(JobState.FOLLOWING))
    assert not attempts.is_due(a_job(JobState.FOLLOWING, cancel_wanted_by=7, cancel_refused=True))
    assert attempts.is_due(WANTED)


def test_an_ended_job_leaves_no_cancel_attempts() -> None:
    """What a job that ended has left would be kept for ever."""
    clock = ManualClock()
    attempts = CancelAttempts(clock)
    attempts.add(WANTED.id)
    assert not attempts.is_due(WANTED)
    attempts.discard(WANTED.id)
    assert attempts.is_due(WANTED)
