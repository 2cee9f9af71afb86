"""An API whose task list is a table, and can be made to fail in every way that a list may."""

import asyncio
import dataclasses
import math
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from bot.modelhunter import (
    EntryPage,
    Malformed,
    ModelHunterClient,
    ModelHunterError,
    PageQuery,
    Task,
    TaskNotFound,
    Urgency,
    read_entry,
)


@dataclasses.dataclass(slots=True)
class ListedTask:
    """A task as the table has it; `created` is in Unix seconds."""

    id: str
    created: float
    status: str = "running"
    progress: float | None = None
    mark: str | None = None
    cost: float | None = None

    def entry(self) -> dict[str, object]:
        """Return the task as the list shows it."""
        moment = datetime.fromtimestamp(self.created, UTC).isoformat()
        return {
            "id": self.id,
            "status": self.status,
            "progress": self.progress,
            "cost": self.cost,
            "created_at": moment,
            "completed_at": moment if self.status in {"succeeded", "failed"} else None,
            "metadata": {"job_id": self.mark} if self.mark else {},
        }


class ScriptedApi(ModelHunterClient):
    """A table of tasks, with a list of pages that a test may spoil."""

    def __init__(self, *tasks: ListedTask, page: int = 100, has_total: bool = True) -> None:
        self.tasks = {task.id: task for task in tasks}
        self.page = page
        self.has_total = has_total
        self.queries: list[PageQuery] = []
        self.gets: list[str] = []
        # Called with each query and the page that is about to be answered.
        self.spoil: Callable[[PageQuery, EntryPage], EntryPage] = lambda _query, page: page
        self.trouble: Iterator[ModelHunterError | None] = iter(())

    def put(self, *tasks: ListedTask) -> None:
        """Add tasks to the table."""
        self.tasks |= {task.id: task for task in tasks}

    async def get_task(self, task_id: str, *, urgency: Urgency = Urgency.QUESTION) -> Task:
        """Return the task of the table."""
        del urgency
        self.gets.append(task_id)
        found = read_entry(self.tasks[task_id].entry()) if task_id in self.tasks else None
        if found is None:
            raise TaskNotFound
        return found

    async def list_entries(
        self, query: PageQuery, *, urgency: Urgency = Urgency.QUESTION
    ) -> EntryPage:
        """Return a page of the table, the newest first."""
        del urgency
        self.queries.append(query)
        await asyncio.sleep(0)  # an answer takes time, in which others ask
        if (trouble := next(self.trouble, None)) is not None:
            raise trouble
        start = -math.inf if query.start is None else query.start.timestamp()
        end = math.inf if query.end is None else query.end.timestamp()
        found = sorted(
            (
                task
                for task in self.tasks.values()
                if start <= task.created <= end and query.status in (None, task.status)
            ),
            key=lambda task: -task.created,
        )
        rest = [
            task for task in found if query.cursor is None or task.created < float(query.cursor)
        ]
        shown = rest[: self.page]
        has_more = len(rest) > len(shown)
        page = EntryPage(
            entries=[task.entry() for task in shown],
            cursor=repr(shown[-1].created) if has_more else None,
            has_more=has_more,
            total=len(found) if self.has_total else None,
        )
        return self.spoil(query, page)


def standing_still(_query: PageQuery, page: EntryPage) -> EntryPage:
    """Spoil a list: its cursor never goes on."""
    return dataclasses.replace(page, cursor="9999999999.0", has_more=True)


def without_entries(_query: PageQuery, _page: EntryPage) -> EntryPage:
    """Spoil a list: it shows nothing at all."""
    return EntryPage(entries=[], cursor=None, has_more=False, total=0)


def malformed(_query: PageQuery, _page: EntryPage) -> EntryPage:
    """Spoil a list: it can't be read."""
    raise Malformed("the list is no list")
