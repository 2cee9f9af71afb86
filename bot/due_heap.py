"""Due heap: keys by due time, put in, moved, removed and taken at the cost of a heap, O(log n).

What is not due costs nothing, however much of it waits. A key that is moved or removed leaves its
old entry in the heap, which is passed over when it comes to the top; when such entries are more
than half of the heap, it is built anew, so that a key moved many times takes no more memory.
"""

import heapq
import math
from collections.abc import Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)

# A heap smaller than this is not built anew.
_SMALL = 64


class DueHeap(Generic[Key]):
    """Heap of keys by due time, in any unit; of equal ones, the one put in first comes first."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Key]] = []
        self._entries: dict[Key, tuple[float, int]] = {}
        self._number = 0

    def __len__(self) -> int:
        """Return how many keys wait."""
        return len(self._entries)

    def __contains__(self, key: Key) -> bool:
        """Whether *key* waits."""
        return key in self._entries

    def due_of(self, key: Key) -> float:
        """Return when *key* is due, infinity if it does not wait."""
        return self._entries.get(key, (math.inf, 0))[0]

    def put(self, key: Key, due: float) -> None:
        """Have *key* wait until *due*, in place of an earlier or later time."""
        known = self._entries.get(key)
        if known is not None and known[0] == due:
            return
        self._number += 1
        self._entries[key] = (due, self._number)
        heapq.heappush(self._heap, (due, self._number, key))
        self._drop_stale()

    def remove(self, key: Key) -> None:
        """Have *key* wait no more, if it does."""
        if self._entries.pop(key, None) is not None:
            self._drop_stale()

    def first_due(self) -> float | None:
        """Return when the first key is due, None if none waits."""
        while self._heap and not self._is_current(self._heap[0]):
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def first(self, now: float) -> Key | None:
        """Return the key that has been due the longest, which goes on waiting; None if none is due."""
        due = self.first_due()
        return None if due is None or due > now else self._heap[0][2]

    def take_due(self, now: float) -> Key | None:
        """Take out and return the key that has been due the longest, None if none is due."""
        key = self.first(now)
        if key is not None:
            heapq.heappop(self._heap)
            del self._entries[key]
        return key

    def _is_current(self, entry: tuple[float, int, Key]) -> bool:
        return self._entries.get(entry[2], (0.0, 0))[1] == entry[1]

    def _drop_stale(self) -> None:
        if len(self._heap) > _SMALL and len(self._heap) > 2 * len(self._entries):
            self._heap = [(due, number, key) for key, (due, number) in self._entries.items()]
            heapq.heapify(self._heap)
