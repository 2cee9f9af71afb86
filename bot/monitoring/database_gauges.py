"""Database gauges: what the whole database holds, read when the metrics are asked for.

The figures are kept for some seconds, so that requests to the port, which has no password, don't keep
the database busy. While they can't be read they are left out: no old figure passes for a new one.
"""

import asyncio
import datetime
import logging
import math
from collections.abc import Awaitable, Callable, Iterable, Mapping
from decimal import Decimal

from prometheus_client.core import GaugeMetricFamily, Metric

from bot.monitoring.metrics import PREFIX
from bot.monitoring.server_labels import by_server
from db.errors import StoreFailed
from db.repositories.figures import Figures

log = logging.getLogger(__name__)

FRESH_FOR = 5.0  # seconds
_TIMEOUT = 2.0  # seconds; Prometheus gives up a scrape after ten


class DatabaseGauges:
    """Collector of the figures that were read last."""

    def __init__(
        self,
        read: Callable[[datetime.date], Awaitable[Figures]],
        *,
        daily_budget: Decimal,
        clock: Callable[[], float],
        monotonic: Callable[[], float],
    ) -> None:
        self._read = read
        self._daily_budget = daily_budget
        self._clock = clock
        self._monotonic = monotonic
        self._figures: Figures | None = None
        self._fresh_until = -math.inf
        self._reading = asyncio.Lock()

    async def refresh(self) -> None:
        """Read the figures, unless they were just read."""
        async with self._reading:
            if self._monotonic() < self._fresh_until:
                return
            today = datetime.datetime.fromtimestamp(self._clock(), datetime.UTC).date()
            try:
                async with asyncio.timeout(_TIMEOUT):
                    self._figures = await self._read(today)
            except (StoreFailed, OSError) as error:  # a timeout is an OSError
                log.info("the metrics have no figures of the database: %s", type(error).__name__)
                self._figures = None
            self._fresh_until = self._monotonic() + FRESH_FOR

    def describe(self) -> Iterable[Metric]:
        """Return the metrics without figures, for the registry."""
        return [_readable(None), _budget(self._daily_budget), *_of(_NOTHING, now=0.0)]

    def collect(self) -> Iterable[Metric]:
        """Return the figures as metrics."""
        yield _readable(self._figures)
        yield _budget(self._daily_budget)
        if self._figures is not None:
            yield from _of(self._figures, now=self._clock())


_NOTHING = Figures(open_jobs={}, undelivered_since=None, spent=())


def _of(figures: Figures, *, now: float) -> Iterable[Metric]:
    """Return *figures* as metrics."""
    since = figures.undelivered_since
    return [
        _gauge(
            "jobs",
            "Jobs that are open: not ended, or their ending is not shown yet.",
            {(state, kind): count for (state, kind), count in figures.open_jobs.items()},
            ("state", "kind"),
        ),
        GaugeMetricFamily(
            PREFIX + "oldest_undelivered_seconds",
            "For how long the oldest result has not been delivered; 0: none waits.",
            value=0.0 if since is None else max(0.0, now - since),
        ),
        _gauge(
            "day_usd",
            "What the jobs of this UTC day have reserved, and what they have cost.",
            by_server(figures.spent),
            ("server", "amount"),
        ),
    ]


def _readable(figures: Figures | None) -> Metric:
    text = "Whether the figures of the database could be read."
    return GaugeMetricFamily(PREFIX + "database_readable", text, value=figures is not None)


def _budget(amount: Decimal) -> Metric:
    return GaugeMetricFamily(PREFIX + "daily_budget_usd", "DAILY_BUDGET_USD.", value=float(amount))


def _gauge(
    name: str,
    text: str,
    values: Mapping[tuple[str, str], int | Decimal],
    labels: tuple[str, str],
) -> Metric:
    gauge = GaugeMetricFamily(PREFIX + name, text, labels=labels)
    for by, value in sorted(values.items()):
        gauge.add_metric(by, float(value))
    return gauge
