"""Task adoption: a task of the API becomes the task of a job, for good."""

import logging

from bot.jobs.errors import StaleJob
from bot.jobs.lifecycle import events
from bot.jobs.worker.step_context import StepContext
from bot.jobs.worker.task_events import task_seen
from bot.modelhunter import Task
from db.records import Job
from db.repositories.jobs import JobRepository

log = logging.getLogger(__name__)


class TaskAdoption:
    """Stores which task a job is, unless the task is another job's."""

    def __init__(self, context: StepContext, jobs: JobRepository) -> None:
        self._recorder = context.recorder
        self._jobs = jobs

    async def adopt(self, job: Job, task: Task) -> Job:
        """Store that *job* is *task*, and what the task says of itself."""
        if not await self._learn(job, task):
            log.warning("job %d: is not task %s, which is another job's", job.id, task.id)
            return await self._recorder.apply(job, events.SearchFoundNothing())
        log.info("job %d: is task %s", job.id, task.id)
        try:
            return await self._recorder.apply(job, task_seen(task))
        except StaleJob:
            # Another process has the job by now and does not know what was just stored.
            await self._jobs.wake(job.id)
            raise

    async def _learn(self, job: Job, task: Task) -> bool:
        """Store the task's id; return whether the task is this job's.

        A task id is a fact: it is stored even if another process has taken the job over.
        """
        if not task.may_be_for(str(job.id)):
            return False
        known = await self._jobs.learn_task_id(job.id, task.id)
        return known is not None and known.task_id == task.id
