"""What a process knows of the jobs it owns."""

import dataclasses

from bot.jobs.owned_jobs import OwnedJobs
from db.records import JobState
from tests.unit.jobs.builders import a_job

JOB = a_job(JobState.FOLLOWING, owner="one", fence=1)


def test_an_owned_job_is_known_by_id_and_by_task() -> None:
    """The record that was noted last is known by the job's id and by its task's."""
    owned = OwnedJobs("one")
    owned.note(dataclasses.replace(JOB, task_id=None))
    assert owned.of_task("task_1") is None
    owned.note(JOB)
    assert (owned.get(JOB.id), owned.of_task("task_1"), list(owned)) == (JOB, JOB, [JOB])


def test_a_job_of_another_process_is_not_known() -> None:
    """A job that another process has by now, or that is closed, is dropped from both indexes."""
    for ended in (
        dataclasses.replace(JOB, owner="two"),
        dataclasses.replace(JOB, owner=None),
        dataclasses.replace(JOB, open=False),
    ):
        owned = OwnedJobs("one")
        owned.note(JOB)
        owned.note(ended)
        assert (owned.get(JOB.id), owned.of_task("task_1"), len(owned)) == (None, None, 0)


def test_changes_that_cross_are_read_again() -> None:
    """Where a record changed between the reading and the write, neither of the two is believed."""
    owned = OwnedJobs("one")
    owned.note(JOB)
    after = dataclasses.replace(JOB, progress=10.0)
    owned.note_change(JOB, after)
    assert owned.get(JOB.id) == after
    owned.note_change(JOB, dataclasses.replace(JOB, progress=20.0))
    assert owned.get(JOB.id) is None
