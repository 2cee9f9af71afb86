"""Each alert fires when it should and not before, by Prometheus' own tool where it is installed."""

import json
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

MONITORING = Path(__file__).parents[3] / "monitoring"
UP = 'up{job="modelhunter-bot",instance="a"}'
CALLS = "modelhunter_bot_{}_call_seconds_count{{{}}}"
BUCKET = "modelhunter_bot_{}_bucket{{{}}}"


def api(outcome: str) -> str:
    """Return the name of the calls to the API that end so."""
    return CALLS.format("api", f'call="task",outcome="{outcome}"')


def discord(outcome: str) -> str:
    """Return the name of the calls to Discord that end so."""
    return CALLS.format("discord", f'call="edit",outcome="{outcome}"')


def jobs(state: str) -> str:
    """Return the name of the jobs that ended so."""
    return f'modelhunter_bot_job_seconds_count{{kind="video",state="{state}"}}'


def waits(metric: str, seconds: float, labels: str = "") -> Mapping[str, str]:
    """Return a histogram all of whose values are about so many seconds."""
    bounds = (0.5, 1.0, 10.0, 30.0)
    buckets = {
        BUCKET.format(metric, f'{labels}le="{bound:g}"'): "0+60x90" if bound >= seconds else "0x90"
        for bound in bounds
    }
    return buckets | {BUCKET.format(metric, f'{labels}le="+Inf"'): "0+60x90"}


# What makes each alert fire: series of one value a minute, in promtool's notation.
FIRES: Mapping[str, Mapping[str, str]] = {
    "BotDown": {UP: "0x90"},
    "ProcessDown": {UP: "0x90", 'up{job="modelhunter-bot",instance="b"}': "1x90"},
    "BotNotReady": {'modelhunter_bot_problem{instance="a",check="modelhunter"}': "1x90"},
    "GatewayDisconnected": {"modelhunter_bot_gateway_connected": "0x90"},
    "GatewayUnstable": {
        "modelhunter_bot_gateway_shards": "1x90",
        'modelhunter_bot_gateway_events_total{event="ready"}': "0+1x90",
    },
    "ResultsUndelivered": {"modelhunter_bot_oldest_undelivered_seconds": "0+60x90"},
    "JobsFail": {jobs("failed"): "0+1x90", jobs("delivered"): "0+0.5x90"},
    "TasksLookedAtLate": waits("poll_lateness_seconds", 20.0, 'way="alone",'),
    "ApiFails": {api("failed"): "0+10x90", api("ok"): "0+20x90"},
    "ApiRateLimited": {api("rate_limited"): "0+5x90", api("ok"): "0+200x90"},
    "DiscordFails": {discord("no_answer"): "0+10x90", discord("ok"): "0+20x90"},
    "DiscordRateLimited": {discord("rate_limited"): "0+10x90", discord("ok"): "0+200x90"},
    "BudgetAlmostSpent": {
        'modelhunter_bot_day_usd{server="7",amount="settled"}': "15x90",
        'modelhunter_bot_day_usd{server="7",amount="reserved"}': "4x90",
        "modelhunter_bot_daily_budget_usd": "20x90",
    },
    "DatabaseUnreadable": {'modelhunter_bot_database_readable{instance="a"}': "0x90"},
    "DatabaseSlow": waits("database_wait_seconds", 1.0, 'call="transaction",'),
    "EventLoopBusy": waits("event_loop_lag_seconds", 1.0, 'instance="a",'),
    "WebhooksNotSigned": {'modelhunter_bot_webhooks_total{outcome="not_signed"}': "0+1x90"},
    "MemoryLarge": {'process_resident_memory_bytes{job="modelhunter-bot"}': "2e9x90"},
}
WELL: Mapping[str, str] = {
    UP: "1x90",
    "modelhunter_bot_gateway_connected": "2x90",
    "modelhunter_bot_gateway_shards": "2x90",
    'modelhunter_bot_gateway_events_total{event="ready"}': "1x90",
    "modelhunter_bot_oldest_undelivered_seconds": "5x90",
    jobs("failed"): "0+0.1x90",
    jobs("delivered"): "0+2x90",
    api("ok"): "0+100x90",
    api("failed"): "0+5x90",
    discord("ok"): "0+100x90",
    discord("rate_limited"): "0+1x90",
    'modelhunter_bot_day_usd{server="7",amount="settled"}': "5x90",
    "modelhunter_bot_daily_budget_usd": "20x90",
    'modelhunter_bot_database_readable{instance="a"}': "1x90",
    **waits("poll_lateness_seconds", 0.5, 'way="alone",'),
    **waits("database_wait_seconds", 0.5, 'call="transaction",'),
    **waits("event_loop_lag_seconds", 0.5, 'instance="a",'),
    'process_resident_memory_bytes{job="modelhunter-bot"}': "2e8x90",
}


@pytest.fixture
def promtool() -> str:
    """Return Prometheus' own tool; without it the test is skipped."""
    found = shutil.which("promtool")
    if found is None:
        pytest.skip("no promtool found (Debian's package prometheus)")
    return found


def _run(*command: str | Path) -> str:
    done = subprocess.run(  # noqa: S603
        command, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _firing(alert: str, *, number: int | None) -> Mapping[str, object]:
    """Return promtool's question whether so many of an alert fire after an hour; None: any alert."""
    chosen = f'ALERTS{{alertname="{alert}",alertstate="firing"}}' if alert else "ALERTS"
    samples = [] if number is None else [{"labels": "{}", "value": number}]
    return {"expr": f"count({chosen})", "eval_time": "1h", "exp_samples": samples}


def _check(promtool: str, folder: Path, series: Mapping[str, str], question: object) -> None:
    values = [{"series": name, "values": each} for name, each in series.items()]
    test = {"interval": "1m", "input_series": values, "promql_expr_test": [question]}
    file = folder / "tests.yml"  # JSON is YAML
    file.write_text(
        json.dumps({"rule_files": [str(MONITORING / "alerts.yml")], "tests": [test]}),
        encoding="utf-8",
    )
    _run(promtool, "test", "rules", file)


def test_prometheus_itself_accepts_its_files(promtool: str) -> None:
    """Prometheus reads its settings and the rules that they name."""
    assert "SUCCESS" in _run(promtool, "check", "config", MONITORING / "prometheus.yml")


@pytest.mark.parametrize("alert", FIRES)
def test_an_alert_fires_when_it_should(promtool: str, tmp_path: Path, alert: str) -> None:
    """What the alert is about, and nothing else, makes it fire."""
    _check(promtool, tmp_path, FIRES[alert], _firing(alert, number=1))


def test_no_alert_fires_while_all_is_well(promtool: str, tmp_path: Path) -> None:
    """A bot with a few failures among many calls raises nothing, not even pending."""
    _check(promtool, tmp_path, WELL, _firing("", number=None))


def test_every_alert_is_tried() -> None:
    """Each rule has series that make it fire."""
    rules = (MONITORING / "alerts.yml").read_text(encoding="utf-8")
    assert re.findall(r"- alert: (\w+)", rules) == list(FIRES)
