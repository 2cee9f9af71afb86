"""Look for tasks in the API's list, newest first."""

import dataclasses
from collections.abc import AsyncGenerator, Callable
from datetime import UTC, datetime

from bot.modelhunter import Malformed, ModelHunterClient, Task

# No answer says that a list is endless; this many tasks in one search window is a fault.
_MOST_PAGES = 200


async def tasks_since(api: ModelHunterClient, since: float) -> AsyncGenerator[Task]:
    """Yield every listed task created after *since* (Unix seconds) once, newest first.

    Raises Malformed when the list can't be read to its end: what was not read must not pass for
    absent.

    The cursor is a time, so that neighbouring pages may repeat a task (ModelHunter docs: list
    tasks); repeated ones are left out.
    """
    start = datetime.fromtimestamp(since, UTC)
    cursor: str | None = None
    known: set[str] = set()
    for _ in range(_MOST_PAGES):
        page = await api.list_tasks(start=start, cursor=cursor)
        fresh = [task for task in page.tasks if task.id not in known]
        known.update(task.id for task in fresh)
        for task in fresh:
            yield task
        if not page.has_more:
            return
        if page.cursor is None or page.cursor == cursor:
            raise Malformed("the task list does not go on")
        cursor = page.cursor
    raise Malformed("the task list has no end")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What became of looking for a task; `listed` and `marked` count those that were passed."""

    task: Task | None
    listed: int
    marked: int  # those that carried metadata

    @property
    def proves_nothing(self) -> bool:
        """Whether the list hides metadata, so that a task can't be told by it."""
        return self.listed > 0 and self.marked == 0


async def find_task(api: ModelHunterClient, since: float, is_it: Callable[[Task], bool]) -> Search:
    """Look for the task that *is_it* among those created after *since* (Unix seconds)."""
    listed = marked = 0
    async for task in tasks_since(api, since):
        listed += 1
        marked += bool(task.metadata)
        if is_it(task):
            return Search(task=task, listed=listed, marked=marked)
    return Search(task=None, listed=listed, marked=marked)
