"""Tracker: chooses and takes the next step of a job. Never sleeps and never tries twice."""

import dataclasses
import logging

from bot.jobs.errors import JobsError, StaleJob
from bot.jobs.lifecycle import events
from bot.jobs.worker.cancel_attempts import CancelAttempts
from bot.jobs.worker.close import CloseStep
from bot.jobs.worker.cost_lookup import with_cost
from bot.jobs.worker.deliver import DeliverStep
from bot.jobs.worker.followed_tasks import says_enough
from bot.jobs.worker.lost_post import LostPostSearch
from bot.jobs.worker.poll_intervals import poll_delay, silence_delay
from bot.jobs.worker.retry_later import RetryLater
from bot.jobs.worker.step_context import StepContext
from bot.jobs.worker.submit import SubmitStep
from bot.jobs.worker.task_events import task_seen
from bot.jobs.worker.task_questions import TaskQuestions, may_concern_all
from bot.modelhunter import (
    AlreadyFinished,
    ModelHunterError,
    Rejected,
    Task,
    TaskNotFound,
    Unavailable,
    is_from_api,
)
from db.records import Job, JobState

log = logging.getLogger(__name__)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """The steps of a job but for following its task, which is the tracker's own."""

    submit: SubmitStep
    lost_post: LostPostSearch
    deliver: DeliverStep
    close: CloseStep


class Tracker:
    """Choice of the next step by a job's state, within limits on how many run at once."""

    def __init__(
        self,
        context: StepContext,
        questions: TaskQuestions,
        steps: Steps,
    ) -> None:
        self._api = context.api
        self._recorder = context.recorder
        self._gate = context.gate
        self._clock = context.clock
        self._poll_interval_floor = context.poll_interval_floor
        self._questions = questions
        self._lanes = context.lanes
        self._looks = context.looks
        self._searches = context.searches
        self._cancels = CancelAttempts(context.clock)
        self._submit = steps.submit
        self._lost_post = steps.lost_post
        self._deliver = steps.deliver
        self._close = steps.close

    async def step(self, job_id: int, listed: Task | None = None) -> float | None:
        """Take one step of the job and return the seconds until its next, None at its end.

        *listed* is the job's task as a page of the task list just showed it, if one was read.

        Raises:
            RetryLater: The step could not be done now.
            NotOwned: Another process has the job, or it was deleted.
            StaleJob: The job changed in the meantime, and nothing was written.
            LookGivenUp: The next step comes first.
        """
        before = await self._recorder.read(job_id)
        if not before.open:
            return None
        after = await self._take(before, listed)
        return self._delay(before, after)

    async def _take(self, job: Job, listed: Task | None) -> Job:
        """Take the step of *job*; raises RetryLater where it could not be taken."""
        try:
            return await self._take_step(job, listed)
        except ModelHunterError as error:
            raise self._retry(job, error) from error
        except JobsError:
            raise
        except Exception as error:  # a fault of our own must not hold the requester's place either
            return await self._record_fault(job, error)

    def _retry(self, job: Job, error: ModelHunterError) -> RetryLater:
        """Have *error* looked into, if it may concern all, and return how the step is taken again."""
        if may_concern_all(error):
            self._gate.suspect()
        log.info("job %d: %s", job.id, error)
        pause = poll_delay(job, self._clock()) if job.state is JobState.UNCERTAIN else 0.0
        if not isinstance(error, Unavailable):
            return RetryLater(pause or None)
        pause = max(pause, error.retry_after or 0.0)
        return RetryLater(pause or None, slows_all=error.status == 429)

    async def _record_fault(self, job: Job, error: Exception) -> Job:
        """Record that a step failed for a reason of our own; the step is then taken ever less often.

        Raises:
            RetryLater: The job goes on.
        """
        if job.state.is_final:
            log.error("job %d: a step failed", job.id, exc_info=error)
            return await self._close.try_later(job, RetryLater())
        try:
            after = await self._questions.record_failure(job)
        except Exception:
            raise error from None
        log.error("job %d: a step failed", job.id, exc_info=error)
        if after.state.is_final:
            return after
        raise RetryLater(silence_delay(after, self._clock()) or None) from error

    async def _take_step(self, job: Job, listed: Task | None) -> Job:
        if job.state.is_final:
            return await self._close.close(job)
        if job.state is JobState.ACCEPTED:
            return await self._send(job)
        if job.state is JobState.DELIVERING:
            if job.task_id is not None:
                await self._questions.prepare(job)
            return await self._deliver.deliver(await self._as_it_is(job))
        if job.task_id is None:
            async with self._lanes.search(job):
                return await self._lost_post.search(await self._as_it_is(job))
        return await self._follow(job, listed)

    async def _send(self, job: Job) -> Job:
        """Send an accepted job, or find out what became of its card."""
        if job.cancel_wanted_by is not None:
            return await self._submit.send(job)
        if job.message_id is not None:
            job = await self._submit.hand_over(job)  # in no lane of others: it may take minutes
            if job.state.is_final:
                return job
        lane = self._lanes.search if job.message_id is None else self._lanes.create
        async with self._looks.entered(job.id, lane(job)):
            return await self._submit.send(await self._as_it_is(job))

    async def _as_it_is(self, job: Job) -> Job:
        """Return the job as it is after the wait for a place.

        Raises:
            StaleJob: Its next step is another one by now.
        """
        current = await self._recorder.read(job.id)
        if current.state is not job.state:
            raise StaleJob(str(job.id))
        return current

    async def _follow(self, job: Job, listed: Task | None) -> Job:
        """Ask how the task is, after carrying out a cancel that is wanted."""
        if self._cancels.is_due(job):
            job = await self._cancel(job)
        elif listed is not None and says_enough(listed, job):
            return await self._record(job, listed)
        has_ended = listed is not None and listed.status.is_ending
        job, task = await self._questions.ask(job, has_ended=has_ended)
        if task is None:
            return job
        task = await with_cost(self._searches, job, task, listed)
        return await self._record(job, task)

    async def _record(self, job: Job, task: Task) -> Job:
        """Record what the API has just said of the task; its delivery begins with these addresses."""
        followed = await self._recorder.apply(job, task_seen(task))
        if followed.state is JobState.DELIVERING and task.result:
            self._questions.keep(job.id, task)
        return followed

    async def _cancel(self, job: Job) -> Job:
        """Send the cancel that is wanted; the GET that follows says what became of it.

        With any answer the task goes on being followed. Once the API has accepted the cancel,
        which it may take a while to carry out, its later refusals mean no more than that.
        """
        self._cancels.add(job.id)
        try:
            async with self._lanes.cancel(job):
                await self._api.cancel_task(str(job.task_id))
        except TaskNotFound:
            return job
        except (AlreadyFinished, Rejected) as error:
            log.info("job %d: won't be cancelled: %s", job.id, error)
            if job.cancel_taken:
                return job
            return await self._recorder.apply(job, events.CancelRefused())
        except ModelHunterError as error:
            log.info("job %d: can't be cancelled now: %s", job.id, error)
            if isinstance(error, Unavailable) and error.status == 429:
                raise
            # A key that may not cancel may still create tasks.
            if not isinstance(error, Unavailable) or not is_from_api(error):
                self._gate.suspect()
            return job
        return await self._recorder.apply(job, events.CancelAccepted())

    def _delay(self, before: Job, after: Job) -> float | None:
        if not after.open:
            return None
        if after.state.is_final:
            self._cancels.discard(after.id)
            self._questions.discard(after.id)
        if after.state is not before.state and (
            after.state.is_final or after.state is JobState.DELIVERING
        ):
            return 0.0
        return poll_delay(after, self._clock(), self._poll_interval_floor())
