"""What a task costs, when the task itself does not tell it."""

import logging

from bot.jobs.worker.task_search import find_task
from bot.modelhunter import ModelHunterClient, ModelHunterError, Task
from db.records import Job

log = logging.getLogger(__name__)

# Clocks differ; a list begins this much before the job's own time.
CLOCK_MARGIN = 60.0


async def with_cost(api: ModelHunterClient, job: Job, task: Task) -> Task:
    """Return *task* with the cost that only the list tells, when it tells it (api.md, section 3)."""
    since = (job.submitted_at or job.created_at) - CLOCK_MARGIN
    try:
        found = await find_task(api, since, lambda other: other.id == task.id)
    except ModelHunterError as error:
        log.info("job %d: its cost can't be looked up: %s", job.id, error)
        return task
    if found.task is None or found.task.cost is None:
        return task
    return task.model_copy(update={"cost": found.task.cost})
