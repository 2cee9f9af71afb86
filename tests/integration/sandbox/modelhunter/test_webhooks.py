"""Webhooks of the sandbox API are those of ModelHunter's page, and go wrong on request."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncGenerator

import pytest
from aiohttp import web

from sandbox.modelhunter import Script
from sandbox.modelhunter.webhook_faults import WebhookKind
from tests.integration.sandbox.modelhunter.calls import Caller

EVENTS = ["task.completed", "task.failed"]


class Receiver:
    """A server that keeps what it is sent."""

    def __init__(self) -> None:
        self.got: list[tuple[str, dict[str, str], bytes]] = []
        self.status = 200
        self.url = ""

    async def receive(self, request: web.Request) -> web.Response:
        """Keep a webhook and answer with the status of the moment."""
        self.got.append((request.path, dict(request.headers), await request.read()))
        return web.Response(status=self.status)

    async def until(self, count: int) -> None:
        """Wait until so many webhooks have come."""
        async with asyncio.timeout(20):
            while len(self.got) < count:  # noqa: ASYNC110 - a list has no event
                await asyncio.sleep(0.01)


@pytest.fixture
async def receiver() -> AsyncGenerator[Receiver]:
    """Give a test a server for webhooks."""
    receiver = Receiver()
    application = web.Application()
    application.add_routes([web.post("/{name:.*}", receiver.receive)])
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield receiver
    await runner.cleanup()


async def until_noted(caller: Caller, count: int) -> None:
    """Wait until the sandbox knows the answers to so many webhooks, from which it counts pauses."""
    async with asyncio.timeout(20):
        while len(caller.api.webhooks.sent) < count:  # noqa: ASYNC110 - a list has no event
            await asyncio.sleep(0.01)


async def register(caller: Caller, url: str) -> str:
    """Register an address and return its secret."""
    answer = await caller.call("POST", "/webhooks", {"url": url, "events": EVENTS})
    assert answer.status == 201
    assert answer.body["data"]["url"] == url
    return str(answer.body["data"]["secret"])


async def settle() -> None:
    """Give the sandbox time for what it must not send."""
    await asyncio.sleep(0.1)


async def test_a_registered_address_gets_signed_events(caller: Caller, receiver: Receiver) -> None:
    """The signature is that of timestamp, dot and raw body; the task has its result."""
    secret = await register(caller, f"{receiver.url}/hooks")
    task_id = await caller.create(Script.quick(5), metadata={"job_id": "7"})
    await settle()
    assert receiver.got == []
    caller.clock.now += 5
    await receiver.until(1)
    _, headers, body = receiver.got[0]
    stamp = headers["X-Webhook-Timestamp"]
    assert stamp == str(int(caller.clock()))
    signed = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    assert headers["X-Webhook-Signature"] == f"sha256={signed}"
    event = json.loads(body)
    assert event["type"] == "task.completed"
    assert headers["X-Webhook-ID"] == event["id"]
    task = event["data"]["task"]
    assert (task["id"], task["status"], task["metadata"]) == (task_id, "succeeded", {"job_id": "7"})
    assert (await caller.download(task["result"][0]["url"]))[0] == 200


async def test_a_jobs_address_gets_one_that_is_not_signed(
    caller: Caller, receiver: Receiver
) -> None:
    """It has the event and the task in its headers, and is sent once, whatever is answered."""
    receiver.status = 500
    task_id = await caller.create(Script.failing("no"), webhookUrl=f"{receiver.url}/of/job")
    await receiver.until(1)
    path, headers, body = receiver.got[0]
    assert path == "/of/job"
    assert (headers["X-Webhook-Event"], headers["X-Job-ID"]) == ("task.failed", task_id)
    assert not [name for name in headers if name.startswith("X-Webhook-S")]
    assert json.loads(body)["data"]["task"]["error"]["message"] == "no"
    caller.clock.now += 3_600
    await settle()
    assert len(receiver.got) == 1


async def test_a_signed_one_is_sent_again(caller: Caller, receiver: Receiver) -> None:
    """Without a 2xx it comes again after 1, 5 and 30 minutes, with the same id and a new time."""
    await register(caller, receiver.url)
    receiver.status = 503
    await caller.create(Script.quick())
    await receiver.until(1)
    for attempt, pause in enumerate((60, 300, 1_800), start=2):
        await until_noted(caller, attempt - 1)
        caller.clock.now += pause - 1
        await settle()
        assert len(receiver.got) == attempt - 1
        caller.clock.now += 1
        await receiver.until(attempt)
    caller.clock.now += 86_400
    await settle()
    assert len({headers["X-Webhook-ID"] for _, headers, _ in receiver.got}) == 1
    assert len({headers["X-Webhook-Timestamp"] for _, headers, _ in receiver.got}) == 4
    assert [sent.attempt for sent in caller.api.webhooks.sent] == [0, 1, 2, 3]


async def test_no_event_is_sent_of_a_cancelled_task(caller: Caller, receiver: Receiver) -> None:
    """There are events for completed and failed tasks alone."""
    await register(caller, receiver.url)
    task_id = await caller.create(Script.quick(5), webhookUrl=receiver.url)
    await caller.call("DELETE", f"/tasks/{task_id}")
    caller.clock.now += 3_600
    await settle()
    assert receiver.got == []


async def test_webhooks_go_wrong_as_the_fault_table_says(
    caller: Caller, receiver: Receiver
) -> None:
    """They are lost, late or double, of one kind or of both."""
    await register(caller, f"{receiver.url}/signed")
    faults = caller.api.webhook_faults
    faults.add(WebhookKind.SIGNED, lost=True)
    faults.add(WebhookKind.JOB, copies=2)
    await caller.create(Script.quick(), webhookUrl=f"{receiver.url}/job")
    await receiver.until(2)
    await settle()
    assert [path for path, _, _ in receiver.got] == ["/job", "/job"]
    caller.clock.now += 60
    await receiver.until(3)
    assert receiver.got[2][0] == "/signed"

    faults.add(WebhookKind.JOB, delay=1_000)
    await caller.create(Script.quick(), webhookUrl=f"{receiver.url}/late")
    await receiver.until(4)
    assert receiver.got[3][0] == "/signed"
    caller.clock.now += 1_000
    await receiver.until(5)
    assert receiver.got[4][0] == "/late"


@pytest.mark.parametrize(
    "body",
    [{}, {"url": "ftp://x", "events": EVENTS}, {"url": "https://x", "events": ["task.running"]}],
)
async def test_a_registration_that_makes_no_sense_is_refused(
    caller: Caller, body: dict[str, object]
) -> None:
    """The address is https, and the events are the two that there are."""
    assert (await caller.call("POST", "/webhooks", body)).status == 400
