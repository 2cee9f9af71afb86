"""What a process knows of the jobs it owns."""

import dataclasses

from bot.jobs.owned_jobs import OwnedJobs
from db.records import JobState
from tests.unit.jobs.builders import a_job

JOB = a_job(JobState.FOLLOWING, owner="one", version=3)


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


def test_the_newest_record_stays() -> None:
    """A row that was read before the last write and arrives after it takes no record's place."""
    owned = OwnedJobs("one")
    newer = dataclasses.replace(JOB, progress=10.0, version=4)
    owned.note(newer)
    owned.note(JOB)
    assert owned.get(JOB.id) == newer
    owned.note(dataclasses.replace(JOB, open=False))
    assert owned.get(JOB.id) == newer
