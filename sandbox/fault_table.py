"""Fault table: which calls to a simulated service fail, how often, and with what effect.

Both simulated services use it. A row picks calls by their method and a pattern for their path; the
effect is a type of the service's own, because Discord and the API fail in different ways. Rows are
tried in the order in which they were added, and the first that is due decides alone.
"""

import fnmatch
from collections.abc import Callable
from typing import Generic, TypeVar

_Effect = TypeVar("_Effect")


def _any_effect(_effect: object) -> bool:
    return True


class Fault(Generic[_Effect]):
    """A row: the calls that it picks, its effect on them, and how many it has hit."""

    def __init__(
        self, method: str, path: str, effect: _Effect, *, times: int | None, skip: int
    ) -> None:
        self.method = method
        self.path = path
        self.effect = effect
        self.times = times  # calls that are hit; None: all
        self.skip = skip  # calls that pass before the first one is hit
        self.calls = 0  # that were picked, skipped ones included
        self.injected = 0  # calls that were hit

    def __repr__(self) -> str:
        return f"<Fault {self.method} {self.path} injected={self.injected} of {self.times}>"

    def matches(self, method: str, path: str) -> bool:
        """Whether the fault picks such calls; `*` is any method, or any text in a path."""
        return self.method in ("*", method) and fnmatch.fnmatchcase(path, self.path)

    def strike(self) -> bool:
        """Count a picked call and return whether the fault hits it."""
        self.calls += 1
        if self.calls <= self.skip or (self.times is not None and self.injected >= self.times):
            return False
        self.injected += 1
        return True


class FaultTable(Generic[_Effect]):
    """Faults in the order in which they were added; the first that is due decides a call."""

    def __init__(self) -> None:
        self.faults: list[Fault[_Effect]] = []

    @property
    def injected(self) -> int:
        """How many calls were hit by all faults together, removed ones not counted."""
        return sum(fault.injected for fault in self.faults)

    def insert(
        self, method: str, path: str, effect: _Effect, *, times: int | None = 1, skip: int = 0
    ) -> Fault[_Effect]:
        """Give *effect* to the next *times* calls (None: all) that match, after *skip* others."""
        fault = Fault(method, path, effect, times=times, skip=skip)
        self.faults.append(fault)
        return fault

    def remove(self, fault: Fault[_Effect]) -> None:
        """Take a fault out, if it is still in the table."""
        if fault in self.faults:
            self.faults.remove(fault)

    def clear(self) -> None:
        """Take every fault out; calls that are held already stay held."""
        self.faults.clear()

    def strike(
        self, method: str, path: str, accepts: Callable[[_Effect], bool] = _any_effect
    ) -> _Effect | None:
        """Return the effect on this call, if any, and count it.

        *accepts* rules out faults for reasons other than method and path; those are not counted.
        """
        for fault in self.faults:
            if fault.matches(method, path) and accepts(fault.effect) and fault.strike():
                return fault.effect
        return None
