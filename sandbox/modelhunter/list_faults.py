"""List faults: pages of the task list that are not what they should be. Pure.

The list has no snapshot: tasks are created and end while it is read, and a replica or a proxy may
answer with an older page. So a reader meets pages that it has seen, tasks that are on two pages or on
none, and a list that does not go on.
"""

import datetime
import enum
from collections.abc import Mapping, Sequence

from sandbox.modelhunter.responses import Json

_NO_TASK = "2000-01-01T00:00:00.000Z"


class ListFault(enum.Enum):
    """What is wrong with a page."""

    SEEN_BEFORE = "the first page comes again, and the one that was asked for after it"
    STANDS_STILL = "its cursor leads to the same page, without end"
    GOES_ROUND = "its cursor leads back to the first page, without end"
    LEFT_OUT = "its last task jumps to a page that was read before, so that none shows it"
    SHOWN_TWICE = "its last task jumps to the next page, and is on both"


def asked(query: Mapping[str, str], fault: ListFault) -> Mapping[str, str]:
    """Return the query that is answered in place of *query*."""
    if fault is ListFault.SEEN_BEFORE:
        return {name: value for name, value in query.items() if name != "cursor"}
    return query


def spoiled(
    tasks: Sequence[Json], pagination: Json, query: Mapping[str, str], fault: ListFault
) -> tuple[Sequence[Json], Json]:
    """Return the genuine answer to what was `asked` as it is sent in answer to *query*."""
    cursor = query.get("cursor")
    first, last = _moment(tasks[:1], 0.001), _moment(tasks[-1:], 0.001)
    match fault:
        case ListFault.SEEN_BEFORE if cursor is not None:
            return tasks, _leading_to(pagination, _respelled(cursor))
        case ListFault.STANDS_STILL:
            return tasks, _leading_to(pagination, cursor or first)
        case ListFault.GOES_ROUND:
            return tasks, _leading_to(pagination, "2100-01-01T00:00:00.000Z")
        case ListFault.LEFT_OUT:
            return tasks[:-1], pagination
        case ListFault.SHOWN_TWICE if pagination["hasMore"]:
            return tasks, _leading_to(pagination, last)
        case _:
            return tasks, pagination


def _leading_to(pagination: Json, cursor: str) -> Json:
    return {**pagination, "cursor": cursor, "hasMore": True}


def _respelled(cursor: str) -> str:
    """Return the same moment in another spelling, as a reader may know a cursor by its text."""
    fewer = cursor.removesuffix("Z")
    return f"{fewer}+00:00" if fewer != cursor else cursor.replace("+00:00", "Z")


def _moment(tasks: Sequence[Json], later: float) -> str:
    """Return the moment so many seconds after the first of *tasks* was created."""
    created = str(tasks[0]["created_at"]) if tasks else _NO_TASK
    moment = datetime.datetime.fromisoformat(created) + datetime.timedelta(seconds=later)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
