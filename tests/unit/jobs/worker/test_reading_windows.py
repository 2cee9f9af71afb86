"""Windows in which the list is read hold every task, whenever it was created."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from bot.jobs.worker.followed_tasks import FollowedTask
from bot.jobs.worker.reading_windows import windows

# Unix seconds; many tasks may be created at once.
TIMES = st.floats(1e9, 2e9) | st.sampled_from([1.5e9, 1.5e9 + 0.001, 1.5e9 + 60.0])


def _followed(times: list[float]) -> dict[str, FollowedTask]:
    return {
        f"task_{number}": FollowedTask(job_id=number, started=time, late_at=0.0, created=time)
        for number, time in enumerate(times)
    }


@given(st.lists(TIMES, min_size=1, max_size=400), st.floats(0.0, 1000.0))
def test_reading_windows_hold_every_task(times: list[float], pages: float) -> None:
    """Each task is inside a window, the windows follow each other, and the newest has no end."""
    found = windows(_followed(times), pages)
    assert all(
        any(start < time and (end is None or time < end) for start, end in found) for time in times
    )
    assert 1 <= len(found) <= 8
    assert found[0][1] is None
    assert all(
        older_end is not None and newer_start < older_end < newer_start + 1.0
        for (newer_start, _), (_, older_end) in itertools.pairwise(found)
    )


def test_reading_windows_are_as_long_as_full_pages() -> None:
    """Ten thousand tasks are eight windows, of which all but the oldest have just under 13 pages."""
    followed = _followed([1e9 + number for number in range(10_000)])
    found = windows(followed, 100.0)
    counts = [
        sum(start < (task.created or 0.0) < (end or 2e9) for task in followed.values())
        for start, end in found
    ]
    assert counts[:-1] == [1290, *[1291] * 6]
    assert sum(-(-count // 100) for count in counts) <= 102
