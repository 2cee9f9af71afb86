"""Task list: reads the API's list of tasks page by page, each entry once, to its end or not at all.

The list is filtered by the API's clock, which may show another time than ours. So a search begins
at a time that the API itself has stamped, or so long before a time of ours that no two clocks are
further apart; and where neither is needed it has no beginning.

The cursor is a time too, so that neighbouring pages may repeat a task (ModelHunter docs: list tasks).
"""

import dataclasses
from collections.abc import AsyncGenerator, Mapping, Sequence
from datetime import UTC, datetime

from bot.clock import LARGEST_OFFSET
from bot.modelhunter import JOB_MARK, Malformed, ModelHunterClient, PageQuery, Urgency

# One entry of the list, as the API wrote it.
Entry = Mapping[str, object]

# No answer says that a list is endless; so many pages since one point in time are a fault.
MOST_PAGES = 1000
# Seconds before a time of ours at which a search begins, beside what two clocks may differ by.
SEARCH_MARGIN = 10 * 60.0


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ListPage:
    """One page: its entries, and of how many tasks the list is, where the API says so."""

    entries: Sequence[Entry]
    total: int | None


async def list_pages(
    api: ModelHunterClient, query: PageQuery, *, urgency: Urgency = Urgency.QUESTION
) -> AsyncGenerator[ListPage]:
    """Yield the pages of *query*, newest first.

    Raises:
        Malformed: The list can't be read to its end. What was not read must not pass for absent.
        ModelHunterError: A page could not be had.
    """
    seen = {query.cursor}  # a list that goes round in a circle has no end either
    for _ in range(MOST_PAGES):
        page = await api.list_entries(query, urgency=urgency)
        entries = [entry for entry in page.entries if isinstance(entry, dict)]
        yield ListPage(entries=entries, total=page.total)
        if not page.has_more:
            return
        if page.cursor is None or page.cursor in seen:
            raise Malformed("the task list does not go on")
        seen.add(page.cursor)
        query = dataclasses.replace(query, cursor=page.cursor)
    raise Malformed("the task list has no end")


async def list_entries(
    api: ModelHunterClient, query: PageQuery, *, urgency: Urgency = Urgency.SEARCH
) -> AsyncGenerator[Entry]:
    """Yield every entry of *query* once, newest first; raises as `list_pages` does."""
    known: set[str] = set()
    async for page in list_pages(api, query, urgency=urgency):
        for entry in page.entries:
            task_id = str(entry.get("id"))
            if task_id not in known:
                known.add(task_id)
                yield entry


def moment(api_time: float) -> datetime:
    """Return a time of the API's clock (Unix seconds) as its list takes it."""
    return datetime.fromtimestamp(max(0.0, api_time), UTC)


def half_a_day_before(ours: float) -> float:
    """Return a time of the API's clock that is before *ours*, a time of our clock (Unix seconds)."""
    return ours - LARGEST_OFFSET


def mark_of(entry: Entry) -> str | None:
    """Return the mark of the job that *entry* was made for, None if it carries none."""
    metadata = entry.get("metadata")
    mark = metadata.get(JOB_MARK) if isinstance(metadata, dict) else None
    return None if mark is None else str(mark)
