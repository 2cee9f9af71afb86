"""Draw the dashboard as Grafana lays it out: `python -m tests.draw_dashboard PROMETHEUS FILE`.

PROMETHEUS is the address of a Prometheus that has asked a bot for its metrics, FILE a picture. Each
panel of monitoring/grafana/dashboards/modelhunter-bot.json is drawn from the answers to its own
queries, at its own place, with its own unit; nothing is made up.
"""

import argparse
import dataclasses
import datetime
import json
import re
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypedDict

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

DASHBOARD = Path(__file__).parents[1] / "monitoring/grafana/dashboards/modelhunter-bot.json"
_COLUMNS = 24
_INCHES = 0.68  # of a column, and of a row's half
_BACKGROUND, _PANEL, _TEXT = "#111217", "#181b1f", "#d8d9da"
_COLORS = {"green": "#1f8b4c", "orange": "#d9730d", "red": "#c4162a", "blue": "#1f60c4"}
_UNITS = {"s": " s", "percentunit": " %", "currencyUSD": " $", "bytes": " MB"}
_SCALES = {"percentunit": 100.0, "bytes": 1e-6}


class Place(TypedDict):
    """Where a panel is, in columns and rows."""

    x: int
    y: int
    w: int
    h: int


class Step(TypedDict):
    """From which value on a figure has a colour."""

    color: str
    value: float | None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One line of a panel."""

    label: str
    times: Sequence[float]
    values: Sequence[float]


class Prometheus:
    """The range of one Prometheus that is drawn."""

    def __init__(self, address: str, minutes: float, end: float) -> None:
        self._address = address.rstrip("/")
        self.end, self.start = end, end - minutes * 60
        self.step = max(5.0, minutes * 60 / 240)

    def series(self, expression: str, legend: str) -> list[Series]:
        """Return what the query of a panel answers, with the legend that Grafana would write."""
        query = expression.replace("$__rate_interval", f"{max(20, int(4 * self.step))}s")
        parameters = {"query": query, "start": self.start, "end": self.end, "step": self.step}
        url = f"{self._address}/api/v1/query_range?{urllib.parse.urlencode(parameters)}"
        with urllib.request.urlopen(url, timeout=30) as answer:  # noqa: S310 - the operator's own
            found = json.load(answer)["data"]["result"]
        return [
            Series(
                label=_legend(legend, each["metric"]),
                times=[float(at) for at, _ in each["values"]],
                values=[float(value) for _, value in each["values"]],
            )
            for each in found
        ]


def main() -> int:
    """Draw the picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("prometheus")
    parser.add_argument("file", type=Path)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--end", type=float, default=time.time(), help="Unix seconds")
    given = parser.parse_args()
    draw(Prometheus(given.prometheus, given.minutes, given.end), given.file)
    return 0


def draw(source: Prometheus, file: Path) -> None:
    """Draw each panel of the dashboard into *file*."""
    mpl.use("Agg")
    panels = json.loads(DASHBOARD.read_text(encoding="utf-8"))["panels"]
    rows = max(panel["gridPos"]["y"] + panel["gridPos"]["h"] for panel in panels)
    width, height = _COLUMNS * _INCHES, rows * _INCHES * 0.5
    figure = Figure(figsize=(width, height), facecolor=_BACKGROUND)
    for panel in panels:
        axes = figure.add_axes(_frame(panel["gridPos"], rows, is_stat=panel["type"] == "stat"))
        found = [
            series
            for target in panel["targets"]
            for series in source.series(target["expr"], target["legendFormat"])
        ]
        _style(axes, panel["title"])
        defaults = panel["fieldConfig"]["defaults"]
        if panel["type"] == "stat":
            _draw_figure(axes, found, defaults)
        else:
            _draw_lines(axes, found, defaults)
            axes.set_xlim(source.start, source.end)
    figure.savefig(file, dpi=90)


def _frame(place: Place, rows: int, *, is_stat: bool) -> tuple[float, float, float, float]:
    """Return left, bottom, width and height of a panel's axes, as parts of the picture."""
    left, below, above, right = (0.1, 0.1, 0.9, 0.1) if is_stat else (1.0, 2.1, 0.9, 0.25)
    return (
        (place["x"] + left) / _COLUMNS,
        1 - (place["y"] + place["h"] - below) / rows,
        (place["w"] - left - right) / _COLUMNS,
        (place["h"] - below - above) / rows,
    )


def _style(axes: Axes, title: str) -> None:
    axes.set_facecolor(_PANEL)
    axes.set_title(title, loc="left", color=_TEXT, fontsize=8, fontweight="bold", pad=3)
    axes.tick_params(colors=_TEXT, labelsize=6, length=2)
    for spine in axes.spines.values():
        spine.set_color("#2c3235")


def _draw_figure(axes: Axes, found: Sequence[Series], defaults: Mapping[str, object]) -> None:
    """Draw the last value, on the colour of its threshold."""
    axes.set_xticks([])
    axes.set_yticks([])
    value = found[0].values[-1] if found else None
    text = "no data" if value is None else _shown(value, defaults)
    if value is not None:
        axes.set_facecolor(_color(value, defaults))
    axes.text(0.5, 0.5, text, ha="center", va="center", color="white", fontsize=16)


def _shown(value: float, defaults: Mapping[str, object]) -> str:
    mappings = json.loads(json.dumps(defaults.get("mappings", [])))
    for mapping in mappings:
        if (said := mapping["options"].get(f"{value:g}")) is not None:
            return str(said["text"])
    unit = str(defaults["unit"])
    scaled = value * _SCALES.get(unit, 1.0)
    return f"{scaled:.3g}{_UNITS.get(unit, '')}"


def _color(value: float, defaults: Mapping[str, object]) -> str:
    steps: list[Step] = json.loads(json.dumps(defaults["thresholds"]))["steps"]
    reached = [each for each in steps if each["value"] is None or value >= each["value"]]
    return _COLORS[reached[-1]["color"]]


def _draw_lines(axes: Axes, found: Sequence[Series], defaults: Mapping[str, object]) -> None:
    unit = str(defaults["unit"])
    scale = _SCALES.get(unit, 1.0)
    is_stacked = '"mode": "normal"' in json.dumps(defaults)
    if is_stacked and found:
        times = sorted({at for series in found for at in series.times})
        layers = [_at_each(series, times, scale) for series in found]
        axes.stackplot(times, layers, labels=[each.label for each in found], alpha=0.6)
    else:
        for series in found:
            values = [value * scale for value in series.values]
            axes.plot(series.times, values, linewidth=1, label=series.label)
    axes.set_ylim(bottom=0)
    axes.grid(color="#2c3235", linewidth=0.5)
    axes.xaxis.set_major_formatter(lambda value, _position: _time_of_day(value))
    axes.locator_params(axis="x", nbins=5)
    axes.yaxis.set_major_formatter(lambda value, _position: f"{value:g}{_UNITS.get(unit, '')}")
    if not found:
        axes.text(0.5, 0.5, "no data", transform=axes.transAxes, ha="center", color=_TEXT)
    else:
        axes.legend(
            loc="upper left",
            bbox_to_anchor=(-0.1, -0.12),
            ncols=3,
            fontsize=5.5,
            frameon=False,
            labelcolor=_TEXT,
            handlelength=1.0,
            columnspacing=0.8,
            borderaxespad=0.2,
        )


def _at_each(series: Series, times: Sequence[float], scale: float) -> list[float]:
    """Return the value at each of *times*, 0 where there is none."""
    known = dict(zip(series.times, series.values, strict=True))
    return [known.get(at, 0.0) * scale for at in times]


def _time_of_day(unix: float) -> str:
    return datetime.datetime.fromtimestamp(unix, datetime.UTC).strftime("%H:%M")


def _legend(template: str, labels: Mapping[str, str]) -> str:
    return re.sub(r"\{\{(\w+)\}\}", lambda found: labels.get(found[1], ""), template)


if __name__ == "__main__":
    sys.exit(main())
