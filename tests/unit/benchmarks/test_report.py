"""Report of the benchmarks: the page and the curves of its plot."""

import math

import pytest

from tests.benchmarks.plot import curves
from tests.benchmarks.report import BEGIN, END, with_measured
from tests.benchmarks.rows import NO_GOAL, Row


def test_the_measured_part_of_a_page_is_replaced_and_the_rest_is_kept() -> None:
    """What is written by hand before and after it stays."""
    page = f"# Head\n{BEGIN}\nold\n{END}\n\nTail\n"
    assert with_measured(page, "new") == f"# Head\n{BEGIN}\nnew\n{END}\n\nTail\n"


@pytest.mark.parametrize("page", ["# Head\n", f"{BEGIN}\n", f"{END}\n{BEGIN}\n"])
def test_a_page_without_a_measured_part_is_not_written(page: str) -> None:
    """Otherwise what was measured would be lost without a word."""
    with pytest.raises(ValueError, match="lacks"):
        with_measured(page, "new")


def test_a_curve_has_a_point_for_each_measured_number_of_jobs() -> None:
    """Points are in the order of jobs; what never happened is no point."""
    rows = [
        Row(name="wanted", jobs=1000, unit="s", goal=NO_GOAL, naive=2.0, ours=1.0),
        Row(name="wanted", jobs=100, unit="s", goal=NO_GOAL, naive=math.inf, ours=0.5),
        Row(name="other", jobs=100, unit="s", goal=NO_GOAL, naive=9.0, ours=9.0),
    ]
    assert curves(rows, "wanted") == {"naive": [(1000, 2.0)], "ours": [(100, 0.5), (1000, 1.0)]}
