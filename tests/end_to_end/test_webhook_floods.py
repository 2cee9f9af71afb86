"""Ten thousand webhooks at the process that is shipped: forged ones, and signed ones about others' tasks."""

import asyncio
import json
import random
import secrets
import time
from collections import Counter
from collections.abc import Callable

import aiohttp
import pytest

from bot.modelhunter.webhooks import signature_of
from db.records import JobState
from sandbox.demo.world import webhook_settings
from sandbox.modelhunter import Script
from tests.benchmarks.process_usage import memory
from tests.end_to_end.world import World
from tests.forged_webhooks import MUTATIONS, Sent

COUNT = 10_000
_AT_ONCE = 20
_PATH = "/webhooks/modelhunter"
# Bytes that allocators may keep; a hundred for each webhook are more.
_NOISE = 1024 * 1024


class Flood:
    """A sender of webhooks to the bot, and what the API was asked meanwhile."""

    def __init__(self, world: World, settings: dict[str, str], task_id: str) -> None:
        self._world = world
        self._url = settings["PUBLIC_URL"]
        self._secret = settings["MODELHUNTER_WEBHOOK_SECRET"].encode()
        self._task_id = task_id
        self._began = time.monotonic()
        self._calls = len(world.api.calls("*"))

    def signed(self, task_id: str, job_id: int) -> Sent:
        """Return a webhook as the API sends it now."""
        task = {"id": task_id, "status": "succeeded", "metadata": {"job_id": str(job_id)}}
        event = {"id": "evt_abc123", "type": "task.completed", "data": {"task": task}}
        body, stamp = json.dumps(event).encode(), str(int(time.time()))
        headers = {
            "X-Webhook-ID": "evt_abc123",
            "X-Webhook-Timestamp": stamp,
            "X-Webhook-Signature": signature_of(self._secret, stamp, body),
        }
        return headers, body

    async def send(self, make: Callable[[int], tuple[str, Sent]], count: int) -> Counter[int]:
        """Send so many, each to a path, and return how many were answered by which status."""
        statuses = Counter[int]()
        numbers = iter(range(count))

        async def send_some(session: aiohttp.ClientSession) -> None:
            for number in numbers:
                path, (headers, body) = make(number)
                async with session.post(path, headers=headers, data=body) as response:
                    statuses[response.status] += 1

        async with aiohttp.ClientSession(self._url) as session, asyncio.TaskGroup() as group:
            for _ in range(_AT_ONCE):
                group.create_task(send_some(session))
        return statuses

    def assert_asked_for_nothing_more(self) -> None:
        """See that the API was asked as often as polls ask, and about no other task."""
        calls = list(self._world.api.calls("*"))[self._calls :]
        seconds = time.monotonic() - self._began
        assert {call.path for call in calls} <= {f"/tasks/{self._task_id}", "/balance"}
        assert len(calls) <= 4 + seconds / 2


@pytest.fixture
def settings(world: World) -> dict[str, str]:
    """Register the bot of a test at the API, which loses every webhook of its own."""
    world.api.webhook_faults.add("*", times=None, lost=True)
    return webhook_settings(world.api)


async def test_none_of_ten_thousand_forged_webhooks_is_accepted(
    world: World, settings: dict[str, str]
) -> None:
    """Signed ones that were changed get a 401, guessed addresses a 404; neither costs a question."""
    randomness = random.Random(1)
    world.api.scripts.next(Script.endless())
    async with world.bot(**settings):
        card = await world.ask("image")
        (task,) = await world.until_tasks(1)
        await world.until_following(card)
        flood = Flood(world, settings, task.id)
        address = str(task.request.webhook_url).removeprefix(settings["PUBLIC_URL"])

        def forged(_number: int) -> tuple[str, Sent]:
            sent = flood.signed(task.id, 1)
            changed = randomness.choice(MUTATIONS)(randomness, sent)
            assert changed != sent
            return _PATH, changed

        def guessed(number: int) -> tuple[str, Sent]:
            at = randomness.randrange(len(_PATH) + 1, len(address))
            digit = randomness.choice([each for each in "0123456789" if each != address[at]])
            changed = address[:at] + digit + address[at + 1 :]
            others = (changed, address[:-1], address + "0", f"{_PATH}/{secrets.token_hex(16)}")
            return others[number % 4], ({}, b"{}")

        assert await flood.send(forged, COUNT) == {401: COUNT}
        assert await flood.send(guessed, COUNT // 10) == {404: COUNT // 10}
        flood.assert_asked_for_nothing_more()
        assert world.saved_states() == [JobState.FOLLOWING]


async def test_ten_thousand_signed_webhooks_about_unknown_tasks_cost_nothing(
    world: World, settings: dict[str, str]
) -> None:
    """They are taken, and lead to no question, no job and no memory."""
    world.api.scripts.next(Script.endless())
    async with world.bot(**settings) as process:
        card = await world.ask("image")
        (task,) = await world.until_tasks(1)
        await world.until_following(card)
        flood = Flood(world, settings, task.id)

        def unknown(_number: int) -> tuple[str, Sent]:
            job_id = 10**17 + secrets.randbits(56)
            return _PATH, flood.signed(f"task_{secrets.token_hex(12)}", job_id)

        await flood.send(unknown, COUNT // 2)  # what allocators and libraries keep in any case
        before = memory(process.pid)
        assert await flood.send(unknown, COUNT) == {200: COUNT}
        assert memory(process.pid) - before < _NOISE
        flood.assert_asked_for_nothing_more()
        assert world.saved_states() == [JobState.FOLLOWING]
