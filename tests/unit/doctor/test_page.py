"""docs/doctor.md shows the checks and the table of problems as the program has them."""

import re
from pathlib import Path

from bot.doctor.examination import CHECKS, DRY_JOB, SETTINGS
from bot.doctor.problems import PROBLEMS

PAGE = (Path(__file__).parents[3] / "docs" / "doctor.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    """Return the part of the page under that heading."""
    return PAGE.partition(f"## {title}\n")[2].partition("\n## ")[0]


def test_the_table_of_problems_is_that_of_the_program() -> None:
    """Each row: its name, its checks, whether it is a failure, its mend, in the program's order."""
    rows = re.findall(
        r"^\| `([a-z-]+)` \| (.+?) \| (failed|warning) \| (.+) \|$",
        section("What it finds, and the mend"),
        re.MULTILINE,
    )
    assert rows == [
        (each.code, ", ".join(each.row.checks), each.row.verdict.value, each.row.mend)
        for each in PROBLEMS
    ]


def test_every_check_is_explained() -> None:
    """The page lists the checks in the order in which they are made."""
    named = re.findall(r"^\| ([a-z][a-z ]+) \| .+ \|$", section("What it looks at"), re.MULTILINE)
    assert named == [
        SETTINGS,
        *(row.name for row in CHECKS),
        "server",
        "channel",
        DRY_JOB.name,
    ]


def test_each_mend_is_one_sentence() -> None:
    """A mend ends with a full stop, and has no other but within names."""
    for problem in PROBLEMS:
        mend = problem.row.mend
        assert mend[0].isupper(), mend
        assert mend.endswith("."), mend
        assert re.search(r"[.!?] [A-Z]", mend) is None, mend
