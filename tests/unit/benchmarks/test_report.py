"""Report of the benchmarks: the page and the curves of its plot."""

import math
import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.benchmarks.__main__ import command_of
from tests.benchmarks.plot import DRAWN, curves
from tests.benchmarks.report import BEGIN, END, with_measured
from tests.benchmarks.rows import NO_GOAL, Row
from tests.benchmarks.scale import Scale
from tests.benchmarks.scenarios import following, whole_jobs
from tests.benchmarks.scenarios.following import Followed
from tests.benchmarks.scenarios.whole_jobs import Burst, WholeJobs

_PAGE = Path(__file__).resolve().parents[3] / "docs" / "performance.md"


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


def _some_rows() -> Sequence[Row]:
    """Return the rows of the scenarios that are measured at several numbers of jobs."""
    burst = Burst(answers=[0.1, 0.2], turned_away=0, all_sent=1.0)
    jobs = WholeJobs(burst=burst, processor=0.01, delivered=100, waits=[1.0])
    followed = [
        Followed(
            jobs=count,
            processor=0.1,
            requests=0.1,
            lateness=[0.1],
            memory=count * 1000,
            first_look=1.0,
            all_looked=2.0,
            burst=burst,
        )
        for count in Scale().counts
    ]
    return [
        *whole_jobs.burst_rows(100, "commands as fast as they come", burst, burst),
        *whole_jobs.burst_rows(100, "commands in one moment", burst, burst),
        *whole_jobs._job_rows(100, jobs, jobs),
        *(row for each in followed for row in following._rows(each, each, 1000)),
        *following._growth_rows(followed, followed),
        *following._start_rows(followed[-1], followed[-1], Scale().finished),
    ]


def test_what_is_drawn_is_measured() -> None:
    """Each quantity of the plot is the name of a row, at a number of jobs."""
    assert set(DRAWN) <= {row.name for row in _some_rows() if row.jobs}


def test_each_row_is_explained() -> None:
    """The page says of every row what it means: those that it shows, and those that are measured."""
    page = _PAGE.read_text(encoding="utf-8")
    explained = set(re.findall(r"\*\*(.+?)\*\*", page.partition("## How to read it")[2]))
    measured = page.partition(BEGIN)[2].partition(END)[0]
    shown = re.findall(r"^\| ([^|]+?) \|", measured, flags=re.MULTILINE)[2:]
    assert len(shown) > 20
    names = {*shown, *(row.name for row in _some_rows())}
    assert [name for name in names if not any(word in name for word in explained)] == []


@pytest.mark.parametrize(
    ("arguments", "command"),
    [
        (["--write", "docs/performance.md"], "make benchmark"),
        (["--jobs", "20", "--write", "a b.md"], "python -m tests.benchmarks --jobs 20"),
        (["--only", "store"], "python -m tests.benchmarks --only store"),
    ],
)
def test_the_page_names_the_command_that_measured_it(arguments: list[str], command: str) -> None:
    """What was measured in part does not pass for all of it."""
    assert command_of(arguments) == command
