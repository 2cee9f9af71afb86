"""When the card of a running job is edited, whatever time its last edit was stored with."""

import dataclasses

from hypothesis import given
from hypothesis import strategies as st

from bot.clock import LARGEST_OFFSET
from bot.discord.messages.wanted_edits import WantedEdits
from db.records import JobState
from tests.manual_clock import ManualClock
from tests.unit.jobs.builders import a_job

OFFSETS = st.floats(-LARGEST_OFFSET, LARGEST_OFFSET)
RUNNING = a_job(JobState.FOLLOWING, status="running", progress=10.0)


@given(OFFSETS)
def test_a_wanted_edit_does_not_wait_for_a_stored_time(ahead: float) -> None:
    """A card that was shown by a process whose clock was wrong is edited as soon as any other."""
    time = ManualClock()
    wanted = WantedEdits(clock=time, monotonic=time)
    shown = dataclasses.replace(
        RUNNING, message_id=5, created_at=time.now, shown="digest", shown_at=time.now + ahead
    )
    wanted.show(shown)
    time.now += 1.0
    assert wanted.take_due() == [shown]


@given(OFFSETS)
def test_a_wanted_edit_does_not_notice_that_the_clock_is_set(ahead: float) -> None:
    """Between two edits pass five seconds, by the clock that can't be set."""
    time, wrong = ManualClock(), [0.0]
    wanted = WantedEdits(clock=lambda: time.now + wrong[0], monotonic=time)
    job = dataclasses.replace(RUNNING, message_id=5, created_at=time.now + LARGEST_OFFSET)
    wanted.record_shown(job, "digest")
    wanted.show(dataclasses.replace(job, progress=20.0))
    wrong[0] = ahead
    time.now += 4.9
    assert wanted.take_due() == []
    time.now += 0.1
    assert [due.progress for due in wanted.take_due()] == [20.0]
