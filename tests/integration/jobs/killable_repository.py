"""Job repository of a process that can be killed just before or just after each of its writes."""

from collections.abc import Callable
from decimal import Decimal
from typing import Literal

from db.records import Job
from db.repositories.jobs import JobRepository
from db.store import Store

Moment = Literal["before", "after"]


class Killed(BaseException):
    """The process is gone: nothing in it may catch this."""


class KillableRepository(JobRepository):
    """Asks around each write whether the process is killed there, and then raises `Killed`.

    A write is called by the states that it leads from and to (`following>delivering`, with ` closed`
    if nothing is left to do), `task id`, or `input`.
    """

    def __init__(self, store: Store, is_killed: Callable[[str, Moment], bool]) -> None:
        super().__init__(store)
        self._is_killed = is_killed

    async def save(
        self,
        before: Job,
        after: Job,
        *,
        charge: Decimal | None = None,
        unless_cancel_wanted: bool = False,
    ) -> Job | None:
        """Save, unless the process is killed before; raise `Killed` after it if killed there."""
        write = f"{before.state}>{after.state}{'' if after.open else ' closed'}"
        self._reach(write, "before")
        saved = await super().save(
            before, after, charge=charge, unless_cancel_wanted=unless_cancel_wanted
        )
        self._reach(write, "after")
        return saved

    async def learn_task_id(self, job_id: int, task_id: str) -> Job | None:
        """Store the task's id, unless the process is killed before; likewise after it."""
        self._reach("task id", "before")
        learned = await super().learn_task_id(job_id, task_id)
        self._reach("task id", "after")
        return learned

    async def learn_input_address(
        self, job_id: int, index: int, address: str, now: float
    ) -> Job | None:
        """Store an input's address, unless the process is killed before; likewise after it."""
        self._reach("input", "before")
        learned = await super().learn_input_address(job_id, index, address, now)
        self._reach("input", "after")
        return learned

    def _reach(self, write: str, moment: Moment) -> None:
        if self._is_killed(write, moment):
            raise Killed
