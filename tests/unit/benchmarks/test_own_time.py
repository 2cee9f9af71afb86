"""The bot's own time between a webhook and an edit, as the benchmarks count it."""

import pytest

from tests.benchmarks.api_watch import ApiCall
from tests.benchmarks.scenarios.webhooks import own_time

TASK = "task_1"


def a_call(at: float, answered_at: float, path: str = f"/api/v1/tasks/{TASK}") -> ApiCall:
    """Return a call in that time."""
    return ApiCall(at, answered_at, "GET", path, 200)


@pytest.mark.parametrize(
    ("calls", "wanted"),
    [
        ([], 10.0),
        ([a_call(101.0, 103.0)], 8.0),
        ([a_call(101.0, 103.0), a_call(104.0, 105.0, f"/results/{TASK}-0.mp4")], 7.0),
        ([a_call(101.0, 104.0), a_call(103.0, 105.0)], 6.0),  # at the same time
        ([a_call(98.0, 101.0)], 9.0),  # asked before the webhook
        ([a_call(109.0, 112.0)], 9.0),  # answered after the edit
        ([a_call(90.0, 99.0), a_call(111.0, 112.0)], 10.0),
        ([a_call(101.0, 103.0, "/api/v1/tasks/task_2"), a_call(104.0, 105.0, "/tasks")], 10.0),
    ],
)
def test_the_api_s_work_at_its_answers_is_no_time_of_the_bot_s(
    calls: list[ApiCall], wanted: float
) -> None:
    """Only answers about that task are taken off, each moment once."""
    assert own_time(100.0, 110.0, TASK, calls) == pytest.approx(wanted)
