"""API pause: for how long the API has asked the whole bot for no questions (429)."""

from collections.abc import Callable

# A 429 of one job pauses the others for this many seconds at most; each then meets its own.
_LONGEST_PAUSE = 60.0


class ApiPause:
    """Pause of all questions, by a monotonic clock."""

    def __init__(
        self,
        monotonic: Callable[[], float],
        *,
        announce: Callable[[float], None] = lambda _seconds: None,
    ) -> None:
        """*announce* has the other processes pause too."""
        self._monotonic = monotonic
        self._announce = announce
        self._until = 0.0

    def extend(self, seconds: float) -> None:
        """Ask nothing for so many seconds from now."""
        self._announce(min(seconds, _LONGEST_PAUSE))
        self.extended_elsewhere(seconds)

    def extended_elsewhere(self, seconds: float) -> None:
        """Do so because another process was asked to."""
        self._until = max(self._until, self._monotonic() + min(seconds, _LONGEST_PAUSE))

    def remaining(self) -> float:
        """Return for how many more seconds nothing is to be asked; 0 if there is no pause."""
        return max(0.0, self._until - self._monotonic())
