"""Metrics belong to one program, and count what has happened once."""

import dataclasses

from bot.monitoring.gateway_state import GatewayState
from bot.monitoring.health import Health
from bot.monitoring.health_gauges import HealthGauges
from bot.monitoring.loop_lag import INTERVAL, LoopLag
from bot.monitoring.metrics import Metrics
from db.records import JobState
from tests.manual_clock import ManualClock
from tests.unit.jobs.builders import a_job


def value(metrics: Metrics, name: str, **labels: str) -> float | None:
    """Return a sample of the registry."""
    return metrics.registry.get_sample_value(f"modelhunter_bot_{name}", labels)


def test_metrics_of_two_programs_are_apart() -> None:
    """Two programs in one process, as in tests, share no registry and count apart."""
    one, other = Metrics(), Metrics()
    one.webhook_received("signed", "accepted")

    assert value(one, "webhooks_total", way="signed", outcome="accepted") == 1.0
    assert value(other, "webhooks_total", way="signed", outcome="accepted") is None


def test_a_job_counts_once_when_it_ends() -> None:
    """Its ending is counted with its kind, its state and its age; what is saved later is not."""
    metrics = Metrics()
    running = a_job(JobState.FOLLOWING, created_at=1000.0)
    ended = dataclasses.replace(running, state=JobState.DELIVERED, ended_at=1045.0)
    shown = dataclasses.replace(ended, open=False)
    for before, after in ((running, running), (running, ended), (ended, shown)):
        metrics.job_changed(before, after)

    labels = {"kind": "video", "state": "delivered"}
    assert value(metrics, "job_seconds_count", **labels) == 1.0
    assert value(metrics, "job_seconds_sum", **labels) == 45.0


async def test_a_shard_is_connected_between_ready_and_disconnect() -> None:
    """A session that is resumed counts like a new one; each event is counted."""
    metrics = Metrics()
    state = GatewayState(metrics)
    listeners = state.listeners()
    seen = []
    for event, shard in (("ready", 0), ("ready", 1), ("disconnect", 0), ("resumed", 0)):
        await listeners[f"on_shard_{event}"](shard)
        seen.append(state.connected([0, 1, 2]))

    assert seen == [1, 2, 1, 2]
    assert state.connected([1]) == 1  # shard 0 is another process's since
    assert value(metrics, "gateway_events_total", event="disconnect") == 1.0


async def test_a_busy_event_loop_is_measured() -> None:
    """What a turn comes too late is reported; the first turn has nothing to compare with."""
    metrics, clock = Metrics(), ManualClock()
    lag = LoopLag(metrics.loop_lagged, monotonic=clock)
    assert await lag.turn() == INTERVAL
    clock.now += INTERVAL + 0.25
    await lag.turn()
    clock.now += INTERVAL
    await lag.turn()

    assert value(metrics, "event_loop_lag_seconds_count") == 2.0
    assert value(metrics, "event_loop_lag_seconds_sum") == 0.25


def test_problems_are_metrics_by_the_names_of_their_checks() -> None:
    """The bot is ready while no check has a problem; its sentence is not shown."""
    metrics, health = Metrics(), Health()
    metrics.registry.register(HealthGauges(health))
    assert value(metrics, "ready") == 1.0

    health.report("database", "The database does not answer.")
    assert value(metrics, "ready") == 0.0
    assert value(metrics, "problem", check="database") == 1.0

    health.clear("database")
    assert value(metrics, "problem", check="database") is None
