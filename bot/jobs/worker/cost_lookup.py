"""Cost lookup: the cost of a task in the task list, where the task itself does not report it.

The documentation of a single task shows no cost; that of the list does. The list is read around the
moment at which the task was created, by the API's own clock, and once for all jobs that end together.
"""

import logging
from decimal import Decimal

from bot.jobs.worker.list_searches import ListSearches
from bot.jobs.worker.task_list import half_a_day_before
from bot.modelhunter import ModelHunterError, Task
from db.records import Job

log = logging.getLogger(__name__)

# Seconds around the task's creation that are read.
_MARGIN = 2.0


async def with_cost(searches: ListSearches, job: Job, task: Task, listed: Task | None) -> Task:
    """Return *task* with its cost from the list, or as it is if the list has none either.

    *listed* is the task as the list has just shown it, if it did. A list that can't be read is no
    error: a job is settled without a cost too.
    """
    if not task.status.is_ending or task.cost is not None:
        return task
    cost = None if listed is None or listed.id != task.id else listed.final_cost
    if cost is None:
        cost = await _look_up(searches, job, task)
    return task if cost is None else task.model_copy(update={"cost": cost})


async def _look_up(searches: ListSearches, job: Job, task: Task) -> Decimal | None:
    start, end = half_a_day_before(job.submitted_at or job.created_at), None
    if task.created_at is not None:
        created = task.created_at.timestamp()
        start, end = created - _MARGIN, created + _MARGIN
    try:
        return await searches.cost_of(task.id, start=start, end=end)
    except ModelHunterError as error:
        log.info("job %d: its cost can't be looked up: %s", job.id, error)
        return None
