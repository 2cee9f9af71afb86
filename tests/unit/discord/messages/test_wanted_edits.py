"""When the card of a running job is edited, whatever time its last edit was stored with."""

import dataclasses
import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clock import LARGEST_OFFSET
from bot.discord.messages.rate_limit import Turn
from bot.discord.messages.wanted_edits import WantedEdits
from db.records import FetchProblem, JobState
from tests.counting_clock import CountingClock
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
    assert wanted.take_due() == shown


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
    assert wanted.take_due() is None
    time.now += 0.1
    due = wanted.take_due()
    assert due is not None
    assert due.progress == 20.0


def _many(time: Callable[[], float], cards: int) -> WantedEdits:
    """Return edits of so many cards, each in a channel of its own, that are due in five seconds."""
    wanted = WantedEdits(clock=time, monotonic=time)
    for number in range(1, cards + 1):
        job = dataclasses.replace(
            RUNNING, id=number, message_id=number, channel_id=number, created_at=float(time())
        )
        wanted.record_shown(job, "digest")
        wanted.show(dataclasses.replace(job, progress=20.0))
    return wanted


@pytest.mark.parametrize("cards", [100, 10_000])
def test_a_wanted_edit_costs_no_look_at_those_that_are_not_due(cards: int) -> None:
    """While nothing is due a turn compares a handful of times, however many cards wait."""
    time = CountingClock()
    wanted = _many(time, cards)
    time.comparisons = 0
    for _ in range(100):
        assert wanted.take_due() is None
    assert time.comparisons <= 100 * 4


def test_a_wanted_edit_is_taken_at_the_cost_of_a_heap() -> None:
    """With 10,000 cards waiting, each that is due costs as many comparisons as their logarithm."""
    time = CountingClock()
    wanted = _many(time, 10_000)
    time.now += 10_000.0
    time.comparisons = 0
    for _ in range(1000):
        due = wanted.take_due()
        assert due is not None
        wanted.release(due.id)
    assert time.comparisons / 1000 <= 4 * 2 * math.log2(10_000)


def test_wanted_edits_of_a_busy_channel_cost_no_look() -> None:
    """Thousands of due cards in a channel with an edit in flight are passed over as one."""
    time = CountingClock()
    wanted = WantedEdits(clock=time, monotonic=time)
    for number in range(1, 10_001):
        wanted.show(dataclasses.replace(RUNNING, id=number, message_id=number, channel_id=7))
    other = dataclasses.replace(RUNNING, id=99_999, message_id=99_999, channel_id=8)
    time.now += 1e6
    first = wanted.take_due()
    assert first is not None
    time.comparisons = 0
    assert wanted.take_due() is None
    wanted.show(other)
    time.now += 1e6
    assert wanted.take_due() == other
    assert time.comparisons <= 100


def test_a_wanted_edit_shows_the_newest_state() -> None:
    """A card that changes a thousand times before its turn is edited once, to what it is then."""
    time = ManualClock()
    wanted = WantedEdits(clock=time, monotonic=time)
    job = dataclasses.replace(RUNNING, message_id=5, created_at=time.now)
    for percent in range(1000):
        time.now += 0.001
        wanted.show(dataclasses.replace(job, progress=float(percent)))
    time.now += 10.0
    due = wanted.take_due()
    assert due is not None
    assert due.progress == 999.0
    wanted.release(due.id)
    assert wanted.take_due() is None


def test_a_delivery_is_shown_only_if_it_takes_a_while() -> None:
    """A result that is there within moments is the next edit, and none is made in between."""
    time = ManualClock()
    wanted = WantedEdits(clock=time, monotonic=time)
    job = dataclasses.replace(RUNNING, message_id=5, created_at=time.now)
    wanted.record_shown(job, "digest")
    time.now += 60.0
    delivering = dataclasses.replace(job, state=JobState.DELIVERING)
    wanted.show(delivering)
    time.now += 1.9
    wanted.show(dataclasses.replace(delivering, late=True))
    assert wanted.take_due() is None
    time.now += 0.1
    due = wanted.take_due()
    assert due is not None
    assert due.late


def test_a_delivery_is_not_drawn_over_a_result_that_may_be_there() -> None:
    """An upload whose response was lost may be shown; only what is wrong since is said."""
    time = ManualClock()
    wanted = WantedEdits(clock=time, monotonic=time)
    job = dataclasses.replace(RUNNING, message_id=5, created_at=time.now, state=JobState.DELIVERING)
    wanted.expect_result(job.id)
    wanted.show(job)
    time.now += 60.0
    assert wanted.take_due() is None
    wanted.show(dataclasses.replace(job, fetch_problem=FetchProblem.NOT_SENT))
    time.now += 60.0
    due = wanted.take_due()
    assert due is not None
    assert due.fetch_problem is FetchProblem.NOT_SENT


def test_an_edit_by_the_interaction_token_is_in_a_line_of_its_own() -> None:
    """What needs a turn of the bot's rate limit is not taken for what needs none, nor the reverse."""
    time = ManualClock()
    wanted = WantedEdits(clock=time, monotonic=time)
    young = dataclasses.replace(
        RUNNING, id=1, message_id=1, channel_id=1, interaction_token="t", created_at=time.now
    )
    old = dataclasses.replace(young, id=2, message_id=2, channel_id=2, interaction_token=None)
    for job in (old, young):
        wanted.show(job)
    time.now += 10.0
    assert wanted.take_due(Turn.EXEMPT) == young
    assert wanted.take_due(Turn.EXEMPT) is None
    assert wanted.take_due(Turn.SPARE) == old
    assert repr(wanted) == "<WantedEdits 0 wanted, 2 in flight>"
    for job in (old, young):
        wanted.release(job.id)
    assert repr(wanted) == "<WantedEdits 0 wanted, 0 in flight>"


def test_an_edit_changes_its_line_with_the_end_of_the_token() -> None:
    """A card that is wanted again when its token has expired waits once, for a turn."""
    time = ManualClock()
    wanted = WantedEdits(clock=time, monotonic=time)
    job = dataclasses.replace(RUNNING, message_id=5, interaction_token="t", created_at=time.now)
    wanted.show(job)
    time.now += 900.0
    wanted.show(dataclasses.replace(job, progress=20.0))
    time.now += 10.0
    assert wanted.take_due(Turn.EXEMPT) is None
    taken = wanted.take_due(Turn.SPARE)
    assert taken is not None
    assert taken.progress == 20.0
