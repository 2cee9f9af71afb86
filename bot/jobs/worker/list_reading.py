"""List reading: shows all tasks that are followed, by as few pages of the task list as will do.

There are three ways, and the cheapest is taken:

- **All** tasks since the oldest that is followed, newest first, until each of them was shown.
- **Those that go on**, by `status` (ModelHunter docs: list tasks): where many have ended since, their
  pages are left out. The three words are read one after the other, in the order in which a task takes
  them, so that one that moves on while the list is read is shown by a later word.
- **None**: where more pages would be read than tasks are asked about, each is asked for alone.

Where many tasks are followed, how long the list of all is, is asked with a page of one task.
Many pages are read side by side, each reader in a window of time of its own (`reading_windows`).

A reading that was complete and did not show a task proves only that it is worth a question.
"""

import asyncio
import enum
import math
from collections.abc import Callable, Mapping, Sequence

from bot.jobs.worker.followed_tasks import FollowedTask
from bot.jobs.worker.reading_windows import begins_at, windows
from bot.jobs.worker.task_list import Entry, list_pages, moment
from bot.modelhunter import LARGEST_PAGE, ModelHunterClient, PageQuery

# The API's words for a task that goes on, in the order in which it takes them.
GOING_ON = ("pending", "queued", "running")
# From this many tasks on, a page is cheaper than a question about each.
LIST_FROM = 5
# From this many on, three words cost next to nothing more, and may spare many pages.
_MANY = 300
# Seconds for which what was learned of the list's length counts.
_LENGTH_LASTS = 5 * 60.0
# Tasks that were left out of a list of those that go on, although they do, until it is not believed.
_MOST_LEFT_OUT = 5
_DISBELIEVED = 10 * 60.0

# Takes the entries of a page, and returns whether more are wanted.
Show = Callable[[Sequence[Entry]], bool]


class Way(enum.Enum):
    """How the tasks that are followed are found in the list."""

    ALL = enum.auto()
    GOING_ON = enum.auto()
    NONE = enum.auto()


class _TooLong(Exception):
    """The list has more pages than questions would be asked."""


class ListReading:
    """Reader of the task list that learns how long the list is, by each way."""

    def __init__(
        self,
        api: ModelHunterClient,
        *,
        monotonic: Callable[[], float],
        followed: Callable[[], int] = lambda: 0,
    ) -> None:
        """*followed* is how many tasks are followed, which all go on, wanted or not."""
        self._api = api
        self._followed = followed
        self._monotonic = monotonic
        self._pages: dict[Way, float] = {}  # by way: how many it took, or would have taken
        # Most of those that go on are running, until it is known better.
        self._pages_of_word: dict[str, float] = {}
        self._learned_at = -math.inf
        self._has_asked_length = False
        self._left_out = 0
        self._disbelieved_until = -math.inf

    async def read(self, wanted: Mapping[str, FollowedTask], show: Show) -> bool:
        """Show the entries of the list until *show* wants no more; return whether all were shown.

        Raises:
            ModelHunterError: A page could not be had. What was shown before that counts.
        """
        self._forget_old_lengths()
        await self._ask_length(wanted)
        for _ in range(2):  # the first try may show that the other way is cheaper
            way = self._choose(wanted)
            try:
                if way is Way.ALL:
                    return await self._read_all(wanted, show)
                if way is Way.GOING_ON:
                    return await self._read_going_on(wanted, show)
            except _TooLong:
                continue
        return False

    def note_left_out(self) -> None:
        """Take note that a complete reading did not show a task that goes on."""
        self._left_out += 1
        if self._left_out >= _MOST_LEFT_OUT:
            self._left_out = 0
            self._disbelieved_until = self._monotonic() + _DISBELIEVED

    def _forget_old_lengths(self) -> None:
        if self._monotonic() - self._learned_at >= _LENGTH_LASTS:
            self._learned_at = self._monotonic()
            self._pages.clear()
            self._has_asked_length = False
            self._left_out = 0

    async def _ask_length(self, wanted: Mapping[str, FollowedTask]) -> None:
        """Ask once how long the list of all is, where many are followed since times of the API's."""
        if self._has_asked_length or Way.ALL in self._pages or len(wanted) < _MANY:
            return
        if any(task.created is None for task in wanted.values()):
            return
        self._has_asked_length = True
        page = await self._api.list_entries(PageQuery(start=moment(begins_at(wanted)), limit=1))
        if page.total is not None:
            self._pages[Way.ALL] = math.ceil(page.total / LARGEST_PAGE)

    def _choose(self, wanted: Mapping[str, FollowedTask]) -> Way:
        return choose_way(
            len(wanted),
            pages_of_all=self._pages.get(Way.ALL),
            pages_going_on=self._pages_going_on(wanted),
        )

    def _pages_going_on(self, wanted: Mapping[str, FollowedTask]) -> float:
        """Return how many pages the list of those that go on has; infinite if it is of no use."""
        is_believed = self._monotonic() >= self._disbelieved_until
        if not is_believed or not all(_has_known_word(task) for task in wanted.values()):
            return math.inf
        known = self._pages.get(Way.GOING_ON)
        going_on = max(len(wanted), self._followed())
        return going_on / LARGEST_PAGE + len(GOING_ON) if known is None else known

    async def _read_all(self, wanted: Mapping[str, FollowedTask], show: Show) -> bool:
        most = most_pages(len(wanted))
        cheaper = self._pages_going_on(wanted)
        # Before the API has stamped them all, the list begins long before the oldest of them.
        is_exact = all(task.created is not None for task in wanted.values())
        # A reading for fewer tasks may have been shorter than this one can be.
        expected = max(self._pages.get(Way.ALL, 1.0), len(wanted) / LARGEST_PAGE)
        spans = windows(wanted, expected)
        readers = _Readers(
            self._api,
            show,
            most=most,
            # The last page of each window may be a short one.
            is_dearer=lambda pages: pages > cheaper + len(spans),
            counts_total=is_exact,
        )
        try:
            await readers.run(spans, status=None)
        finally:
            self._pages[Way.ALL] = readers.length
        return True

    async def _read_going_on(self, wanted: Mapping[str, FollowedTask], show: Show) -> bool:
        readers = _Readers(self._api, show, most=most_pages(len(wanted)))
        try:
            for word in GOING_ON:
                before = readers.length
                usual = len(wanted) / LARGEST_PAGE if word == GOING_ON[-1] else 1.0
                expected = self._pages_of_word.get(word, usual)
                await readers.run(windows(wanted, expected), status=word)
                self._pages_of_word[word] = readers.length - before
        finally:
            self._pages[Way.GOING_ON] = readers.length
        return True


class _Readers:
    """Readers of one list, each in its window of time, that stop when no more is wanted."""

    def __init__(
        self,
        api: ModelHunterClient,
        show: Show,
        *,
        most: int,
        is_dearer: Callable[[float], bool] = lambda _pages: False,
        counts_total: bool = True,
    ) -> None:
        self._api = api
        self._show = show
        self._most = most
        self._is_dearer = is_dearer
        self._counts_total = counts_total
        self._is_wanted = True
        self.pages = 0
        self.total_pages = 0.0  # as the API says

    async def run(self, spans: Sequence[tuple[float, float | None]], status: str | None) -> None:
        """Read the list of one *status*, or all of it, in each of the *spans*.

        Raises:
            _TooLong: It has too many pages.
            ModelHunterError: A page could not be had.
        """
        if not self._is_wanted:
            return None
        queries = [
            PageQuery(start=moment(start), end=None if end is None else moment(end), status=status)
            for start, end in spans
        ]
        if len(queries) == 1:
            return await self._read(queries[0])
        # The first that fails ends the others, whose errors would say no more.
        readers = [asyncio.ensure_future(self._read(query)) for query in queries]
        try:
            await asyncio.gather(*readers)
        finally:
            for reader in readers:
                reader.cancel()
            await asyncio.gather(*readers, return_exceptions=True)

    async def _read(self, query: PageQuery) -> None:
        is_first = True
        async for page in list_pages(self._api, query):
            self.pages += 1
            self._is_wanted = self._show(page.entries) and self._is_wanted
            if not self._is_wanted:
                return
            if is_first and self._counts_total and page.total is not None:
                self.total_pages += math.ceil(page.total / LARGEST_PAGE)
            is_first = False
            if self.length > self._most or self._is_dearer(self.length):
                raise _TooLong

    @property
    def length(self) -> float:
        """How many pages the list has, as far as is known."""
        return max(self.pages, self.total_pages)


def choose_way(wanted: int, *, pages_of_all: float | None, pages_going_on: float) -> Way:
    """Return the way that costs the fewest requests; what is not known is found out. Pure."""
    most = most_pages(wanted)
    if pages_of_all is None:
        is_better = wanted >= _MANY and pages_going_on <= most
        return Way.GOING_ON if is_better else Way.ALL
    if min(pages_of_all, pages_going_on) > most:
        return Way.NONE
    return Way.GOING_ON if pages_going_on + 1 < pages_of_all else Way.ALL


def most_pages(wanted: int) -> int:
    """Return how many pages are read at most before so many questions are cheaper."""
    return max(1, wanted // 2)


def _has_known_word(task: FollowedTask) -> bool:
    """Whether the API would find the task by a word for those that go on."""
    return task.seen is None or task.seen[0] in GOING_ON
