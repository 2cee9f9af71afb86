"""List searches: a job's task by its mark, and what a task cost; many jobs share one reading.

The mark is `metadata.job_id`. A list whose tasks carry no metadata at all can't show a task by it,
which `SearchResult.is_inconclusive` says.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from decimal import Decimal

from bot.jobs.worker.shared_readings import SharedReadings
from bot.jobs.worker.task_list import Entry, list_entries, mark_of, moment
from bot.modelhunter import ModelHunterClient, PageQuery, Task, Urgency, read_entry

_MOST_MARKS = 50


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    """The task that was searched for, if it was found, and what was read to find it."""

    task: Task | None
    listed: int = 0
    with_metadata: int = 0  # those of them that carried metadata
    marks: tuple[str, ...] = ()  # of the youngest of them that name a job

    @property
    def is_inconclusive(self) -> bool:
        """Whether the list hides metadata, so that no task can be recognized by it."""
        return self.listed > 0 and self.with_metadata == 0


@dataclasses.dataclass(frozen=True, slots=True)
class _ByMark:
    mark: str
    since: float  # Unix seconds of the API's clock


@dataclasses.dataclass(frozen=True, slots=True)
class _CostOf:
    task_id: str
    start: float  # Unix seconds of the API's clock, between which it was created
    end: float | None


class ListSearches:
    """Searches of the task list that several steps may need at once."""

    def __init__(self, api: ModelHunterClient) -> None:
        self._api = api
        self._by_mark = SharedReadings(self._read_marks)
        self._costs = SharedReadings(self._read_costs)

    async def find(self, mark: str, *, since: float) -> SearchResult:
        """Search the tasks created after *since* for the one that was made for *mark*.

        Raises:
            Malformed: The list can't be read to its end. What was not read must not pass for absent.
            ModelHunterError: A page could not be had.
        """
        return await self._by_mark.ask(_ByMark(mark, since))

    async def cost_of(self, task_id: str, *, start: float, end: float | None) -> Decimal | None:
        """Return the final cost of a task that was created between two times; raises as `find`."""
        return await self._costs.ask(_CostOf(task_id, start, end))

    async def _read_marks(self, searches: Sequence[_ByMark]) -> Mapping[_ByMark, SearchResult]:
        wanted = {search.mark for search in searches}
        found: dict[str, Task] = {}
        listed = with_metadata = 0
        marks: list[str] = []
        query = PageQuery(start=moment(min(search.since for search in searches)))
        async for entry in list_entries(self._api, query):
            listed += 1
            with_metadata += bool(entry.get("metadata"))
            mark = mark_of(entry)
            if mark is None:
                continue
            if len(marks) < _MOST_MARKS:
                marks.append(mark)
            if mark in wanted and (task := read_entry(entry)) is not None:
                found[mark] = task
                wanted.discard(mark)
                if not wanted:
                    break
        seen = SearchResult(
            task=None, listed=listed, with_metadata=with_metadata, marks=tuple(marks)
        )
        return {
            search: dataclasses.replace(seen, task=found.get(search.mark)) for search in searches
        }

    async def _read_costs(self, asked: Sequence[_CostOf]) -> Mapping[_CostOf, Decimal | None]:
        wanted = {each.task_id: each for each in asked}
        costs: dict[str, Decimal | None] = {}
        for start, end in _windows(asked):
            query = PageQuery(start=moment(start), end=None if end is None else moment(end))
            expected = {
                task_id
                for task_id, each in wanted.items()
                if each.start >= start and (end is None or each.start < end)
            }
            async for entry in list_entries(self._api, query, urgency=Urgency.ENDING):
                if (task_id := str(entry.get("id"))) in wanted:
                    costs[task_id] = _final_cost(entry)
                    expected.discard(task_id)
                    if not expected:
                        break
        return {each: costs.get(each.task_id) for each in asked}


def _final_cost(entry: Entry) -> Decimal | None:
    # The list may be behind the task: what it reports of one that goes on is not the whole cost.
    task = read_entry(entry)
    return None if task is None else task.final_cost


def _windows(asked: Sequence[_CostOf]) -> list[tuple[float, float | None]]:
    """Return the spans of time that cover all *asked*, where they overlap as one; the newest first."""
    windows: list[tuple[float, float | None]] = []
    for each in sorted(asked, key=lambda it: it.start):
        if windows and (windows[-1][1] is None or each.start <= windows[-1][1]):
            start, end = windows.pop()
            is_open = end is None or each.end is None
            windows.append((start, None if is_open else max(end or 0.0, each.end or 0.0)))
        else:
            windows.append((each.start, each.end))
    return windows[::-1]
