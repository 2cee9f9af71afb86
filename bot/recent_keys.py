"""Recent keys: which keys were noted within a time, forgotten in the order in which they came."""

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)


class RecentKeys(Generic[Key]):
    """Keys noted in the last *seconds* of a monotonic clock; noting one costs the same at any size."""

    def __init__(self, seconds: float, *, monotonic: Callable[[], float]) -> None:
        self._seconds = seconds
        self._monotonic = monotonic
        self._noted: dict[Key, float] = {}  # in the order of their times

    def __contains__(self, key: Key) -> bool:
        """Whether *key* was noted and is not forgotten yet."""
        return key in self._noted

    def __len__(self) -> int:
        """Return how many are remembered."""
        return len(self._noted)

    def discard(self, key: Key) -> None:
        """Forget *key* now."""
        self._noted.pop(key, None)

    def note(self, key: Key) -> None:
        """Remember *key* from now on, and forget those whose time is over."""
        now = self._monotonic()
        self._noted.pop(key, None)
        self._noted[key] = now
        while now - self._noted[oldest := next(iter(self._noted))] > self._seconds:
            del self._noted[oldest]
