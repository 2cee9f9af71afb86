"""Cost lookup: the cost of a task in the task list, where the task itself does not report it."""

import logging

from bot.jobs.worker.task_list import find_task, half_a_day_before
from bot.modelhunter import ModelHunterClient, ModelHunterError, Task
from db.records import Job

log = logging.getLogger(__name__)

# Seconds before the task's creation at which the list begins.
_MARGIN = 60.0


async def look_up_cost(api: ModelHunterClient, job: Job, task: Task) -> Task:
    """Return *task* with its cost from the list, or as it is if the list has none either.

    The documentation of a single task shows no cost; that of the list does. A list that can't be
    read is no error: a job is settled without a cost too.
    """
    try:
        found = await find_task(
            api, _created(job, task) - _MARGIN, lambda other: other.id == task.id
        )
    except ModelHunterError as error:
        log.info("job %d: its cost can't be looked up: %s", job.id, error)
        return task
    # The list may be behind the task: what it reports of one that goes on is not the whole cost.
    cost = None if found.task is None else found.task.final_cost
    return task if cost is None else task.model_copy(update={"cost": cost})


def _created(job: Job, task: Task) -> float:
    """Return when the task was created by the API's clock, or a time before that."""
    if task.created_at is not None:
        return task.created_at.timestamp()
    return half_a_day_before(job.submitted_at or job.created_at)
