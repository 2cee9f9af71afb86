"""Rows: what was measured, beside its goal. Pure."""

import dataclasses
import math
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

_Found = TypeVar("_Found")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """What a row must reach; `is_met` is given ours and the naive bot's, NaN where there is none."""

    text: str
    is_met: Callable[[float, float], bool] | None = None  # None: the row has no goal of its own


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One quantity of both bots; less is better. NaN: not measured, or it never happened."""

    name: str
    jobs: int | None = None
    unit: str
    goal: Goal
    naive: float = math.nan
    ours: float = math.nan
    note: str = ""

    @property
    def ratio(self) -> float:
        """How many times the naive bot's ours is."""
        return self.ours / self.naive if self.naive else math.nan

    @property
    def is_reached(self) -> bool | None:
        """Whether the goal is reached; None: there is no goal, or nothing was measured."""
        if self.goal.is_met is None or math.isnan(self.ours):
            return None
        return self.goal.is_met(self.ours, self.naive)


NO_GOAL = Goal(text="")
NONE = Goal(text="none", is_met=lambda ours, _naive: ours == 0)


@dataclasses.dataclass(frozen=True, slots=True)
class Comparison(Generic[_Found]):
    """What was found of both bots, of which each row shows one quantity."""

    naive: _Found
    ours: _Found
    jobs: int
    note: str = ""

    def row(
        self, name: str, value: Callable[[_Found], float], unit: str = "", goal: Goal = NO_GOAL
    ) -> Row:
        """Return the row of one quantity."""
        return Row(
            name=name,
            jobs=self.jobs,
            unit=unit,
            goal=goal,
            naive=value(self.naive),
            ours=value(self.ours),
            note=self.note,
        )


def at_most(limit: float, text: str) -> Goal:
    """Return the goal that ours is at most *limit*."""
    return Goal(text=text, is_met=lambda ours, _naive: ours <= limit)


def at_most_times_naive(times: float, text: str) -> Goal:
    """Return the goal that ours is at most so many times the naive bot's; "never" is no success."""

    def is_met(ours: float, naive: float) -> bool:
        return math.isfinite(ours) and (math.isnan(naive) or ours <= times * naive)

    return Goal(text=text, is_met=is_met)


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the nearest-rank percentile; NaN of nothing."""
    if not values:
        return math.nan
    ranked = sorted(values)
    return ranked[max(0, math.ceil(percent / 100 * len(ranked)) - 1)]


def slope(first: tuple[int, float], second: tuple[int, float]) -> float:
    """Return how much the second value grows for each job more than the first."""
    return (second[1] - first[1]) / (second[0] - first[0])
