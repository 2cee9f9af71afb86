"""Acceptance: writes a new job within the time that Discord gives for an answer, or not at all."""

import asyncio
import dataclasses
import logging
from collections.abc import Callable

from bot.jobs.admission.answer_deadline import AnswerDeadline
from bot.jobs.errors import DatabaseBusy
from bot.jobs.owned_jobs import OwnedJobs
from db.errors import NotAccepted, NotBegun, StoreFailed
from db.records import Job, SpendingLimits
from db.repositories.jobs import JobRepository

log = logging.getLogger(__name__)


class Acceptance:
    """Writer of jobs with their reservations, which withdraws what comes too late."""

    def __init__(
        self,
        jobs: JobRepository,
        *,
        limits: SpendingLimits,
        owned: OwnedJobs,
        deadline: AnswerDeadline,
        accepted: Callable[[Job], None] = lambda _job: None,
    ) -> None:
        """*accepted* is called with each job that was written in time."""
        self._jobs = jobs
        self._limits = limits
        self._owned = owned
        self._deadline = deadline
        self._accepted = accepted

    async def accept(
        self, job: Job, *, draft_id: int | None = None, keep_half: bool = False
    ) -> Job:
        """Write *job* and its reservation in one transaction.

        *keep_half* leaves half of what is left of the day's budget to others.

        Raises:
            NotAccepted: A limit, the budget, or a repetition.
            DatabaseBusy: It could not be written, or not in time. It is not written any more, or
                withdrawn where that had begun.
        """
        writing = asyncio.create_task(
            self._jobs.accept(
                job,
                dataclasses.replace(self._limits, keep_half=keep_half),
                owner=self._owned.owner,
                draft_id=draft_id,
                is_late=self._deadline.from_now(),
            ),
            name=f"acceptance of job {job.id}",
        )
        if await self._deadline.is_met_by(writing):
            written = _result(writing, job.id)
            self._accepted(written)
            return written
        # If the process ends before that, the row has no card, and the next process ends it unsent.
        self._deadline.adopt(
            asyncio.create_task(self._withdraw(writing), name=f"withdrawal of job {job.id}")
        )
        raise DatabaseBusy

    async def check(self, job: Job) -> None:
        """Check the limits and the budget for *job*, without reserving anything.

        Raises:
            NotAccepted: A limit or the budget would refuse it.
            DatabaseBusy: It was not known in time.
        """
        await self._deadline.result_of(
            self._jobs.check(job, self._limits), f"check of job {job.id}"
        )

    async def take_back(self, job: Job) -> bool:
        """Undo the acceptance of a job that has no card; return whether it was undone."""
        try:
            withdrawn = await self._jobs.withdraw(job)
        except (StoreFailed, OSError) as error:
            log.error("job %d: could not be taken back: %s", job.id, error)
            return False
        if withdrawn:
            log.info("job %d: taken back, as its interaction has another answer", job.id)
        return withdrawn

    async def _withdraw(self, writing: asyncio.Task[Job]) -> None:
        """Undo what the requester was not told of, so that the same can be requested once more."""
        try:
            job = await writing
            withdrawn = await self._jobs.withdraw(job)
        except (NotAccepted, NotBegun):
            return
        except Exception:
            log.exception("a job could not be written")
            return
        if withdrawn:
            log.warning("job %d: written too late for an answer, so it is taken back", job.id)


def _result(writing: asyncio.Task[Job], job_id: int) -> Job:
    try:
        return writing.result()
    except NotBegun as error:
        raise DatabaseBusy from error
    except (StoreFailed, OSError) as error:
        # If the row was written nevertheless, its card is looked for, not found, and nothing is sent.
        log.error("job %d: could not be written: %s", job_id, error)
        raise DatabaseBusy from error
