"""Reading windows: the spans of time in which readers of the task list work side by side. Pure.

A window is a `startDate` and an `endDate` of the API's clock (ModelHunter docs: list tasks). Its borders
are creation times of tasks that are followed: any border will do, as what one window does not show is in
the next. They are chosen so that pages are full, as each window may end with one that is not.
"""

import math
from collections.abc import Iterator, Mapping, Sequence

from bot.clock import LARGEST_OFFSET
from bot.jobs.worker.followed_tasks import FollowedTask
from bot.modelhunter import LARGEST_PAGE

# How many pages a reader takes on before the next one begins beside it, and how many there are.
_PAGES_A_READER = 6
_MOST_READERS = 8
# Seconds before the oldest at which the list begins, and around a border that both windows show. A
# filter that is coarser than that leaves tasks out, which are then asked for alone.
_MARGIN = 2.0
_OVERLAP = 0.01
# Entries of the last page of a window that are left for what both windows show.
_SPARE = 10


def windows(
    wanted: Mapping[str, FollowedTask], pages: float
) -> Sequence[tuple[float, float | None]]:
    """Return spans of the API's time that hold all *wanted* tasks, the newest first.

    There are several where many *pages* are expected; neighbours overlap.
    """
    readers = max(1, min(_MOST_READERS, int(pages / _PAGES_A_READER), len(wanted)))
    borders = list(_borders(wanted, pages, readers)) if readers > 1 else []
    starts = [*(border - _OVERLAP for border in borders), begins_at(wanted)]
    ends = [None, *(border + _OVERLAP for border in borders)]
    return list(zip(starts, ends, strict=True))


def begins_at(wanted: Mapping[str, FollowedTask]) -> float:
    """Return a time of the API's clock before all *wanted* tasks were created."""
    oldest = min(
        task.started - LARGEST_OFFSET if task.created is None else task.created
        for task in wanted.values()
    )
    return oldest - _MARGIN


def _borders(wanted: Mapping[str, FollowedTask], pages: float, readers: int) -> Iterator[float]:
    """Yield the borders between windows, the newest first; the oldest window has what is left."""
    times = sorted(
        task.started if task.created is None else task.created for task in wanted.values()
    )
    share = math.ceil(pages / readers) * LARGEST_PAGE - _SPARE  # entries of one window
    step = max(1, int(share * len(times) / max(pages * LARGEST_PAGE, len(times))))
    last = math.inf
    for number in range(1, readers):
        index = len(times) - number * step
        if index <= 0:
            return
        if times[index] < last:
            last = times[index]
            yield last
