"""Task list: reads the API's list of tasks, newest first, to its end or until a task is found.

The list is filtered by the API's clock, which may show another time than ours. So a search begins
at a time that the API itself has stamped, or so long before a time of ours that no two clocks are
further apart; and where neither is needed it has no beginning.
"""

import dataclasses
from collections.abc import AsyncGenerator, Callable, Collection, Mapping
from datetime import UTC, datetime

from bot.clock import LARGEST_OFFSET
from bot.modelhunter import JOB_MARK, Malformed, ModelHunterClient, Task

# No answer says that a list is endless; so many pages since one point in time are a fault.
_MOST_PAGES = 200
_MOST_MARKS = 50
# Seconds before a time of ours at which a search begins, beside what two clocks may differ by.
SEARCH_MARGIN = 10 * 60.0


async def list_tasks_since(api: ModelHunterClient, since: float | None) -> AsyncGenerator[Task]:
    """Yield every task created after *since* once, newest first.

    *since* is in Unix seconds of the API's clock; None is for all tasks that there are.

    The cursor is a time, so that neighbouring pages may repeat a task (ModelHunter docs: list
    tasks); repeated ones are left out.

    Raises:
        Malformed: The list can't be read to its end. What was not read must not pass for absent.
        ModelHunterError: A page could not be had.
    """
    start = None if since is None else datetime.fromtimestamp(max(0.0, since), UTC)
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


def half_a_day_before(ours: float) -> float:
    """Return a time of the API's clock that is before *ours*, a time of our clock (Unix seconds)."""
    return ours - LARGEST_OFFSET


async def list_tasks_among(
    api: ModelHunterClient, task_ids: Collection[str], *, most: int
) -> Mapping[str, Task]:
    """Return those of the tasks that are among the *most* youngest of the list, by their ids.

    Raises:
        ModelHunterError: A page could not be had.
    """
    found: dict[str, Task] = {}
    read = 0
    async for task in list_tasks_since(api, None):
        read += 1
        if task.id in task_ids:
            found[task.id] = task
        if len(found) == len(task_ids) or read == most:
            break
    return found


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    """The task that was searched for, if it was found, and how many were read to find it."""

    task: Task | None
    listed: int
    with_metadata: int  # those of them that carried metadata
    marks: tuple[str, ...] = ()  # of the youngest of them that name a job

    @property
    def is_inconclusive(self) -> bool:
        """Whether the list hides metadata, so that no task can be recognized by it."""
        return self.listed > 0 and self.with_metadata == 0


async def find_task(
    api: ModelHunterClient, since: float, matches: Callable[[Task], bool]
) -> SearchResult:
    """Search the tasks created after *since*, as `list_tasks_since` does and with its errors."""
    listed = with_metadata = 0
    marks: list[str] = []
    async for task in list_tasks_since(api, since):
        listed += 1
        with_metadata += bool(task.metadata)
        if JOB_MARK in task.metadata and len(marks) < _MOST_MARKS:
            marks.append(str(task.metadata[JOB_MARK]))
        if matches(task):
            return SearchResult(task=task, listed=listed, with_metadata=with_metadata)
    return SearchResult(task=None, listed=listed, with_metadata=with_metadata, marks=tuple(marks))
