"""Records of the sandbox API: requests, tasks, and the log of calls."""

import dataclasses
from collections.abc import Mapping
from typing import NamedTuple

from sandbox.modelhunter.endpoints import Endpoint, Kind, Price
from sandbox.modelhunter.script import Moment, Script


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class NewTask:
    """A validated request for a task."""

    provider: str
    capability: str
    endpoint: Endpoint
    model: str
    input: Mapping[str, object]
    metadata: Mapping[str, object] | None = None
    webhook_url: str | None = None

    @property
    def kind(self) -> Kind:
        """What will be made."""
        return self.endpoint.kind

    @property
    def price(self) -> Price:
        """What one unit of it costs."""
        return self.endpoint.models[self.model]

    @property
    def text(self) -> str:
        """The prompt, or all lines of a dialogue, one below the other."""
        dialogue = self.input.get("dialogue")
        if isinstance(dialogue, list):
            return "\n".join(
                str(line.get("text", "")) for line in dialogue if isinstance(line, dict)
            )
        return str(self.input.get("prompt", ""))


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class TaskRecord:
    """A task, with everything a test may ask about it.

    A record is never changed: the store replaces it. Times are Unix seconds, whole milliseconds.
    """

    id: str
    request: NewTask
    script: Script
    created_at: float
    cancelled_at: float | None = None
    expired_answers: int = 0  # GETs that were answered `expired` so far

    @property
    def kind(self) -> Kind:
        """What the task makes."""
        return self.request.kind

    @property
    def provider(self) -> str:
        """The first part of the path that it was posted to."""
        return self.request.provider

    @property
    def capability(self) -> str:
        """The second part of the path that it was posted to."""
        return self.request.capability

    @property
    def model(self) -> str:
        """The model id as posted."""
        return self.request.model

    @property
    def input(self) -> Mapping[str, object]:
        """The input as posted."""
        return self.request.input

    @property
    def metadata(self) -> Mapping[str, object] | None:
        """The metadata as posted."""
        return self.request.metadata

    def status_at(self, now: float) -> str:
        """Return the status at *now*, as `at` does."""
        if self.cancelled_at is None and not self.script.expired_answers:
            return self.script.status_at(now - self.created_at)
        return self.at(now).status

    def at(self, now: float) -> Moment:
        """Return the state of the task at *now*, which follows from its script alone."""
        carried_out = None
        if self.cancelled_at is not None:
            carried_out = self.cancelled_at + self.script.cancel_seconds
        if carried_out is not None and now >= carried_out:
            return self.script.cancelled(carried_out - self.created_at)
        moment = self.script.at(now - self.created_at)
        if moment.has_result and self.expired_answers < self.script.expired_answers:
            return dataclasses.replace(moment, status="expired")
        return moment


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class WebhookEndpoint:
    """An address that is registered for signed webhooks."""

    id: str
    url: str
    events: tuple[str, ...]
    secret: str


class SentWebhook(NamedTuple):
    """One webhook as it was sent."""

    kind: str  # SIGNED or JOB
    task_id: str
    type: str  # task.completed or task.failed
    attempt: int  # 0 for the first
    status: int | None  # of the answer; None without one


class LoggedRequest(NamedTuple):
    """One call as the sandbox API received it."""

    method: str
    path: str  # below /api/v1, without the query
    status: int | None  # None when the connection was cut
