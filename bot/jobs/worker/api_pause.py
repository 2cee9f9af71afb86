"""API pause: for how long the API has asked the whole bot for no questions (429)."""

from collections.abc import Callable

# A 429 of one job pauses the others for this many seconds at most; each then meets its own.
_LONGEST_PAUSE = 60.0


class ApiPause:
    """Pause of all questions, by a monotonic clock."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._until = 0.0

    def extend(self, seconds: float) -> None:
        """Ask nothing for so many seconds from now."""
        self._until = max(self._until, self._monotonic() + min(seconds, _LONGEST_PAUSE))

    def remaining(self) -> float:
        """Return for how many more seconds nothing is to be asked; 0 if there is no pause."""
        return max(0.0, self._until - self._monotonic())
