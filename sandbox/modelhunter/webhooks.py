"""Webhooks of the sandbox API: what it sends when a task has completed or failed.

Both kinds are those of ModelHunter's page on webhooks. A registered address gets signed events, again
after 1, 5 and 30 minutes when it does not answer with a 2xx; the `webhookUrl` of a task gets one that
is not signed. There is no event for a task that was cancelled or has expired. When they are sent
follows from the sandbox's clock, which may be moved by hand, so that it is looked at all the time.
"""

import asyncio
import dataclasses
import hashlib
import heapq
import hmac
import itertools
import json
import secrets
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

import aiohttp

from sandbox.modelhunter.records import SentWebhook, TaskRecord, WebhookEndpoint
from sandbox.modelhunter.responses import Json
from sandbox.modelhunter.script import Moment
from sandbox.modelhunter.store import TaskStore
from sandbox.modelhunter.timestamps import to_iso
from sandbox.modelhunter.webhook_faults import WebhookFaultEffect, WebhookFaults, WebhookKind

RETRIES = (60.0, 300.0, 1800.0)  # seconds between the attempts at a signed one
_TICK = 0.01  # seconds between two looks at the clock
_TIMEOUT = aiohttp.ClientTimeout(total=10)
_EVENTS = {"succeeded": "task.completed", "completed": "task.completed", "failed": "task.failed"}

Describe = Callable[[TaskRecord, Moment], Awaitable[Json]]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Delivery:
    """One webhook to one address, as often as it is attempted."""

    kind: WebhookKind
    url: str
    secret: str | None
    task_id: str
    event_id: str
    type: str
    body: bytes
    attempt: int = 0
    is_delayed: bool = False  # its fault has struck


class Webhooks:
    """Registered addresses, and the webhooks that were and will be sent."""

    def __init__(
        self,
        store: TaskStore,
        faults: WebhookFaults,
        describe: Describe,
        clock: Callable[[], float],
    ) -> None:
        self.endpoints: list[WebhookEndpoint] = []
        self.sent: list[SentWebhook] = []
        self._store = store
        self._faults = faults
        self._describe = describe
        self._clock = clock
        self._order = itertools.count()
        self._heap: list[tuple[float, int, str | _Delivery]] = []
        self._awaited: set[str] = set()
        self._changed = asyncio.Event()

    def register(self, url: str, events: Sequence[str]) -> WebhookEndpoint:
        """Register an address for signed webhooks about every task, and return it with its secret."""
        endpoint = WebhookEndpoint(
            id=f"wh_{secrets.token_hex(8)}",
            url=url,
            events=tuple(events),
            secret=f"whsec_{secrets.token_hex(16)}",
        )
        self.endpoints.append(endpoint)
        for record in self._store.tasks.values():
            self.expect(record)
        return endpoint

    def expect(self, record: TaskRecord) -> None:
        """Send webhooks when the task ends, if there is an address for them."""
        ends_after = record.script.ends_after
        is_wanted = record.request.webhook_url is not None or self.endpoints
        if ends_after is not None and is_wanted and record.id not in self._awaited:
            self._awaited.add(record.id)
            self._put(record.created_at + ends_after, record.id)

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Send webhooks until the block is left."""
        async with aiohttp.ClientSession(timeout=_TIMEOUT) as session:
            sender = asyncio.create_task(self._send_forever(session), name="webhooks")
            try:
                yield
            finally:
                sender.cancel()
                await asyncio.gather(sender, return_exceptions=True)

    def _put(self, due: float, what: str | _Delivery) -> None:
        heapq.heappush(self._heap, (due, next(self._order), what))
        self._changed.set()

    async def _send_forever(self, session: aiohttp.ClientSession) -> None:
        async with asyncio.TaskGroup() as group:
            while True:
                self._changed.clear()
                while self._heap and self._heap[0][0] <= self._clock():
                    what = heapq.heappop(self._heap)[2]
                    if isinstance(what, str):
                        await self._end(what)
                    else:
                        group.create_task(self._send(session, what), name=f"webhook {what.task_id}")
                async with _at_most(_TICK if self._heap else None):
                    await self._changed.wait()

    async def _end(self, task_id: str) -> None:
        """Make the webhooks about a task that has ended, unless it was cancelled."""
        record = self._store.tasks[task_id]
        moment = record.script.at(self._clock() - record.created_at)
        event_type = _EVENTS.get(moment.status)
        if event_type is None or record.at(self._clock()).status == "cancelled":
            return
        event_id = f"evt_{secrets.token_hex(8)}"
        task = await self._describe(record, moment)
        event = {"id": event_id, "type": event_type, "created_at": to_iso(self._clock())}
        body = json.dumps({**event, "data": {"task": task}}).encode()
        for kind, url, secret in self._addresses(record, event_type):
            delivery = _Delivery(
                kind=kind,
                url=url,
                secret=secret,
                task_id=task_id,
                event_id=event_id,
                type=event_type,
                body=body,
            )
            self._put(self._clock(), delivery)

    def _addresses(
        self, record: TaskRecord, event_type: str
    ) -> list[tuple[WebhookKind, str, str | None]]:
        found: list[tuple[WebhookKind, str, str | None]] = [
            (WebhookKind.SIGNED, endpoint.url, endpoint.secret)
            for endpoint in self.endpoints
            if event_type in endpoint.events
        ]
        if record.request.webhook_url is not None:
            found.append((WebhookKind.JOB, record.request.webhook_url, None))
        return found

    async def _send(self, session: aiohttp.ClientSession, delivery: _Delivery) -> None:
        effect = (
            None if delivery.is_delayed else self._faults.strike(delivery.kind, delivery.task_id)
        )
        effect = effect or WebhookFaultEffect()
        if effect.delay:
            late = dataclasses.replace(delivery, is_delayed=True)
            self._put(self._clock() + effect.delay, late)
            return
        status = None
        for _ in range(0 if effect.lost else effect.copies):
            status = await self._post(session, delivery)
        is_taken = status is not None and 200 <= status < 300
        if delivery.kind is WebhookKind.SIGNED and not is_taken and delivery.attempt < len(RETRIES):
            again = dataclasses.replace(delivery, attempt=delivery.attempt + 1, is_delayed=False)
            self._put(self._clock() + RETRIES[delivery.attempt], again)

    async def _post(self, session: aiohttp.ClientSession, delivery: _Delivery) -> int | None:
        """Send it once, and return the status of the answer, None without one."""
        headers = _headers(delivery, str(int(self._clock())))
        status = None
        try:
            async with session.post(delivery.url, data=delivery.body, headers=headers) as response:
                status = response.status
        except (aiohttp.ClientError, TimeoutError, ValueError):
            pass
        self.sent.append(
            SentWebhook(delivery.kind, delivery.task_id, delivery.type, delivery.attempt, status)
        )
        return status


def _headers(delivery: _Delivery, timestamp: str) -> dict[str, str]:
    headers = {"Content-Type": "application/json"}
    if delivery.secret is None:
        return {**headers, "X-Webhook-Event": delivery.type, "X-Job-ID": delivery.task_id}
    signed = timestamp.encode() + b"." + delivery.body
    digest = hmac.new(delivery.secret.encode(), signed, hashlib.sha256).hexdigest()
    return {
        **headers,
        "X-Webhook-ID": delivery.event_id,
        "X-Webhook-Timestamp": timestamp,
        "X-Webhook-Signature": f"sha256={digest}",
    }


@asynccontextmanager
async def _at_most(seconds: float | None) -> AsyncGenerator[None]:
    """Leave the block after so many seconds at the latest; None: when it ends."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError:
        return
