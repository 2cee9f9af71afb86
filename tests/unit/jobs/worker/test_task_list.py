"""Looking through the task list: each task once, and to the end or not at all."""

import dataclasses
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from bot.jobs.worker.task_list import find_task, list_tasks_since
from bot.modelhunter import Malformed, ModelHunterClient, Task, TaskPage

SINCE = 1_800_000_000.0


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a page was asked for by."""

    start: datetime | None
    cursor: str | None


class ScriptedApi(ModelHunterClient):
    """Return one page after the other; the last for ever."""

    def __init__(self, *pages: TaskPage) -> None:
        self._pages = list(pages)
        self.asked: list[Asked] = []

    async def list_tasks(
        self, *, start: datetime | None = None, cursor: str | None = None, limit: int = 100
    ) -> TaskPage:
        """Return the next page."""
        assert limit == 100
        self.asked.append(Asked(start=start, cursor=cursor))
        return self._pages.pop(0) if len(self._pages) > 1 else self._pages[0]


def a_page(*names: str, cursor: str | None = None) -> TaskPage:
    """Return a page of tasks; one with a cursor is not the last."""
    tasks = tuple(Task(id=name) for name in names)
    return TaskPage(tasks=tasks, cursor=cursor, has_more=cursor is not None)


async def read(api: ScriptedApi) -> Sequence[str]:
    """Read the list to its end."""
    return [task.id async for task in list_tasks_since(api, SINCE)]


async def test_overlapping_pages_of_the_task_list() -> None:
    """Every page is read, and a task on two pages is returned once."""
    api = ScriptedApi(a_page("c", "b", cursor="1"), a_page("b", "a", cursor="2"), a_page("a"))
    assert await read(api) == ["c", "b", "a"]
    start = datetime.fromtimestamp(SINCE, UTC)
    assert api.asked == [Asked(start=start, cursor=each) for each in (None, "1", "2")]


async def test_a_task_list_whose_cursor_stays() -> None:
    """A cursor that stays the same is no end: what it hides must not pass for absent."""
    api = ScriptedApi(a_page("b", cursor="1"))
    with pytest.raises(Malformed):
        await find_task(api, SINCE, lambda task: task.id == "a")
    assert len(api.asked) == 2


async def test_a_task_list_without_an_end() -> None:
    """The page at which we give up is no end either."""
    api = ScriptedApi(*(a_page(f"task_{number}", cursor=str(number)) for number in range(999)))
    with pytest.raises(Malformed):
        await find_task(api, SINCE, lambda task: task.id == "a")
    assert len(api.asked) == 200


async def test_a_found_task_ends_the_search() -> None:
    """An endless list does no harm where the task is found in it."""
    api = ScriptedApi(a_page("b", cursor="1"), a_page("a", cursor="2"))
    found = await find_task(api, SINCE, lambda task: task.id == "a")
    assert (found.task, found.listed) == (Task(id="a"), 2)
