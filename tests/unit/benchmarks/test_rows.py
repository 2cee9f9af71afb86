"""Rows of the benchmarks: percentiles, goals and growth."""

import math

import pytest

from tests.benchmarks.rows import NO_GOAL, Row, at_most, at_most_times_naive, percentile, slope


@pytest.mark.parametrize(
    ("values", "percent", "wanted"),
    [
        ([5.0], 99, 5.0),
        ([3.0, 1.0, 2.0], 50, 2.0),
        ([1.0, 2.0, 3.0, 4.0], 50, 2.0),
        (list(map(float, range(1, 101))), 99, 99.0),
        (list(map(float, range(1, 101))), 100, 100.0),
        (list(map(float, range(1, 1001))), 99, 990.0),
        ([1.0, 2.0], 0, 1.0),
    ],
)
def test_a_percentile_is_the_value_at_the_nearest_rank(
    values: list[float], percent: float, wanted: float
) -> None:
    """The nearest rank is a value that was measured, whatever their order."""
    assert percentile(values, percent) == wanted


def test_a_percentile_of_nothing_is_no_number() -> None:
    """Nothing measured is not zero."""
    assert math.isnan(percentile([], 99))


def test_growth_is_the_slope_between_two_counts_of_jobs() -> None:
    """What both counts have in common does not count."""
    assert slope((1000, 5000.0), (10_000, 41_000.0)) == 4.0


@pytest.mark.parametrize(
    ("ours", "naive", "wanted"),
    [(2.0, math.nan, True), (2.1, math.nan, False), (math.inf, 9.0, False), (math.nan, 1.0, None)],
)
def test_a_limit_of_our_own_is_compared_with_ours_alone(
    ours: float, naive: float, wanted: bool | None
) -> None:
    """What never happened misses a goal, and what was not measured has none."""
    row = Row(name="row", unit="s", goal=at_most(2.0, "2 s"), naive=naive, ours=ours)
    assert row.is_reached is wanted


@pytest.mark.parametrize(
    ("ours", "naive", "wanted"),
    [
        (4.0, 2.0, True),
        (4.1, 2.0, False),
        (1.0, math.inf, True),
        (math.inf, math.inf, False),
        (math.inf, math.nan, False),
    ],
)
def test_a_limit_beside_the_naive_bot_is_a_multiple_of_its_value(
    ours: float, naive: float, wanted: bool
) -> None:
    """A naive bot that never got there sets no limit."""
    goal = at_most_times_naive(2.0, "2 x naive")
    assert Row(name="row", unit="s", goal=goal, naive=naive, ours=ours).is_reached is wanted


def test_a_row_without_a_goal_reaches_none() -> None:
    """It is there to be seen beside the others."""
    assert Row(name="row", unit="s", goal=NO_GOAL, naive=1.0, ours=1.0).is_reached is None
