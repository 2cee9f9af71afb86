"""What a page shows of followed tasks is compared field by field, and their turn comes by their age."""

import math

from hypothesis import given
from hypothesis import strategies as st

from bot.jobs.worker.followed_tasks import FollowedTask, FollowedTasks, signature_of
from bot.jobs.worker.poll_intervals import YOUNG, interval_by_age
from db.records import JobState
from tests.unit.jobs.builders import a_job

VALUES = st.sampled_from([None, "", "running", "queued", 0, 1, True, 40.0, [], {}, ["x"], {"a": 1}])
ENTRIES = st.dictionaries(
    st.sampled_from(
        ["status", "progress", "estimated_seconds", "error", "result", "completed_at", "cost"]
    ),
    VALUES,
)
NOW, LATE_AT = 1000.0, 2000.0


@given(ENTRIES, ENTRIES, st.sampled_from([NOW, LATE_AT]))
def test_an_entry_is_as_seen_only_if_nothing_of_a_task_that_goes_on_differs(
    before: dict[str, object], entry: dict[str, object], now: float
) -> None:
    """An entry is passed over if its signature is the one that was seen, and the job is not late yet."""
    seen = signature_of(before)
    task = FollowedTask(job_id=1, started=0.0, late_at=LATE_AT, seen=seen)
    expected = seen is not None and signature_of(entry) == seen and now < LATE_AT
    assert task.is_as_seen(entry, now) is expected


@given(
    ages=st.lists(st.sampled_from([0.0, 29.9, 30.0, 599.0, 600.0, 3600.0, 9e9]), max_size=8),
    passed=st.sampled_from([1.0, 2.0, 5.0, 14.0, 15.0, 60.0, math.inf]),
    floor=st.sampled_from([0.0, 60.0]),
    kept=st.sets(st.integers(0, 7)),
)
def test_followed_tasks_are_due_by_their_age(
    ages: list[float], passed: float, floor: float, kept: set[int]
) -> None:
    """A task of a kept job is due when the interval of its age has passed since its last look."""
    tasks, now, monotonic = FollowedTasks(), 1e10, 5000.0
    for number, age in enumerate(ages):
        job = a_job(JobState.FOLLOWING, id=number, task_id=str(number), submitted_at=now - age)
        tasks.put(job, looked_at=monotonic - passed).late_at = math.inf
    due = tasks.due(now, monotonic, floor=floor, kept=kept)
    for number, age in enumerate(ages):
        interval = max(interval_by_age(age), floor if age >= YOUNG else 0.0)
        assert (str(number) in due) == (passed >= interval and number in kept)


def test_followed_tasks_whose_jobs_are_not_known_are_woken() -> None:
    """An entry that is as it was is handed over all the same if the record of its job was dropped."""
    tasks = FollowedTasks()
    for number in (1, 2):
        job = a_job(JobState.FOLLOWING, id=number, task_id=str(number))
        task = tasks.put(job, looked_at=0.0)
        task.seen, task.late_at = ("running", None, None), math.inf
    entries: list[dict[str, object]] = [
        {"id": each, "status": "running"} for each in ("1", "2", "3")
    ]
    entries += [{"id": ["odd"]}, {}]
    shown, changed = tasks.look_through(entries, NOW, 5.0, known={1})
    assert shown == ["1", "2"]
    assert [task.job_id for task, _ in changed] == [2]
