"""Look for tasks in the API's list, newest first."""

from collections.abc import AsyncGenerator, Callable
from datetime import UTC, datetime

from bot.modelhunter import ModelHunterClient, Task

# No answer says that a list is endless; this many tasks in one search window is a fault.
_MOST_PAGES = 200


async def tasks_since(api: ModelHunterClient, since: float) -> AsyncGenerator[Task]:
    """Yield every listed task created after *since* (Unix seconds) once, newest first.

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
        if not page.has_more or page.cursor is None or page.cursor == cursor:
            return
        cursor = page.cursor


async def find_task(
    api: ModelHunterClient, since: float, is_it: Callable[[Task], bool]
) -> tuple[Task | None, bool]:
    """Return the task that *is_it*, and whether any listed task carried metadata.

    Where none does, a search by metadata proves nothing.
    """
    any_metadata = False
    async for task in tasks_since(api, since):
        any_metadata = any_metadata or bool(task.metadata)
        if is_it(task):
            return task, any_metadata
    return None, any_metadata
