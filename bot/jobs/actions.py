"""Actions: what may be done with a job that exists: cancel it, retry it, forget it."""

from collections.abc import Callable

from bot.jobs.admission.requests import (
    GenerationRequest,
    is_repeatable,
    is_retryable,
    request_of,
)
from bot.jobs.errors import AlreadyEnded, NotCancellable, NotRepeatable, NotRetryable, NotYours
from bot.jobs.lifecycle import events
from bot.jobs.queries import JobQueries
from bot.jobs.recorder import JobRecorder
from db.records import Job, JobState
from db.repositories.retention import Forgotten, Retention, StoredJobs


class JobActions:
    """Actions on jobs; whether this user may take them is checked before."""

    def __init__(
        self,
        queries: JobQueries,
        recorder: JobRecorder,
        retention: Retention,
        *,
        wake: Callable[[int], None],
    ) -> None:
        self._queries = queries
        self._recorder = recorder
        self._retention = retention
        self._wake = wake

    async def cancel(self, job_id: int, by: int) -> Job:
        """Save the cancel request of user *by*, and carry it out soon.

        Raises:
            UnknownJob: There is none, or not any more.
            AlreadyEnded: It has ended, or its result is on the way.
            NotCancellable: The API was asked before and refused.
        """
        job = await self._queries.find(job_id)
        if job.is_result_missing:
            return await self._give_up_result(job, by)
        if job.state.is_final or job.state is JobState.DELIVERING:
            raise AlreadyEnded(job)
        if job.cancel_refused:
            raise NotCancellable
        requested = await self._recorder.request_cancel(job_id, by)
        self._wake(job_id)
        return requested or job

    async def _give_up_result(self, job: Job, by: int) -> Job:
        """End a job whose result does not come; nothing is asked of the API, whose task has ended."""
        ended = await self._recorder.apply_to_latest(job.id, events.CancelRequested(by))
        self._wake(job.id)
        if ended is None or ended.state is not JobState.CANCELLED:
            raise AlreadyEnded(ended or job)
        return ended

    async def card_deleted(self, message_id: int) -> None:
        """Cancel the job whose card was deleted; a result it has waits in /jobs."""
        job = await self._queries.find_by_message(message_id)
        if job is not None and job.open:
            await self._recorder.apply_to_latest(job.id, events.CardGone())
            self._wake(job.id)

    async def channel_deleted(self, channel_id: int) -> None:
        """Cancel the jobs whose cards went with their channel or thread."""
        for message_id in await self._queries.cards_in(channel_id):
            await self.card_deleted(message_id)

    async def request_to_retry(self, job_id: int, by: int) -> GenerationRequest:
        """Return what the job asked for, as a new request.

        Raises:
            UnknownJob: There is none, or not any more.
            NotYours: Another user asked for it.
            NotRetryable: It runs, made its result, or would end in the same way.
        """
        job = await self._queries.find(job_id)
        if job.user_id != by:
            raise NotYours
        if not is_retryable(job):
            raise NotRetryable
        return request_of(job)

    async def request_again(self, job_id: int, by: int) -> GenerationRequest:
        """Return what a job with a result asked for, as a new request; it may be made many times.

        Raises:
            UnknownJob, NotYours: As `request_to_retry`.
            NotRepeatable: It has no result.
        """
        job = await self._queries.find(job_id)
        if job.user_id != by:
            raise NotYours
        if not is_repeatable(job):
            raise NotRepeatable
        return request_of(job)

    async def forgettable(self, user_id: int) -> StoredJobs:
        """Return how many jobs `forget` would delete."""
        return await self._retention.count_of_user(user_id)

    async def forget(self, user_id: int) -> Forgotten:
        """Delete the user's jobs and prompts; those that run are deleted at their end."""
        return await self._retention.forget_user(user_id)
