"""Report: the page `docs/performance.md`, whose measured part is written by the benchmarks."""

import os
import platform
import sqlite3
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks.rows import Row
from tests.benchmarks.table import markdown

BEGIN, END = "<!-- measured by tests/benchmarks -->", "<!-- end of what was measured -->"


def with_measured(page: str, measured: str) -> str:
    """Return the page with its measured part replaced; the rest is written by hand. Pure.

    Raises:
        ValueError: The page has no such part.
    """
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"the page lacks {BEGIN} or {END}")
    return f"{before}{BEGIN}\n{measured.strip()}\n{END}{after}"


def write_report(page: Path, rows: Sequence[Row], *, command: str, seconds: float) -> None:
    """Write what was measured into *page*."""
    measured = f"{_conditions(command, seconds)}\n\n{markdown(rows)}\n"
    page.write_text(with_measured(page.read_text(encoding="utf-8"), measured), encoding="utf-8")


def _conditions(command: str, seconds: float) -> str:
    """Say how, where and when."""
    day = time.strftime("%d %B %Y", time.gmtime())
    load = ", ".join(f"{average:.1f}" for average in os.getloadavg())
    return (
        f"`{command}`, {day}, {seconds / 60:.0f} minutes: {os.cpu_count()} cores of {_processor()}, "
        f"Python {platform.python_version()} on {sys.platform}, SQLite {sqlite3.sqlite_version}; "
        f"load at the end {load}."
    )


def _processor() -> str:
    """Return the processor's name."""
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "model name":
            return value.strip()
    return platform.machine()
