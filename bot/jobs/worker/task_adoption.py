"""Task adoption: a task of the API becomes the task of a job, for good.

It is known by the answer to its POST, or by an entry of the list. Neither need show why a task has
failed; so a failure without a reason is left for the question about the task itself, which follows.
"""

import logging

from bot.jobs.errors import StaleJob
from bot.jobs.lifecycle import events
from bot.jobs.worker.step_context import StepContext
from bot.jobs.worker.task_events import task_seen
from bot.modelhunter import Task, TaskStatus
from db.errors import RowExists
from db.records import Job
from db.repositories.jobs import JobRepository

log = logging.getLogger(__name__)


class TaskAdoption:
    """Stores which task a job is, unless the task is another job's."""

    def __init__(self, context: StepContext, jobs: JobRepository) -> None:
        self._recorder = context.recorder
        self._jobs = jobs

    async def adopt(self, job: Job, task: Task) -> Job:
        """Store that *job* is *task*, and what the task says of itself, by one write.

        Raises:
            StaleJob: The job changed in the meantime; its task is stored all the same.
        """
        if not task.may_be_for(str(job.id)):
            return await self._refuse(job, task)
        try:
            adopted = await self._recorder.apply(job, task_seen(_without_bare_failure(task)))
        except RowExists:  # no two jobs have one task
            return await self._refuse(job, task)
        except StaleJob:
            await self._learn(job, task)
            raise
        log.info("job %d: is task %s", job.id, task.id)
        return adopted

    async def _refuse(self, job: Job, task: Task) -> Job:
        log.warning("job %d: is not task %s, which is another job's", job.id, task.id)
        return await self._recorder.apply(job, events.SearchFoundNothing())

    async def _learn(self, job: Job, task: Task) -> None:
        """Store the task's id alone: it is a fact, also if another process has the job by now."""
        known = await self._jobs.learn_task_id(job.id, task.id)
        if known is not None and known.task_id == task.id:
            log.info("job %d: is task %s", job.id, task.id)


def _without_bare_failure(task: Task) -> Task:
    """Return *task* as one that goes on, if it has failed and does not say why."""
    if task.status is not TaskStatus.FAILED or task.error is not None:
        return task
    return task.model_copy(update={"status": TaskStatus.PENDING})
