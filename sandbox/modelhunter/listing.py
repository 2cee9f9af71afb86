"""Listing: which tasks a list request gets, and where the next page begins. Pure.

ModelHunter docs: list tasks page. The cursor is the creation time of the page's last task, so tasks
of the same millisecond can be skipped between two pages, as by the real API.
"""

import dataclasses
import datetime
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import pydantic

from sandbox.modelhunter.errors import invalid
from sandbox.modelhunter.records import TaskRecord
from sandbox.modelhunter.timestamps import from_iso, to_iso

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
    matching = sorted(
        (task for task in tasks if _matches(task, query, now)),
        key=lambda task: task.created_at,
        reverse=True,
    )
    remaining = matching
    if query.cursor is not None:
        before = from_iso(query.cursor)
        remaining = [task for task in matching if task.created_at < before]
    chosen = remaining[: query.limit]
    has_more = len(remaining) > len(chosen)
    return Page(
        records=chosen,
        cursor=to_iso(chosen[-1].created_at) if has_more else None,
        has_more=has_more,
        total=len(matching),
    )


def _matches(task: TaskRecord, query: ListQuery, now: float) -> bool:
    return (
        query.provider in (None, task.provider)
        and query.model in (None, task.model)
        and task.id.startswith(query.search or "")
        and _within(task.created_at, query)
        and (query.status is None or query.status == task.at(now).status)
    )


def _within(created_at: float, query: ListQuery) -> bool:
    after_start = query.start is None or created_at >= from_iso(query.start)
    before_end = query.end is None or created_at <= from_iso(query.end)
    return after_start and before_end
