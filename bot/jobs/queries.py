"""Queries: which jobs there are."""

from collections.abc import Sequence

from bot.jobs.errors import UnknownJob
from db.job_filters import ANY_JOB, JobFilter
from db.records import LARGEST_ID, Job
from db.repositories.jobs import JobRepository


class JobQueries:
    """Queries of jobs by their id, their message or their requester."""

    def __init__(self, jobs: JobRepository) -> None:
        self._jobs = jobs

    async def find(self, job_id: int) -> Job:
        """Return the job.

        Raises:
            UnknownJob: There is none, or not any more.
        """
        job = await self._jobs.get(job_id) if job_id <= LARGEST_ID else None
        if job is None:
            raise UnknownJob
        return job

    async def find_by_message(self, message_id: int) -> Job | None:
        """Return the job whose card that message is, if it is one."""
        return await self._jobs.by_message(message_id)

    async def open_of(self, user_id: int) -> Sequence[Job]:
        """Return the user's jobs that have not ended, newest first."""
        return await self._jobs.open_of_user(user_id)

    async def open_in(self, channel_id: int) -> Sequence[Job]:
        """Return the jobs in that channel that have not ended, newest first."""
        return await self._jobs.open_in_channel(channel_id)

    async def cards_in(self, channel_id: int) -> Sequence[int]:
        """Return the messages that are the cards of open jobs in that channel, oldest first."""
        return await self._jobs.cards_in_channel(channel_id)

    async def recent_of(
        self, user_id: int, limit: int, start: int = 0, wanted: JobFilter = ANY_JOB
    ) -> Sequence[Job]:
        """Return the user's jobs from *start* on: those whose result waits, then the newest."""
        return await self._jobs.recent_of_user(user_id, limit, start, wanted)

    async def count_of(self, user_id: int, wanted: JobFilter = ANY_JOB) -> int:
        """Count the user's jobs that pass the filter."""
        return await self._jobs.count_of_user(user_id, wanted)
