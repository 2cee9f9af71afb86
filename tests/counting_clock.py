"""The clock of tests that count operations: how often its times are compared."""


class CountingClock:
    """Clock that only moves by hand, and counts each comparison of a time that comes from it."""

    def __init__(self, now: float = 1000.0) -> None:
        self.now = now
        self.comparisons = 0

    def __call__(self) -> float:
        """Return the time."""
        return _CountedSeconds(self.now, self)


class _CountedSeconds(float):
    """Seconds that count how often they are compared; sums and differences of them do too."""

    _clock: CountingClock

    def __new__(cls, seconds: float, clock: CountingClock) -> "_CountedSeconds":
        made = super().__new__(cls, seconds)
        made._clock = clock
        return made

    def __add__(self, other: float) -> "_CountedSeconds":
        return _CountedSeconds(float(self) + float(other), self._clock)

    __radd__ = __add__

    def __sub__(self, other: float) -> "_CountedSeconds":
        return _CountedSeconds(float(self) - float(other), self._clock)

    def __lt__(self, other: float) -> bool:
        self._clock.comparisons += 1
        return float(self) < float(other)

    def __le__(self, other: float) -> bool:
        self._clock.comparisons += 1
        return float(self) <= float(other)

    def __gt__(self, other: float) -> bool:
        self._clock.comparisons += 1
        return float(self) > float(other)

    def __ge__(self, other: float) -> bool:
        self._clock.comparisons += 1
        return float(self) >= float(other)

    def __eq__(self, other: object) -> bool:
        self._clock.comparisons += 1
        return isinstance(other, float | int) and float(self) == float(other)

    def __hash__(self) -> int:
        return hash(float(self))
