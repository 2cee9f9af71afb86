"""Table of the benchmarks: how rows are shown."""

import math

import pytest

from tests.benchmarks.rows import NO_GOAL, Row, at_most
from tests.benchmarks.table import markdown, plain, shown

_MET = Row(name="answer p99", jobs=1000, unit="s", goal=at_most(1.0, "1 s"), naive=0.5, ours=0.25)
_MISSED = Row(name="start", note="all | of them", unit="ms", goal=at_most(1.0, "1 ms"), ours=1234.5)


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (0.0, "0 s"),
        (0.01234, "0.0123 s"),
        (12.345, "12.3 s"),
        (1234.5, "1,234 s"),
        (7.0, "7 s"),
        (math.nan, "-"),
        (math.inf, "never"),
    ],
)
def test_a_quantity_is_shown_with_the_digits_that_count(value: float, wanted: str) -> None:
    """Three digits, and words for what is no number."""
    assert shown(value, "s") == wanted


def test_a_table_shows_goal_and_measure_of_each_row() -> None:
    """Columns of the terminal are as wide as their widest cell."""
    assert plain([_MET, _MISSED]).splitlines() == [
        "row                    jobs   goal  naive  ours      ratio  reached",
        "answer p99             1,000  1 s   0.5 s  0.25 s    0.50   yes",
        "start (all | of them)         1 ms  -      1,234 ms         no",
    ]


def test_a_markdown_table_has_a_cell_for_each_column() -> None:
    """A bar in a name would begin another cell."""
    lines = markdown([_MET, _MISSED]).splitlines()
    assert {line.count("|") for line in lines} == {8}
    assert lines[-1] == "| start (all / of them) |  | 1 ms | - | 1,234 ms |  | **no** |"


def test_a_row_without_a_goal_says_neither_yes_nor_no() -> None:
    """Its last cell is empty."""
    row = Row(name="memory", jobs=1, unit="MiB", goal=NO_GOAL, naive=2.0, ours=1.0)
    assert markdown([row]).endswith("| 0.50 |  |")
