"""Health gauges: the problems of `/readyz` as metrics, by the names of their checks."""

from collections.abc import Iterable

from prometheus_client.core import GaugeMetricFamily, Metric

from bot.monitoring.health import Health
from bot.monitoring.metrics import PREFIX


class HealthGauges:
    """Collector of the present problems."""

    def __init__(self, health: Health) -> None:
        self._health = health

    def describe(self) -> Iterable[Metric]:
        """Return the metrics, for the registry."""
        return self.collect()

    def collect(self) -> Iterable[Metric]:
        """Return whether there is a problem, and each."""
        checks = self._health.checks()
        yield GaugeMetricFamily(
            PREFIX + "ready", "Whether the bot can do its work, as /readyz says.", value=not checks
        )
        problems = GaugeMetricFamily(
            PREFIX + "problem", "The problems that /readyz names.", labels=["check"]
        )
        for check in checks:
            problems.add_metric([check], 1.0)
        yield problems
