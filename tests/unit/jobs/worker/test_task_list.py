"""Looking through the task list: each task once, and to the end or not at all."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from bot.jobs.worker.list_searches import ListSearches
from bot.jobs.worker.task_list import MOST_PAGES, list_entries
from bot.modelhunter import EntryPage, Malformed, ModelHunterClient, PageQuery, Urgency
from tests.unit.jobs.worker.scripted_api import ListedTask
from tests.unit.jobs.worker.scripted_api import ScriptedApi as TableApi

SINCE = 1_800_000_000.0


class ScriptedApi(ModelHunterClient):
    """Return one page after the other; the last for ever."""

    def __init__(self, *pages: EntryPage) -> None:
        self._pages = list(pages)
        self.asked: list[PageQuery] = []

    async def list_entries(
        self, query: PageQuery, *, urgency: Urgency = Urgency.QUESTION
    ) -> EntryPage:
        """Return the next page."""
        assert (query.limit, urgency) == (100, Urgency.SEARCH)
        self.asked.append(query)
        return self._pages.pop(0) if len(self._pages) > 1 else self._pages[0]


def a_page(*names: str, cursor: str | None = None) -> EntryPage:
    """Return a page of tasks; one with a cursor is not the last."""
    entries = [{"id": name, "metadata": {"job_id": f"job {name}"}} for name in names]
    return EntryPage(entries=entries, cursor=cursor, has_more=cursor is not None, total=None)


async def read(api: ScriptedApi) -> Sequence[object]:
    """Read the list to its end."""
    start = datetime.fromtimestamp(SINCE, UTC)
    return [entry["id"] async for entry in list_entries(api, PageQuery(start=start))]


async def test_overlapping_pages_of_the_task_list() -> None:
    """Every page is read, and a task on two pages is returned once."""
    api = ScriptedApi(a_page("c", "b", cursor="1"), a_page("b", "a", cursor="2"), a_page("a"))
    assert await read(api) == ["c", "b", "a"]
    start = datetime.fromtimestamp(SINCE, UTC)
    assert api.asked == [PageQuery(start=start, cursor=each) for each in (None, "1", "2")]


async def test_a_task_list_whose_cursor_stays() -> None:
    """A cursor that stays the same is no end: what it hides must not pass for absent."""
    api = ScriptedApi(a_page("b", cursor="1"))
    with pytest.raises(Malformed):
        await ListSearches(api).find("job a", since=SINCE)
    assert len(api.asked) == 2


async def test_a_task_list_that_goes_round() -> None:
    """Cursors that lead back to a page that was read are no end, and are not followed for long."""
    pages = [a_page("b", cursor=cursor) for cursor in ("1", "2", "3") * 9]
    api = ScriptedApi(*pages)
    with pytest.raises(Malformed):
        await ListSearches(api).find("job a", since=SINCE)
    assert len(api.asked) == 4


async def test_a_task_list_without_an_end() -> None:
    """The page at which we give up is no end either."""
    pages = (a_page(f"task_{number}", cursor=str(number)) for number in range(MOST_PAGES + 9))
    api = ScriptedApi(*pages)
    with pytest.raises(Malformed):
        await ListSearches(api).find("job a", since=SINCE)
    assert len(api.asked) == MOST_PAGES


async def test_a_found_task_ends_the_search() -> None:
    """An endless list does no harm where the task is found in it."""
    api = ScriptedApi(a_page("b", cursor="1"), a_page("a", cursor="2"))
    found = await ListSearches(api).find("job a", since=SINCE)
    assert found.task is not None
    assert (found.task.id, found.listed, found.marks) == ("a", 2, ("job b", "job a"))


async def test_many_searches_share_a_reading() -> None:
    """Who searches while the list is read waits for the next reading, with all others who do."""
    api = TableApi(*(ListedTask(f"t{n}", SINCE + n, mark=f"job {n}") for n in range(2_000)))
    searches = ListSearches(api)
    async with asyncio.TaskGroup() as tasks:
        first = tasks.create_task(searches.find("no job", since=SINCE))
        found = [tasks.create_task(searches.find(f"job {n}", since=SINCE)) for n in range(100)]
    assert first.result().task is None
    assert first.result().listed == 2_000
    assert [each.result().task and each.result().task.id for each in found] == [  # type: ignore[union-attr]
        f"t{n}" for n in range(100)
    ]
    assert len(api.queries) <= 40


async def test_a_search_that_fails_fails_for_all_who_share_it() -> None:
    """A reading that could not be finished proves nothing to any of those who wait for it."""
    api = TableApi(ListedTask("t", SINCE, mark="job 1"))
    api.trouble = iter([None, Malformed("no")])
    searches = ListSearches(api)
    first, *others = await asyncio.gather(
        *(searches.find(f"job {n}", since=SINCE) for n in range(4)), return_exceptions=True
    )
    assert not isinstance(first, BaseException)
    assert {type(each) for each in others} == {Malformed}


async def test_a_cancelled_search_leaves_the_others_their_reading() -> None:
    """Whoever of them is cancelled, also the one who reads, the others get their answer or an error."""
    api = TableApi(ListedTask("t", SINCE, mark="job 1"))
    searches = ListSearches(api)
    tasks = [
        asyncio.create_task(searches.find("job 1", since=SINCE), name="search") for _ in range(5)
    ]
    for task in tasks[:2]:
        await asyncio.sleep(0)
        task.cancel()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert len(results) == 5
    assert (await searches.find("job 1", since=SINCE)).task is not None


async def test_the_cost_of_many_tasks_is_one_reading() -> None:
    """Costs are read around the moment at which the tasks were created, and together."""
    api = TableApi(
        *(ListedTask(f"t{n}", SINCE + n, status="succeeded", cost=0.25) for n in range(2_000))
    )
    searches = ListSearches(api)
    costs = await asyncio.gather(
        *(
            searches.cost_of(f"t{n}", start=SINCE + n - 2, end=SINCE + n + 2)
            for n in range(500, 700)
        )
    )
    assert costs == [Decimal("0.25")] * 200
    assert len(api.queries) <= 4


async def test_the_cost_of_a_task_that_goes_on_is_not_final() -> None:
    """What the list reports of a task that goes on may be the first of its parts."""
    api = TableApi(ListedTask("t", SINCE, cost=0.1))
    assert await ListSearches(api).cost_of("t", start=SINCE - 2, end=SINCE + 2) is None
