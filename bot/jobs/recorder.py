"""Recorder: the one way by which what the bot knows of a job changes: save first, then show.

A job is a frozen record. An event makes a new one (`lifecycle.transitions`), and the repository
writes the difference, on the condition that no other step was faster (`db.repositories.saving`). A
process that was too slow, or that lost the job to another, changes nothing: it gets StaleJob and reads
the row again. The jobs of this process are known (`bot.jobs.owned_jobs`), so that neither a step nor an
event reads the row for nothing. What is shown follows what is saved, never the other way round: a
process that is killed in between leaves a card that is behind its row, which the next edit repairs.
"""

import contextlib
import logging
from collections.abc import Callable, Sequence

from bot.jobs.errors import NotOwned, StaleJob
from bot.jobs.lifecycle.events import Event
from bot.jobs.lifecycle.settlement import booking, growth
from bot.jobs.lifecycle.transitions import advance
from bot.jobs.owned_jobs import OwnedJobs
from db.records import Job
from db.repositories.jobs import JobRepository

log = logging.getLogger(__name__)

# A job changes a handful of times; losing so many races means another fault.
_MOST_RACES = 10


def _ignore(_before: Job, _after: Job) -> None:
    pass


class JobRecorder:
    """Recorder of events: saves what they make of jobs, then has it shown.

    *changed* is called with each record that was saved, as it was before and as it is.
    """

    def __init__(
        self,
        jobs: JobRepository,
        *,
        show: Callable[[Job], None],
        owned: OwnedJobs,
        clock: Callable[[], float],
        changed: Callable[[Job, Job], None] = _ignore,
    ) -> None:
        self._jobs = jobs
        self._show = show
        self._owned = owned
        self._changed = changed
        self._clock = clock

    async def read(self, job_id: int) -> Job:
        """Return the job as it is known, or else as its row is.

        Raises:
            NotOwned: Another process has it, or it is not there any more.
        """
        return self._owned.get(job_id) or await self._read_row(job_id)

    async def _read_row(self, job_id: int) -> Job:
        job = await self._jobs.get(job_id)
        if job is None or job.owner != self._owned.owner:
            self._owned.forget(job_id)
            raise NotOwned(str(job_id))
        return job

    async def read_current(self, job: Job) -> Job:
        """Return *job* as its row is, before what can't be taken back: another process may have it.

        Raises:
            NotOwned: Another process has it, or it is not there any more.
            StaleJob: Its next step is another one by now.
        """
        found = await self._read_row(job.id)
        if found.state is not job.state:
            # Also where the row is the older one: a database can lose what it had committed.
            self._owned.forget(job.id, job.version)
            raise StaleJob(str(job.id))
        return found

    async def read_all(self, job_ids: Sequence[int]) -> Sequence[Job]:
        """Return those of the jobs that are still there."""
        return await self._jobs.get_all(job_ids)

    def preview(self, job: Job, event: Event) -> Job:
        """Return *job* after *event* without writing it."""
        return advance(job, event, self._clock())

    async def apply(self, job: Job, event: Event) -> Job:
        """Return *job* after *event*, saved and about to be shown.

        Raises:
            StaleJob: It changed, or changed hands; nothing was written.
        """
        return await self.save(job, self.preview(job, event))

    async def apply_to_latest(self, job_id: int, event: Event) -> Job | None:
        """Apply an event that came from outside, while a step may be changing the same job."""
        for _ in range(_MOST_RACES):
            job = self._owned.get(job_id) or await self._jobs.get(job_id)
            if job is None:
                return None
            with contextlib.suppress(StaleJob):
                return await self.apply(job, event)
        raise StaleJob(str(job_id))

    async def save(self, before: Job, after: Job) -> Job:
        """Write what differs, settle the money with the ending, and show the card soon."""
        if after == before:
            return before
        saved = await self._jobs.save(before, after, charge=booking(before, after))
        if saved is None:
            raise StaleJob(str(before.id))
        self._changed(before, saved)
        _log_money(before, saved)
        if not saved.state.is_final:
            self._show(saved)
        return saved

    async def save_unless_cancelled(self, before: Job, after: Job) -> Job | None:
        """Write what differs and return the job; None if a cancel was requested or it changed."""
        return await self._jobs.save(before, after, unless_cancel_wanted=True)

    async def request_cancel(self, job_id: int, by: int) -> Job | None:
        """Save the cancel request of user *by* and return the job as it is now, None if there is none."""
        job = await self._jobs.request_cancel(job_id, by=by, now=self._clock())
        if job is not None and not job.state.is_final:
            self._show(job)
        return job


def _log_money(before: Job, after: Job) -> None:
    """Log a reservation that is released, and whatever may pass a budget."""
    if after.released and not before.released:
        log.warning(
            "job %d: not found for an hour, so its $%s are released", after.id, after.price_high
        )
    if (more := growth(before, after)) > 0:
        log.error(
            "job %d: $%s more than was booked for it (at most $%s reserved, cost %s), which may "
            "pass the day's budget",
            after.id,
            more,
            after.price_high,
            "not reported" if after.cost is None else f"${after.cost}",
        )
