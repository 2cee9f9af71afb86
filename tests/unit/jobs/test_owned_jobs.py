"""What a process knows of the jobs it owns."""

import copy
import dataclasses
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from bot.jobs.owned_jobs import OwnedJobs
from db.records import Job, JobState
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


def test_a_read_that_was_under_way_brings_no_forgotten_record_back() -> None:
    """A record that a write has shown to be old, or whose job has closed since, stays forgotten."""
    owned = OwnedJobs("one")
    owned.note(JOB)
    owned.forget(JOB.id, JOB.version)
    owned.note(JOB)
    assert owned.get(JOB.id) is None
    newer = dataclasses.replace(JOB, version=4)
    owned.note(newer)
    owned.forget(JOB.id, JOB.version)
    assert owned.get(JOB.id) == newer
    owned.note(dataclasses.replace(JOB, open=False, version=5))
    owned.note(newer)
    assert (owned.get(JOB.id), owned.of_task("task_1")) == (None, None)


def test_forgotten_jobs_are_not_remembered_for_ever() -> None:
    """However many jobs end, what is kept of them stays as small."""
    owned = OwnedJobs("one")
    for number in range(5000):
        owned.note(dataclasses.replace(JOB, id=number, task_id=None, open=False))
    assert len(owned._over) < 2000


class JobsMachine(RuleBasedStateMachine):
    """One row, its owner, another process that changes it, and reads that arrive whenever."""

    def __init__(self) -> None:
        super().__init__()
        self.owned = OwnedJobs("one")
        self.row = JOB
        self.reads = [JOB]
        self.proved = 0  # the least version that the row is known to have

    @rule()
    def begin_read(self) -> None:
        """Read the row, which arrives later or never."""
        self.reads.append(self.row)

    @rule(number=st.integers(0, 9))
    def arrive(self, number: int) -> None:
        """Note what was read some time ago."""
        self._note(self.reads[number % len(self.reads)])

    @rule()
    def change_elsewhere(self) -> None:
        """Have another process store a fact."""
        self._change()

    @rule()
    def take_over_and_back(self) -> None:
        """Have another process take the job and lose it again; one read in between arrives."""
        self._change(owner="two")
        self._note(self.row)
        self.proved = self.row.version + 1
        self._change(owner="one")

    @rule(closes=st.booleans(), number=st.integers(0, 9))
    def write(self, number: int, *, closes: bool) -> None:
        """Write on what is known, or on a record that was read some time ago."""
        before = self.owned.get(JOB.id) or self.reads[number % len(self.reads)]
        if before.version == self.row.version:
            self._change(open=not closes)
            self._note(self.row)
        else:
            self.owned.forget(before.id, before.version)
            self.proved = max(self.proved, before.version + 1)

    @invariant()
    def no_old_record_is_known(self) -> None:
        """What is known is open, owned, and no older than what was proved."""
        if (known := self.owned.get(JOB.id)) is not None:
            assert (known.open, known.owner) == (True, "one")
            assert known.version >= self.proved

    @invariant()
    def the_row_can_be_noted(self) -> None:
        """Once the row is read as it is, it is known, whatever was forgotten."""
        other = copy.deepcopy(self.owned)
        other.note(self.row)
        assert other.get(JOB.id) == (self.row if self.row.open else None)

    def _change(self, **fields: Any) -> None:
        self.row = dataclasses.replace(self.row, version=self.row.version + 1, **fields)

    def _note(self, job: Job) -> None:
        self.owned.note(job)
        self.proved = max(self.proved, job.version + (not job.open or job.owner != "one"))


TestJobsMachine = JobsMachine.TestCase
TestJobsMachine.settings = settings(max_examples=60, stateful_step_count=25)
