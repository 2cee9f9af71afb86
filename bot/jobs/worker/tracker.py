"""Take one job one step further: ask the API, decide, save, show. Never sleeps."""

import asyncio
import logging
from collections.abc import Mapping, Sequence

from bot.jobs.lifecycle import events
from bot.jobs.worker.batching import BatchPlan, is_listed, plan_batch
from bot.jobs.worker.close import CloseStep
from bot.jobs.worker.cost_lookup import CLOCK_MARGIN, with_cost
from bot.jobs.worker.deliver import DeliverStep
from bot.jobs.worker.missing_tasks import MissingTasks
from bot.jobs.worker.poll_intervals import poll_delay
from bot.jobs.worker.retry_later import RetryLater
from bot.jobs.worker.step_context import StepContext
from bot.jobs.worker.submit import SubmitStep
from bot.jobs.worker.task_events import task_seen
from bot.jobs.worker.task_search import tasks_since
from bot.modelhunter import (
    AlreadyFinished,
    ModelHunterError,
    OperatorMustAct,
    Rejected,
    Task,
    TaskNotFound,
    TaskStatus,
    Unavailable,
)
from bot.monitoring.api_health import report_refusal
from db.records import Job, JobState

log = logging.getLogger(__name__)

# The statuses of which a list tells everything that we need.
_STILL_GOING = frozenset({TaskStatus.PENDING, TaskStatus.QUEUED, TaskStatus.RUNNING})
# The API's own cap is unknown; ours keeps a burst of commands polite. What waits for files and what
# waits for Discord have a lane each, so that neither holds up the other, a question or a POST.
_ASKING_AT_ONCE = 32
_DELIVERING_AT_ONCE = 16
_CLOSING_AT_ONCE = 16
# From this many young tasks on, pages of the list are cheaper than a question for each.
_LIST_FROM = 5


class Tracker:
    """Know what to do next with a job in each of its states."""

    def __init__(
        self,
        context: StepContext,
        missing: MissingTasks,
        *,
        submit: SubmitStep,
        deliver: DeliverStep,
        close: CloseStep,
    ) -> None:
        self._api = context.api
        self._recorder = context.recorder
        self._health = context.health
        self._clock = context.clock
        self._missing = missing
        self._submit = submit
        self._deliver = deliver
        self._close = close
        self._asking = asyncio.Semaphore(_ASKING_AT_ONCE)
        self._files = asyncio.Semaphore(_DELIVERING_AT_ONCE)
        self._endings = asyncio.Semaphore(_CLOSING_AT_ONCE)

    async def step(self, job_id: int, listed: Task | None = None) -> float | None:
        """Take the job one step further and return the seconds until its next, None at its end.

        *listed* is what a page of the task list just said of it, if it was asked that way.

        Raises:
            RetryLater: The step could not be done now.
            NotOwned: Another process has the job, or it was forgotten.
        """
        try:
            async with self._asking:
                before = await self._recorder.read(job_id)
                if not before.open:
                    return None
                lane = self._slow_lane(before)
                after = before if lane else await self._move(before, listed)
            if lane:
                async with lane:
                    before = await self._recorder.read(job_id)
                    after = await self._move(before, listed)
        except OperatorMustAct as error:
            report_refusal(self._health, error)
            raise RetryLater from error
        except Unavailable as error:
            raise RetryLater(error.retry_after, slows_all=error.status == 429) from error
        except ModelHunterError as error:
            log.warning("job %d: %s", job_id, error)
            raise RetryLater from error
        return self._delay(before, after)

    def _slow_lane(self, job: Job) -> asyncio.Semaphore | None:
        """Return where the next step waits for its turn, None if it waits for the API alone."""
        if job.state is JobState.DELIVERING:
            return self._files
        return self._endings if job.state.is_final else None

    async def plan(self, job_ids: Sequence[int]) -> BatchPlan:
        """Return what the next steps of these jobs need of the API."""
        return plan_batch(await self._recorder.read_all(job_ids), self._clock())

    async def list_tasks(self, job_ids: Sequence[int]) -> Mapping[int, Task]:
        """Return what pages of the task list say of the young ones of these jobs, by job id.

        Empty when they are few, or the list can't be had: each task is then asked for alone.
        """
        young = await self._young(job_ids)
        if len(young) < _LIST_FROM:
            return {}
        since = min(job.submitted_at or job.created_at for job in young) - CLOCK_MARGIN
        try:
            tasks = {task.id: task async for task in tasks_since(self._api, since)}
        except ModelHunterError as error:
            if isinstance(error, Unavailable) and error.status == 429:
                # A question for each would be the opposite of what the API asks for.
                raise RetryLater(error.retry_after, slows_all=True) from error
            log.info("the task list can't be read: %s", error)
            return {}
        return {job.id: tasks[job.task_id] for job in young if job.task_id in tasks}

    async def _young(self, job_ids: Sequence[int]) -> list[Job]:
        now = self._clock()
        return [job for job in await self._recorder.read_all(job_ids) if is_listed(job, now)]

    async def _move(self, job: Job, listed: Task | None) -> Job:
        if job.state.is_final:
            return await self._close.close(job)
        if job.state is JobState.ACCEPTED:
            return await self._submit.send(job)
        if job.state is JobState.DELIVERING:
            return await self._deliver.deliver(job)
        if job.task_id is None:
            return await self._submit.search(job)
        return await self._follow(job, listed)

    async def _follow(self, job: Job, listed: Task | None) -> Job:
        if job.is_cancelling:
            job = await self._cancel(job)
        elif listed is not None and listed.status in _STILL_GOING:
            return await self._recorder.apply(job, task_seen(listed))
        try:
            task = await self._api.get_task(str(job.task_id))
        except TaskNotFound:
            if self._missing.is_widespread(job):
                raise RetryLater from None
            return await self._recorder.apply(job, events.TaskMissing())
        except ModelHunterError:
            await self._recorder.apply(job, events.PollFailed())
            raise
        self._missing.discard(job.id)
        if task.status in _STILL_GOING or task.cost is not None:
            return await self._recorder.apply(job, task_seen(task))
        return await self._recorder.apply(job, task_seen(await with_cost(self._api, job, task)))

    async def _cancel(self, job: Job) -> Job:
        """Carry out the saved request; the GET that follows says what became of it.

        Whatever the API answers, the task must go on being followed. After it was told that the
        task is being cancelled, which may take a while, a no says only that.
        """
        try:
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
            # A key that may not cancel may well make things: that is no reason to refuse new jobs.
            if isinstance(error, OperatorMustAct) and error.status != 403:
                report_refusal(self._health, error)
            return job
        return await self._recorder.apply(job, events.CancelAccepted())

    def _delay(self, before: Job, after: Job) -> float | None:
        if not after.open:
            return None
        if after.state is not before.state and (
            after.state.is_final or after.state is JobState.DELIVERING
        ):
            return 0.0
        return poll_delay(after, self._clock())
