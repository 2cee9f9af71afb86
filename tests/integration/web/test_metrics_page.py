"""`/metrics` shows what was counted, in Prometheus' format, and costs little however often it is asked."""

import aiohttp
from prometheus_client.parser import text_string_to_metric_families

from bot.monitoring.health import Health
from bot.monitoring.metrics import Metrics
from bot.web.metrics_page import MetricsPage
from bot.web.server import open_web
from tests.manual_clock import ManualClock

HOST = "127.0.0.1"


class Stage:
    """The page of some metrics, whose database is asked at each refresh."""

    def __init__(self) -> None:
        self.clock, self.metrics, self.refreshed = ManualClock(), Metrics(), 0
        self.page = MetricsPage(self.metrics.registry, self.refresh, monotonic=self.clock)

    async def refresh(self) -> None:
        """Count."""
        self.refreshed += 1

    async def ask(self, port: int) -> dict[str, float]:
        """Return the samples of the page, by name."""
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"http://{HOST}:{port}/metrics") as response,
        ):
            assert response.status == 200
            assert response.headers["Content-Type"].startswith("text/plain; version=0.0.4")
            families = text_string_to_metric_families(await response.text())
            return {each.name: each.value for family in families for each in family.samples}


async def test_the_page_of_the_metrics_shows_what_was_counted() -> None:
    """It is written anew after a second, so that strangers can't keep the processor busy."""
    stage = Stage()
    async with open_web(HOST, 0, Health(), routes=stage.page.routes()) as port:
        stage.metrics.webhook_received("signed", "accepted")
        assert (await stage.ask(port))["modelhunter_bot_webhooks_total"] == 1.0

        stage.metrics.webhook_received("signed", "accepted")
        assert (await stage.ask(port))["modelhunter_bot_webhooks_total"] == 1.0

        stage.clock.now += 1.0
        assert (await stage.ask(port))["modelhunter_bot_webhooks_total"] == 2.0
    assert stage.refreshed == 3


async def test_the_page_of_the_metrics_has_the_process_and_no_versions() -> None:
    """Memory and processor of the process are shown; which software runs is not."""
    stage = Stage()
    stage.metrics.api_called("create", "ok", 0.2)
    async with open_web(HOST, 0, Health(), routes=stage.page.routes()) as port:
        shown = await stage.ask(port)
    assert shown["process_resident_memory_bytes"] > 10_000_000
    assert [name for name in shown if name.endswith("_created") or "info" in name] == []
