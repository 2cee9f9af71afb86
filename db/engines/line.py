"""Line: work that waits for a thread, in the order in which it is to be done.

What a user waits for is urgent and goes first. Of nine in a row one is of the background, so that
commands that keep coming never stop the jobs that run.
"""

from collections import deque
from queue import SimpleQueue
from threading import Lock
from typing import Generic, TypeVar

Item = TypeVar("Item")

_URGENT_IN_A_ROW = 8


class Line(Generic[Item]):
    """Line from the event loop to one or several threads."""

    def __init__(self) -> None:
        self._tickets: SimpleQueue[None] = SimpleQueue()  # one an item
        self._urgent: deque[Item] = deque()
        self._background: deque[Item] = deque()
        self._in_a_row = 0
        self._lock = Lock()

    def put(self, item: Item, *, urgent: bool = False) -> None:
        """Put an item into the line."""
        (self._urgent if urgent else self._background).append(item)
        self._tickets.put(None)

    def take(self) -> Item:
        """Wait for an item and take the one whose turn it is."""
        self._tickets.get()
        with self._lock:
            if self._urgent and (not self._background or self._in_a_row < _URGENT_IN_A_ROW):
                self._in_a_row += 1
                return self._urgent.popleft()
            self._in_a_row = 0
            return self._background.popleft()
