"""Webhooks over HTTP: which are accepted, what they lead to, and what strangers can take."""

import asyncio
import gc
import json
import random
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager

import aiohttp
import pytest

from bot.jobs.due_times import DueTimes
from bot.jobs.owned_jobs import OwnedJobs
from bot.jobs.task_hints import TaskHints
from bot.jobs.webhook_addresses import WEBHOOK_PATH, WebhookAddresses
from bot.jobs.webhook_liveness import WebhookLiveness
from bot.modelhunter.webhooks import LARGEST_BODY, signature_of
from bot.monitoring.health import Health
from bot.web.server import open_web
from bot.web.webhooks import WebhookReceiver
from db.records import JobState
from tests.forged_webhooks import MUTATIONS, Sent
from tests.manual_clock import ManualClock
from tests.unit.jobs.builders import a_job

HOST = "127.0.0.1"
SECRET = "whsec_0123456789abcdef"
JOB = a_job(JobState.FOLLOWING, owner="one", task_id="task_abc123")


class Nowhere:
    """No other process."""

    def hinted(self, *, job_id: int | None, task_id: str | None) -> None:
        """Pass nothing on."""


class Stage:
    """A receiver on a port, which follows one job."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.due_times = DueTimes(monotonic=self.clock, randomness=random.Random(1))
        liveness = WebhookLiveness(monotonic=self.clock)
        owned = OwnedJobs("one")
        owned.note(JOB)
        self.hints = TaskHints(owned, self.due_times, liveness, Nowhere(), monotonic=self.clock)
        self.addresses = WebhookAddresses("https://bot.example", b"k")
        self.received: list[tuple[str, str]] = []
        self.settle()
        self.port = 0

    def settle(self) -> None:
        """Have looked at the job just now, which is due again in an hour."""
        self.due_times.wake(JOB.id)
        self.due_times.take_due()
        self.due_times.release(JOB.id, 3_600.0)

    def is_due(self) -> bool:
        """Whether the job is looked at now; if so, it was."""
        due = self.due_times.take_due()
        for job_id in due:
            self.due_times.release(job_id, 3_600.0)
        return due == [JOB.id]

    def receiver(self, *, secret: str | None = SECRET, is_public: bool = True) -> WebhookReceiver:
        """Return the receiver with these settings."""
        return WebhookReceiver(
            self.hints,
            secret=None if secret is None else secret.encode(),
            addresses=self.addresses if is_public else None,
            clock=self.clock,
            monotonic=self.clock,
            body_timeout=0.3,
            received=lambda way, outcome: self.received.append((way, outcome)),
        )

    def signed(self, task_id: str = "task_abc123", **changes: object) -> Sent:
        """Return the headers and the body of a webhook as the API sends it."""
        task = {"id": task_id, "status": "succeeded", "metadata": {"job_id": "5"}, **changes}
        event = {"id": "evt_abc123", "type": "task.completed", "data": {"task": task}}
        return self.sign(json.dumps(event).encode())

    def sign(self, body: bytes) -> Sent:
        """Return the headers of a signed body, and the body."""
        stamp = str(int(self.clock()))
        return {
            "Content-Type": "application/json",
            "X-Webhook-ID": "evt_abc123",
            "X-Webhook-Timestamp": stamp,
            "X-Webhook-Signature": signature_of(SECRET.encode(), stamp, body),
        }, body

    def path_of_job(self) -> str:
        """Return the path of the job's own webhook."""
        return self.addresses.address_of(JOB.id).removeprefix("https://bot.example")

    async def post(
        self, path: str = WEBHOOK_PATH, headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> int:
        """Send a webhook and return the status of the answer, which is empty."""
        url = f"http://{HOST}:{self.port}{path}"
        async with (
            aiohttp.ClientSession() as session,
            session.post(url, headers=headers, data=body) as response,
        ):
            await response.read()
            return response.status


@asynccontextmanager
async def serving(
    stage: Stage, receiver: WebhookReceiver, **options: float
) -> AsyncGenerator[None]:
    """Serve the receiver's routes while the block lasts."""
    routes = receiver.routes()
    async with open_web(HOST, 0, Health(), routes=routes, **options) as port:  # type: ignore[arg-type]
        stage.port = port
        yield


@pytest.fixture
async def stage() -> AsyncGenerator[Stage]:
    """Give a test a receiver of both kinds."""
    stage = Stage()
    async with serving(stage, stage.receiver()):
        yield stage


async def test_a_signed_webhook_makes_its_job_due(stage: Stage) -> None:
    """Signature and task are right: the job is looked at now."""
    assert await stage.post(WEBHOOK_PATH, *stage.signed()) == 200
    assert stage.is_due()


@pytest.mark.parametrize("body", [b"", b"{}", b"\xff", b'{"data": {"task": {"id": "task_other"}}}'])
async def test_a_job_s_own_address_is_enough(stage: Stage, body: bytes) -> None:
    """An unsigned webhook is a hint about the job of its address, whatever its body says."""
    assert await stage.post(stage.path_of_job(), {}, body) == 200
    assert stage.is_due()


async def test_webhooks_are_counted_by_what_became_of_them(stage: Stage) -> None:
    """Each is counted once, whether it is accepted, forged, about no job, or too long."""
    headers, body = stage.signed()
    await stage.post(WEBHOOK_PATH, headers, body)
    await stage.post(stage.path_of_job())
    await stage.post(WEBHOOK_PATH, {**headers, "X-Webhook-Signature": "0" * 64}, body)
    await stage.post(f"{WEBHOOK_PATH}/unheard-of")
    await stage.post(stage.path_of_job(), {}, b"x" * (LARGEST_BODY + 1))

    assert stage.received == [
        ("signed", "accepted"),
        ("of_job", "accepted"),
        ("signed", "not_signed"),
        ("of_job", "unknown"),
        ("of_job", "too_long"),
    ]


async def test_doubles_and_replays_cost_one_look(stage: Stage) -> None:
    """The same webhook again, by either way, adds nothing within the second."""
    sent = stage.signed()
    for _ in range(5):
        assert await stage.post(WEBHOOK_PATH, *sent) == 200
        assert await stage.post(stage.path_of_job()) == 200
    assert stage.is_due()
    assert not stage.is_due()
    stage.clock.now += 301
    assert await stage.post(WEBHOOK_PATH, *sent) == 401


async def test_known_and_unknown_tasks_get_the_same_answer(stage: Stage) -> None:
    """The answer does not show which tasks the bot knows."""
    url = f"http://{HOST}:{stage.port}{WEBHOOK_PATH}"
    answers = []
    async with aiohttp.ClientSession() as session:
        for sent in (stage.signed(), stage.signed("task_unknown"), stage.sign(b"no event")):
            async with session.post(url, headers=sent[0], data=sent[1]) as response:
                headers = {k: v for k, v in response.headers.items() if k != "Date"}
                answers.append((response.status, headers, await response.read()))
    assert answers[0] == answers[1] == answers[2]
    assert answers[0][0] == 200
    assert answers[0][2] == b""


@pytest.mark.parametrize(
    ("secret", "is_public", "signed", "of_job"),
    [(SECRET, True, 200, 200), (SECRET, False, 200, 404), (None, True, 404, 200)],
)
async def test_each_kind_has_its_setting(
    secret: str | None, is_public: bool, signed: int, of_job: int
) -> None:
    """Without a secret, or without a public address, that kind is not served."""
    stage = Stage()
    async with serving(stage, stage.receiver(secret=secret, is_public=is_public)):
        assert await stage.post(WEBHOOK_PATH, *stage.signed()) == signed
        assert await stage.post(stage.path_of_job()) == of_job


async def test_without_settings_there_are_no_webhooks() -> None:
    """Neither kind is served, and health is."""
    stage = Stage()
    async with serving(stage, stage.receiver(secret=None, is_public=False)):
        assert await stage.post(WEBHOOK_PATH, *stage.signed()) == 404
        assert await stage.post(stage.path_of_job()) == 404


async def test_none_of_ten_thousand_mutated_webhooks_is_accepted(stage: Stage) -> None:
    """A signature, timestamp, body, id or encoding that is off by anything is refused, as one is."""
    randomness = random.Random(1)
    right = stage.signed()
    url = f"http://{HOST}:{stage.port}{WEBHOOK_PATH}"
    accepted: list[str] = []

    async def send(session: aiohttp.ClientSession, count: int) -> None:
        for _ in range(count):
            mutate = randomness.choice(MUTATIONS)
            headers, body = mutate(randomness, right)
            assert (headers, body) != right, mutate
            async with session.post(url, headers=headers, data=body) as response:
                if response.status != 401:
                    accepted.append(f"{mutate.__name__}: {response.status}")

    async with aiohttp.ClientSession() as session, asyncio.TaskGroup() as group:
        for _ in range(20):
            group.create_task(send(session, 500))

    assert accepted == []
    assert not stage.is_due()
    assert await stage.post(WEBHOOK_PATH, *right) == 200
    assert stage.is_due()


async def test_a_signed_flood_about_unknown_tasks_leaves_nothing(stage: Stage) -> None:
    """Ten thousand webhooks that the API has signed, about tasks of others, take no memory."""
    url = f"http://{HOST}:{stage.port}{WEBHOOK_PATH}"

    async def send(session: aiohttp.ClientSession, first: int, count: int) -> None:
        for number in range(first, first + count):
            headers, body = stage.signed(
                f"task_x{number}", metadata={"job_id": str(10**17 + number)}
            )
            async with session.post(url, headers=headers, data=body) as response:
                assert response.status == 200

    async def flood(session: aiohttp.ClientSession, count: int) -> int:
        """Send so many, and return how many objects there are then."""
        async with asyncio.TaskGroup() as group:
            for part in range(10):
                group.create_task(send(session, count // 10 * part, count // 10))
        gc.collect()
        return len(gc.get_objects())

    async with aiohttp.ClientSession() as session:
        before = await flood(session, 500)  # what libraries keep of the first requests
        kept = await flood(session, 10_000) - before

    assert kept < 500
    assert not stage.is_due()
    assert len(stage.hints) == 0


@pytest.mark.parametrize("size", [LARGEST_BODY - 1, LARGEST_BODY])
async def test_a_body_of_64_kib_is_read(stage: Stage, size: int) -> None:
    """The limit belongs to what is read."""
    event = {"data": {"task": {"id": "task_abc123"}}}
    body = json.dumps(event).encode().ljust(size)
    assert await stage.post(WEBHOOK_PATH, *stage.sign(body)) == 200
    assert stage.is_due()


@pytest.mark.parametrize("is_announced", [True, False])
@pytest.mark.parametrize("is_signed", [True, False])
async def test_a_longer_body_is_refused(stage: Stage, is_announced: bool, is_signed: bool) -> None:
    """One that is announced is not read at all, and one in parts no further than the limit."""
    headers, body = stage.sign(b" " * (LARGEST_BODY + 1))
    path = WEBHOOK_PATH if is_signed else stage.path_of_job()

    async def parts() -> AsyncGenerator[bytes]:
        for start in range(0, len(body), 16_384):
            yield body[start : start + 16_384]

    url = f"http://{HOST}:{stage.port}{path}"
    data = body if is_announced else parts()
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, headers=headers, data=data) as response,
    ):
        assert response.status == 413
    assert not stage.is_due()


async def _say(port: int, text: bytes) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection(HOST, port)
    writer.write(text)
    await writer.drain()
    return reader, writer


async def test_a_body_that_does_not_come_is_not_waited_for(stage: Stage) -> None:
    """A sender that falls silent in its body is answered and cut off after a few seconds."""
    head = f"POST {stage.path_of_job()} HTTP/1.1\r\nHost: bot\r\nContent-Length: 10\r\n\r\nabc"
    reader, writer = await _say(stage.port, head.encode())
    async with asyncio.timeout(20):
        said = await reader.read()
    writer.close()
    assert said.startswith(b"HTTP/1.1 408")
    assert not stage.is_due()


async def test_a_head_that_does_not_come_is_not_waited_for() -> None:
    """A connection on which no whole request arrives is closed."""
    stage = Stage()
    async with serving(stage, stage.receiver(), head_timeout=0.2):
        reader, writer = await _say(stage.port, b"POST /webhooks/modelhunter HTTP/1.1\r\nHost: b")
        async with asyncio.timeout(20):
            assert await reader.read() == b""
        writer.close()


async def test_connections_are_bounded() -> None:
    """Beyond so many connections each is closed at once, and there is place when others end."""
    stage = Stage()
    async with serving(stage, stage.receiver(), most_connections=3):
        held = [await _say(stage.port, b"POST /") for _ in range(3)]
        await asyncio.sleep(0.05)
        refused, writer = await _say(stage.port, b"")
        async with asyncio.timeout(20):
            assert await refused.read() == b""
        writer.close()
        for _, held_writer in held:
            held_writer.close()
            await held_writer.wait_closed()
        async with asyncio.timeout(20):
            while True:
                try:
                    assert await stage.post(WEBHOOK_PATH, *stage.signed()) == 200
                    break
                except aiohttp.ClientError:
                    await asyncio.sleep(0.02)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "OPTIONS", "HEAD"])
async def test_webhooks_are_posts(stage: Stage, method: str) -> None:
    """Another method does nothing."""
    headers, body = stage.signed()
    async with aiohttp.ClientSession() as session:
        for path in (WEBHOOK_PATH, stage.path_of_job()):
            url = f"http://{HOST}:{stage.port}{path}"
            async with session.request(method, url, headers=headers, data=body) as response:
                assert response.status == 405
    assert not stage.is_due()


@pytest.mark.parametrize("name", ["X-Webhook-Timestamp", "X-Webhook-Signature"])
async def test_a_header_that_comes_twice_is_refused(stage: Stage, name: str) -> None:
    """Which of two headers was meant is not guessed, even if they are alike."""
    headers, body = stage.signed()
    url = f"http://{HOST}:{stage.port}{WEBHOOK_PATH}"
    doubled = [*headers.items(), (name, headers[name])]
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, headers=doubled, data=body) as response,
    ):
        assert response.status == 401


async def test_a_wrong_secret_is_one_line_an_hour(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    """An operator with another secret reads it, and strangers can't fill the log."""
    for _ in range(5):
        await stage.post(WEBHOOK_PATH, {}, b"{}")
    reader, writer = await _say(stage.port, b"no HTTP at all\r\n\r\n")
    await reader.read()
    writer.close()
    await stage.post("/webhooks/modelhunter/guess", {}, b"{}")
    assert [record.levelname for record in caplog.records if record.name.startswith("bot")] == [
        "WARNING"
    ]
    stage.clock.now += 3_600
    await stage.post(WEBHOOK_PATH, {}, b"{}")
    assert len([each for each in caplog.records if each.name == "bot.web.webhooks"]) == 2
