"""Plot: how what was measured grows with the number of jobs."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from tests.benchmarks.rows import Row

# The rows that are drawn, each in an axes of its own.
DRAWN = (
    "following: processor",
    "following: requests a look",
    "following: memory",
    "commands as fast as they come: answer p99",
    "commands as fast as they come: all sent",
    "processor for a whole job",
)
_COLUMNS = 3
_STYLES = {"naive": ("tab:orange", "s--"), "ours": ("tab:blue", "o-")}


def curves(rows: Sequence[Row], name: str) -> Mapping[str, list[tuple[int, float]]]:
    """Return the points of both bots for the rows of that name, by the number of jobs. Pure."""
    found: dict[str, list[tuple[int, float]]] = {"naive": [], "ours": []}
    for row in sorted((row for row in rows if row.name == name), key=lambda row: row.jobs or 0):
        for bot, value in (("naive", row.naive), ("ours", row.ours)):
            if math.isfinite(value) and row.jobs:
                found[bot].append((row.jobs, value))
    return found


def write_plot(file: Path, rows: Sequence[Row]) -> None:
    """Draw every quantity that was measured at several numbers of jobs."""
    lines = -(-len(DRAWN) // _COLUMNS)
    figure = Figure(figsize=(10, 2.8 * lines), layout="constrained")
    axes = figure.subplots(lines, _COLUMNS)
    for axis, name in zip(axes.flat, DRAWN, strict=True):
        _draw(axis, rows, name)
    figure.savefig(file, dpi=70)


def _draw(axis: Axes, rows: Sequence[Row], name: str) -> None:
    unit = next((row.unit for row in rows if row.name == name), "")
    for bot, points in curves(rows, name).items():
        if points:
            colour, style = _STYLES[bot]
            axis.plot(*zip(*points, strict=True), style, color=colour, label=bot)
            axis.set_xscale("log")
            axis.set_yscale("log")
    axis.set_title(name, fontsize=8)
    axis.set_xlabel("jobs", fontsize=7)
    axis.set_ylabel(unit, fontsize=7)
    axis.tick_params(labelsize=7)
    if axis.lines:
        axis.legend(fontsize=7)
