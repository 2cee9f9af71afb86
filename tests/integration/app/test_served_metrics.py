"""The whole program serves its metrics, and knows every one that the monitoring files name."""

import json
import re
import socket
from collections.abc import Mapping
from pathlib import Path

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr

from bot.app.build import open_app
from bot.app.shared import Runtime
from bot.settings import Settings
from sandbox.discord.server import TOKEN

ROOT = Path(__file__).parents[3]
MONITORING = ROOT / "monitoring"
DASHBOARD = json.loads(
    (MONITORING / "grafana/dashboards/modelhunter-bot.json").read_text(encoding="utf-8")
)
RULES = (MONITORING / "alerts.yml").read_text(encoding="utf-8")
PAGE = (ROOT / "docs/monitoring.md").read_text(encoding="utf-8")
# What Prometheus adds to a histogram's name.
_PARTS = re.compile(r"_(bucket|sum|count)$")
_METRIC = re.compile(r"\b(?:modelhunter_bot|process)_\w+\b")


def expressions() -> Mapping[str, str]:
    """Return each query of the dashboard and of the alert rules by where it is."""
    panels = {
        f"{panel['title']} {target['refId']}": target["expr"]
        for panel in DASHBOARD["panels"]
        for target in panel["targets"]
    }
    alerts = re.findall(r"- alert: (\w+)\n\s+expr: (.+?)\n\s+(?:for|labels):", RULES, re.DOTALL)
    return panels | dict(alerts)


@pytest.fixture
def settings() -> Settings:
    """Return settings of a program with a database in memory, on a free port."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        port = bound.getsockname()[1]
    return Settings(
        _env_file=None,
        discord_token=SecretStr(TOKEN),
        modelhunter_key=SecretStr("river_test"),
        modelhunter_url="http://127.0.0.1:9/api/v1",
        database_url="sqlite://",
        http_port=port,
    )


async def _page(settings: Settings) -> str:
    async with (
        open_app(settings, Runtime()),
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{settings.http_port}/metrics") as response,
    ):
        assert response.status == 200
        return await response.text()


async def _served(settings: Settings) -> set[str]:
    """Return the names of the metrics that the program serves, with or without samples."""
    return set(re.findall(r"^# TYPE (\w+) ", await _page(settings), re.MULTILINE))


async def test_the_program_serves_its_metrics(settings: Settings) -> None:
    """They are read by Prometheus' own parser, with the database's figures among them."""
    families = {each.name: each for each in text_string_to_metric_families(await _page(settings))}
    values = {
        name: [sample.value for sample in family.samples] for name, family in families.items()
    }
    assert values["modelhunter_bot_database_readable"] == [1.0]
    assert values["modelhunter_bot_oldest_undelivered_seconds"] == [0.0]
    assert values["modelhunter_bot_daily_budget_usd"] == [20.0]
    assert values["modelhunter_bot_gateway_connected"] == [0.0]
    assert values["modelhunter_bot_ready"] == [0.0]
    assert len(families["modelhunter_bot_queue"].samples) == 7


async def test_every_metric_in_the_monitoring_files_is_served(settings: Settings) -> None:
    """No panel and no alert asks for a metric that the program does not have."""
    served = await _served(settings)
    asked = {
        name: {_PARTS.sub("", metric) for metric in _METRIC.findall(expression)} - served
        for name, expression in expressions().items()
    }
    assert len(asked) > 40
    assert {name: missing for name, missing in asked.items() if missing} == {}


async def test_every_metric_is_explained_and_shown(settings: Settings) -> None:
    """Each of the bot's own is in the table of docs/monitoring.md, and on the dashboard."""
    served = {name for name in await _served(settings) if name.startswith("modelhunter_bot_")}
    explained = re.findall(r"^\| `(modelhunter_bot_\w+)` \|", PAGE, re.MULTILINE)
    assert sorted(explained) == sorted(served)
    shown = " ".join(expressions().values())
    unseen = {"modelhunter_bot_database_readable"}  # an alert alone, as a panel would be empty
    assert {name for name in served - unseen if name not in shown} == set()


def test_every_alert_is_explained() -> None:
    """The page says of each alert what to do."""
    alerts = re.findall(r"- alert: (\w+)", RULES)
    assert len(alerts) == len(set(alerts)) > 15
    assert re.findall(r"^\| `([A-Z]\w+)` \| .+ \| .+ \|$", PAGE, re.MULTILINE) == alerts


def test_panels_do_not_overlap_and_have_their_own_ids() -> None:
    """Each panel has a place of its own on the dashboard, 24 columns wide."""
    ids = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(ids) == len(set(ids))
    taken: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken, panel["title"]
        assert max(x for x, _ in cells) < 24
        taken |= cells
