"""Listing: which tasks a list request gets, and where the next page begins. Pure.

ModelHunter docs: list tasks page. The cursor is the creation time of the page's last task, so tasks
of the same millisecond can be skipped between two pages, as by the real API.
"""

import bisect
import dataclasses
import datetime
import operator
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Literal

import pydantic

from sandbox.modelhunter.errors import invalid
from sandbox.modelhunter.records import TaskRecord
from sandbox.modelhunter.timestamps import from_iso, to_iso

_Filter = Callable[[TaskRecord], bool]
_CREATED_AT = operator.attrgetter("created_at")
_Status = Literal["pending", "queued", "running", "succeeded", "failed", "cancelled", "expired"]


class ListQuery(pydantic.BaseModel):
    """The filters of a list request; those that are None let every task pass."""

    status: _Status | None = None
    provider: str | None = None
    model: str | None = pydantic.Field(default=None, alias="modelId")
    start: datetime.datetime | None = pydantic.Field(default=None, alias="startDate")
    end: datetime.datetime | None = pydantic.Field(default=None, alias="endDate")
    search: str | None = None
    limit: int = pydantic.Field(default=20, ge=1, le=100)
    cursor: datetime.datetime | None = None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of the list, newest first."""

    records: Sequence[TaskRecord]
    cursor: str | None  # None on the last page
    has_more: bool
    total: int  # tasks that pass the filters, on all pages


def parse_query(query: Mapping[str, str]) -> ListQuery:
    """Read the query of a list request.

    Raises:
        ApiError: A value is not of its type or outside its range.
    """
    try:
        return ListQuery.model_validate(dict(query))
    except pydantic.ValidationError as error:
        first = error.errors()[0]
        raise invalid(".".join(map(str, first["loc"])), first["msg"]) from None


def page(tasks: Iterable[TaskRecord], query: ListQuery, now: float) -> Page:
    """Return the page of *tasks* that *query* asks for at *now*."""
    # A page is asked for many times a second when there are many tasks: only the filters that there
    # are cost anything, and the tasks are in order already.
    matching = sorted(tasks, key=_CREATED_AT, reverse=True)
    if query.end is not None:
        matching = matching[_newer_than(matching, from_iso(query.end)) :]
    if query.start is not None:
        matching = matching[: _not_older_than(matching, from_iso(query.start))]
    for passes in _filters(query, now):
        matching = [task for task in matching if passes(task)]
    begin = 0
    if query.cursor is not None:
        begin = _not_older_than(matching, from_iso(query.cursor))
    remaining = matching[begin : begin + query.limit + 1]
    chosen = remaining[: query.limit]
    has_more = len(remaining) > len(chosen)
    return Page(
        records=chosen,
        cursor=to_iso(chosen[-1].created_at) if has_more else None,
        has_more=has_more,
        total=len(matching),
    )


def _newer_than(newest_first: Sequence[TaskRecord], moment: float) -> int:
    """Return how many tasks were created after *moment*."""
    return bisect.bisect_left(newest_first, -moment, key=lambda task: -task.created_at)


def _not_older_than(newest_first: Sequence[TaskRecord], moment: float) -> int:
    """Return how many tasks were created at *moment* or after it."""
    return bisect.bisect_right(newest_first, -moment, key=lambda task: -task.created_at)


def _filters(query: ListQuery, now: float) -> Iterator[_Filter]:
    """Yield what a task must pass, for each filter of the query."""
    if query.provider is not None:
        yield lambda task: task.provider == query.provider
    if query.model is not None:
        yield lambda task: task.model == query.model
    if query.search is not None:
        search = query.search
        yield lambda task: task.id.startswith(search)
    if query.status is not None:
        yield lambda task: task.status_at(now) == query.status
