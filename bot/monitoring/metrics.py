"""Metrics: what is counted and timed for Prometheus, in a registry of this program alone.

They are reported where calls leave the program or come into it, so that what they measure is what
Discord, the API, the database and users see. What others know already, such as the length of a line,
is read when `/metrics` is asked for (`bot.app.measurement`), and costs nothing until then.

Each pair of label values is a time series that Prometheus keeps, so labels have few values: names of
calls, outcomes, states. No label holds what a user has written.
"""

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.process_collector import ProcessCollector

from db.records import Job

PREFIX = "modelhunter_bot_"

# Upper bounds of the buckets, in seconds.
_CALL = (0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_DATABASE = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 1.5, 5.0)
_LAG = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0)
_LATENESS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
_JOB = (5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0, 4 * 3600.0)


class Metrics:
    """Counters and histograms of one program; what reports to them knows no Prometheus."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry(auto_describe=True)
        ProcessCollector(registry=self.registry)
        self._api_calls = self._histogram(
            "api_call_seconds", "Calls to ModelHunter's API.", _CALL, "call", "outcome"
        )
        self._discord_calls = self._histogram(
            "discord_call_seconds", "Calls to Discord.", _CALL, "call", "outcome"
        )
        self._database_calls = self._histogram(
            "database_wait_seconds", "Waits for the database.", _DATABASE, "call", "outcome"
        )
        self._lateness = self._histogram(
            "poll_lateness_seconds", "How late tasks are looked at.", _LATENESS, "way"
        )
        self._jobs = self._histogram(
            "job_seconds", "Jobs that ended, from their request on.", _JOB, "kind", "state"
        )
        self._loop_lag = self._histogram(
            "event_loop_lag_seconds", "How late the event loop comes to what is due.", _LAG
        )
        self._accepted = self._counter("jobs_accepted", "Jobs that were accepted.", "kind")
        self._webhooks = self._counter("webhooks", "Webhooks that were received.", "way", "outcome")
        self._gateway_events = self._counter(
            "gateway_events", "What became of connections to Discord's gateway.", "event"
        )

    def _histogram(
        self, name: str, text: str, buckets: tuple[float, ...], *labels: str
    ) -> Histogram:
        return Histogram(PREFIX + name, text, labels, registry=self.registry, buckets=buckets)

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(PREFIX + name, text, labels, registry=self.registry)

    def gauge(
        self, name: str, text: str, reads: dict[str, Callable[[], float]], label: str
    ) -> None:
        """Have each of *reads* called when the metrics are asked for, and shown by its *label*."""
        gauge = Gauge(PREFIX + name, text, [label], registry=self.registry)
        for value, read in reads.items():
            gauge.labels(value).set_function(read)

    def single_gauge(self, name: str, text: str, read: Callable[[], float]) -> None:
        """Have *read* called when the metrics are asked for."""
        Gauge(PREFIX + name, text, registry=self.registry).set_function(read)

    def api_called(self, call: str, outcome: str, seconds: float) -> None:
        """Take note of a call to the API."""
        self._api_calls.labels(call, outcome).observe(seconds)

    def discord_called(self, call: str, outcome: str, seconds: float) -> None:
        """Take note of a call to Discord."""
        self._discord_calls.labels(call, outcome).observe(seconds)

    def database_called(self, call: str, outcome: str, seconds: float) -> None:
        """Take note of what a caller has waited for the database."""
        self._database_calls.labels(call, outcome).observe(seconds)

    def step_begun(self, late: float) -> None:
        """Take note of by how many seconds the step of a job began too *late*."""
        self._lateness.labels("alone").observe(late)

    def list_read(self, late: float) -> None:
        """Take note of how many seconds after a tick all tasks had been looked at."""
        self._lateness.labels("together").observe(late)

    def loop_lagged(self, seconds: float) -> None:
        """Take note of by how many seconds the event loop was late."""
        self._loop_lag.observe(seconds)

    def job_accepted(self, job: Job) -> None:
        """Take note of a job that was accepted."""
        self._accepted.labels(job.kind).inc()

    def job_changed(self, before: Job, after: Job) -> None:
        """Take note of a job that was saved: has it ended?"""
        if after.ended_at is not None and before.ended_at is None:
            seconds = max(0.0, after.ended_at - after.created_at)
            self._jobs.labels(after.kind, after.state).observe(seconds)

    def webhook_received(self, way: str, outcome: str) -> None:
        """Take note of a webhook."""
        self._webhooks.labels(way, outcome).inc()

    def gateway_event(self, event: str) -> None:
        """Take note of what became of a connection to the gateway."""
        self._gateway_events.labels(event).inc()
