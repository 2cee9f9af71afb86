"""How long to wait before the next question."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.jobs.worker.poll_intervals import backoff, poll_delay
from db.records import JobState
from tests.unit.jobs.builders import HOUR, MINUTE, NOW, a_job


@pytest.mark.parametrize(
    ("age", "seconds"),
    [
        (0, 2),
        (29, 2),
        (30, 5),
        (10 * MINUTE - 1, 5),
        (10 * MINUTE, 15),
        (HOUR - 1, 15),
        (HOUR, 60),
        (30 * HOUR, 60),
    ],
)
def test_poll_intervals_grow_with_age(age: float, seconds: float) -> None:
    """Polls come every 2 s, then 5 s, 15 s and 60 s, counted from the POST."""
    job = a_job(JobState.FOLLOWING, created_at=NOW - HOUR, submitted_at=NOW)
    assert poll_delay(job, NOW + age) == seconds


@pytest.mark.parametrize(
    ("age", "seconds"), [(0, 2), (29, 2), (30, 60), (10 * MINUTE, 60), (HOUR, 60), (30 * HOUR, 60)]
)
def test_polls_are_a_net_while_webhooks_arrive(age: float, seconds: float) -> None:
    """A young task is asked about as often as ever, and an older one once a minute."""
    job = a_job(JobState.FOLLOWING, created_at=NOW - HOUR, submitted_at=NOW)
    assert poll_delay(job, NOW + age, 60.0) == seconds


@pytest.mark.parametrize(
    "changes", [{"cancel_wanted_by": 1, "cancel_wanted_at": NOW}, {"state": JobState.DELIVERING}]
)
def test_what_no_webhook_reports_is_asked_about_as_ever(changes: dict[str, object]) -> None:
    """There is no event for a cancelled task, and none that a delivery waits for."""
    job = a_job(**{"state": JobState.FOLLOWING, "submitted_at": NOW, **changes})  # type: ignore[arg-type]
    assert poll_delay(job, NOW + MINUTE, 60.0) == 5


def test_search_intervals() -> None:
    """A lost answer is searched for every 10 s, and later every 10 minutes."""
    assert poll_delay(a_job(JobState.SUBMITTING), NOW + 1) == 10
    assert poll_delay(a_job(JobState.UNCERTAIN), NOW + 1) == 10 * MINUTE


@given(st.integers(0, 10_000), st.integers(), st.none() | st.floats(0, 1000))
def test_backoff_is_bounded_and_honours_retry_after(
    failures: int, seed: int, retry_after: float | None
) -> None:
    """Between half and all of a doubling wait of at most a minute, and never before asked, within reason."""
    seconds = backoff(failures, random.Random(seed), retry_after)
    longest = min(60.0, 2.0 * 2 ** min(failures, 10))
    assert longest / 2 <= seconds <= max(longest, retry_after or 0.0)
    assert seconds >= min(retry_after or 0.0, 10 * MINUTE)


def test_a_far_retry_after_date_is_capped() -> None:
    """A Retry-After of a year becomes one of ten minutes."""
    assert backoff(0, random.Random(1), 365 * 24 * HOUR) == 10 * MINUTE
