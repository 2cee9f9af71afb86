"""When a way of sending a result is given up: often and long enough, both of it stored."""

import pytest

from bot.jobs.worker.delivery_route import Route, begin
from bot.jobs.worker.send_trouble import is_hopeless, is_made_smaller, pause_before_next
from db.records import JobState
from tests.unit.jobs.builders import HOUR, MINUTE, NOW, a_job


@pytest.mark.parametrize(
    ("failures", "age", "is_smaller", "is_linked"),
    [
        (0, 30 * HOUR, False, False),
        (4, 30 * HOUR, False, False),
        (5, 29 * MINUTE, False, False),
        (5, 30 * MINUTE, True, False),
        (9, 30 * HOUR, True, False),
        (10, 59 * MINUTE, True, False),
        (10, 60 * MINUTE, True, True),
        (99, 1 * MINUTE, False, False),
    ],
)
@pytest.mark.parametrize("knows_begin", [True, False])
def test_a_way_ends_after_failures_and_time(
    failures: int, age: float, is_smaller: bool, is_linked: bool, knows_begin: bool
) -> None:
    """Few failures, or many within minutes, end nothing; a job of the version before is no exception."""
    job = a_job(
        JobState.DELIVERING,
        delivery_failures=failures,
        delivering_since=NOW if knows_begin else None,
    )
    assert is_made_smaller(job, NOW + age) is is_smaller
    assert is_hopeless(job, NOW + age) is is_linked


@pytest.mark.parametrize("route", [Route.REPLY, Route.DIRECT_MESSAGE])
def test_each_route_has_its_own_failures(route: Route) -> None:
    """What another way has failed at says nothing of the next."""
    job = a_job(JobState.DELIVERING, delivery_failures=9)
    begun = begin(job, route, NOW)
    assert begun.delivery_failures == 0
    failed = a_job(JobState.DELIVERING, delivery_failures=9, reply_begun_at=NOW, dm_begun_at=NOW)
    assert begin(failed, route, NOW).delivery_failures == 9


def test_tries_slow_down() -> None:
    """A pause grows with the age of the delivery, up to ten minutes, and is never below Discord's own."""
    job = a_job(JobState.DELIVERING, delivering_since=NOW)
    pauses = [pause_before_next(job, NOW + age) for age in (0, 5, 60, HOUR, 24 * HOUR)]
    assert pauses == [0, 0, 6, 360, 600]
    assert pause_before_next(job, NOW + 60, 42.0) == 42.0
