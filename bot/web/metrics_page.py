"""Metrics page: `/metrics`, which Prometheus asks for, in its text format.

Anyone who can reach the port may read it, as with `/readyz`. What a stranger can take of it is
bounded: a page is kept for a second, and what it shows of the database for some seconds.
"""

import math
from collections.abc import Awaitable, Callable, Iterable, Sequence

from aiohttp import web
from prometheus_client import CollectorRegistry
from prometheus_client.core import Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest

_LASTS = 1.0  # seconds


class MetricsPage:
    """The page, written of a registry once it was refreshed."""

    def __init__(
        self,
        registry: CollectorRegistry,
        refresh: Callable[[], Awaitable[None]],
        *,
        monotonic: Callable[[], float],
    ) -> None:
        """*refresh* reads what the registry can't read by itself."""
        self._metrics = _WithoutTimesOfCreation(registry)
        self._refresh = refresh
        self._monotonic = monotonic
        self._page = b""
        self._written_at = -math.inf

    def routes(self) -> Sequence[web.RouteDef]:
        """Return the route of the page."""
        return [web.get("/metrics", self._answer)]

    async def _answer(self, _request: web.Request) -> web.Response:
        await self._refresh()
        now = self._monotonic()
        if now - self._written_at >= _LASTS:
            self._page, self._written_at = generate_latest(self._metrics), now
        return web.Response(body=self._page, headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4})


class _WithoutTimesOfCreation:
    """A registry without the series that say when another series was created: half of a page."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry

    def collect(self) -> Iterable[Metric]:
        """Return the metrics."""
        for metric in self._registry.collect():
            created = metric.name + "_created"
            metric.samples = [each for each in metric.samples if each.name != created]
            yield metric
