"""Table: rows as text for the terminal and as Markdown for the page. Pure."""

import math
from collections.abc import Sequence

from tests.benchmarks.rows import Row

HEAD = ("row", "jobs", "goal", "naive", "ours", "ratio", "reached")
_REACHED = {True: "yes", False: "**no**", None: ""}


def cells(row: Row) -> tuple[str, ...]:
    """Return what a row shows, column by column."""
    name = f"{row.name} ({row.note})" if row.note else row.name
    return (
        name,
        f"{row.jobs:,}" if row.jobs is not None else "",
        row.goal.text,
        shown(row.naive, row.unit),
        shown(row.ours, row.unit),
        "" if math.isnan(row.ratio) else f"{row.ratio:.2f}",
        _REACHED[row.is_reached],
    )


def shown(value: float, unit: str) -> str:
    """Return a quantity with its unit, with three digits that count."""
    if math.isnan(value):
        return "-"
    if math.isinf(value):
        return "never"
    text = f"{value:,.0f}" if value == round(value) or abs(value) >= 100 else f"{value:.3g}"
    return f"{text} {unit}".strip()


def plain(rows: Sequence[Row]) -> str:
    """Return the table in columns for the terminal."""
    lines = [HEAD, *(tuple(cell.replace("*", "") for cell in cells(row)) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEAD))]
    drawn = (
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )
    return "\n".join(drawn)


def markdown(rows: Sequence[Row]) -> str:
    """Return the table as Markdown."""
    lines = [HEAD, ("---",) * len(HEAD), *(cells(row) for row in rows)]
    return "\n".join(f"| {' | '.join(cell.replace('|', '/') for cell in line)} |" for line in lines)
