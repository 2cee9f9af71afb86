"""Measurement: has each way out of the program report to the metrics, and writes their page."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

import aiohttp

from bot.app.shared import Shared
from bot.clock import monotonic
from bot.modelhunter import RequestPace
from bot.modelhunter.call_names import call_names_at
from bot.monitoring.database_gauges import DatabaseGauges
from bot.monitoring.gateway_state import GatewayState
from bot.monitoring.health_gauges import HealthGauges
from bot.monitoring.loop_lag import LoopLag
from bot.monitoring.metrics import Metrics
from bot.outgoing.measured_calls import measure_calls
from bot.settings import Settings
from bot.web.metrics_page import MetricsPage
from db.repositories.figures import DatabaseFigures


def api_trace(metrics: Metrics, settings: Settings) -> aiohttp.TraceConfig:
    """Return what has the calls to the API measured."""
    return measure_calls(
        aiohttp.TraceConfig(),
        metrics.api_called,
        name_of=call_names_at(settings.modelhunter_url),
        monotonic=monotonic,
    )


@asynccontextmanager
async def measured(shared: Shared, pace: RequestPace) -> AsyncGenerator[MetricsPage]:
    """Yield the page of the metrics, and measure the event loop until the block is left."""
    metrics, clock, monotonic = shared.metrics, shared.clock, shared.runtime.monotonic
    figures = DatabaseGauges(
        DatabaseFigures(shared.connections.store).read,
        daily_budget=shared.settings.daily_budget_usd,
        clock=clock,
        monotonic=monotonic,
    )
    metrics.registry.register(figures)
    metrics.registry.register(HealthGauges(shared.health))
    metrics.gauge("queue", "What waits, in which line.", _lines(shared, pace), label="line")
    _add_gateway(shared)
    async with LoopLag(metrics.loop_lagged, monotonic=monotonic).running():
        yield MetricsPage(metrics.registry, figures.refresh, monotonic=monotonic)


def _lines(shared: Shared, pace: RequestPace) -> dict[str, Callable[[], float]]:
    """Return the length of each line in which jobs and calls wait."""
    return {
        "looks": lambda: shared.due_times.waiting,  # at jobs that are looked at alone
        "steps": lambda: shared.due_times.in_flight,  # of jobs, under way
        "followed": lambda: len(shared.due_times.kept),  # looked at together
        "edits": lambda: shared.wanted_edits.waiting,  # of cards
        "api": lambda: pace.waiting,  # MODELHUNTER_REQUESTS_PER_SECOND
        "discord": lambda: shared.rate_limit.waiting,  # the bot's 45 calls a second
        "database": lambda: shared.connections.store.waiting,
    }


def _add_gateway(shared: Shared) -> None:
    metrics, bot, state = shared.metrics, shared.connections.bot, GatewayState(shared.metrics)
    for event, listener in state.listeners().items():
        bot.add_listener(listener, event)

    def held() -> list[int]:
        return [] if bot.shards is None else [shard.number for shard in bot.shards.held]

    metrics.single_gauge("gateway_shards", "Shards that this process has.", lambda: len(held()))
    metrics.single_gauge(
        "gateway_connected",
        "Those of them that have a session with Discord.",
        lambda: state.connected(held()),
    )
    metrics.single_gauge(
        "gateway_latency_seconds",
        "Between the last heartbeat and Discord's answer to it.",
        lambda: bot.latency,
    )
    metrics.single_gauge("servers", "Servers that the bot is in.", lambda: len(bot.guilds))
