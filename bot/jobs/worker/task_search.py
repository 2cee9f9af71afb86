"""Task search: reads the API's task list, newest first, to its end or until a task is found."""

import dataclasses
from collections.abc import AsyncGenerator, Callable
from datetime import UTC, datetime

from bot.modelhunter import Malformed, ModelHunterClient, Task

# No answer says that a list is endless; so many pages since one point in time are a fault.
_MOST_PAGES = 200


async def list_tasks_since(api: ModelHunterClient, since: float) -> AsyncGenerator[Task]:
    """Yield every task created after *since* (Unix seconds) once, newest first.

    The cursor is a time, so that neighbouring pages may repeat a task (ModelHunter docs: list
    tasks); repeated ones are left out.

    Raises:
        Malformed: The list can't be read to its end. What was not read must not pass for absent.
        ModelHunterError: A page could not be had.
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
class SearchResult:
    """The task that was searched for, if it was found, and how many were read to find it."""

    task: Task | None
    listed: int
    with_metadata: int  # those of them that carried metadata

    @property
    def is_inconclusive(self) -> bool:
        """Whether the list hides metadata, so that no task can be recognized by it."""
        return self.listed > 0 and self.with_metadata == 0


async def find_task(
    api: ModelHunterClient, since: float, matches: Callable[[Task], bool]
) -> SearchResult:
    """Search the tasks created after *since* (Unix seconds); raises as `list_tasks_since` does."""
    listed = with_metadata = 0
    async for task in list_tasks_since(api, since):
        listed += 1
        with_metadata += bool(task.metadata)
        if matches(task):
            return SearchResult(task=task, listed=listed, with_metadata=with_metadata)
    return SearchResult(task=None, listed=listed, with_metadata=with_metadata)
