"""With webhooks a card shows its end at once, and whatever arrives, the API's own answer decides."""

import json
import time
from collections.abc import AsyncGenerator, Mapping

import aiohttp
import pytest

from db.records import JobState
from sandbox.demo.world import webhook_settings
from sandbox.modelhunter import Script
from sandbox.modelhunter.webhook_faults import WebhookKind
from tests.end_to_end.world import World

# Seconds. The bot polls in this interval without webhooks, once a task is old enough.
_OLD = 40.0


@pytest.fixture
async def settings(world: World) -> AsyncGenerator[dict[str, str]]:
    """Register the bot of a test at the API, and check that its log has no address of a job."""
    settings = webhook_settings(world.api)
    yield settings
    addresses = [task.request.webhook_url for task in world.api.tasks.values()]
    said = world.words()
    assert [address for address in addresses if address and address in said] == []
    assert settings["MODELHUNTER_WEBHOOK_SECRET"] not in said


async def post(url: str, body: object = None, headers: Mapping[str, str] | None = None) -> int:
    """Send what claims to be a webhook, and return the status of the answer."""
    data = json.dumps(body or {}).encode()
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, data=data, headers=headers) as response,
    ):
        return response.status


def gets(world: World, task_id: str) -> int:
    """Return how often the bot has asked for the task."""
    return len(world.api.calls("GET", f"/tasks/{task_id}"))


def address_of(world: World, task_id: str) -> str:
    """Return the address that the bot gave for the task's webhook."""
    address = world.api.tasks[task_id].request.webhook_url
    assert address is not None
    return address


@pytest.mark.parametrize("kind", list(WebhookKind))
async def test_a_webhook_shows_the_end_at_once(
    world: World, settings: dict[str, str], kind: WebhookKind
) -> None:
    """Either kind alone makes the bot ask at once, also for a task that it asks about rarely."""
    only = {WebhookKind.SIGNED: "PUBLIC_URL", WebhookKind.JOB: "MODELHUNTER_WEBHOOK_SECRET"}[kind]
    clock = world.log.with_name("clock")
    clock.write_text("0")
    world.api.scripts.next(Script.quick(3_700))
    async with world.bot_ahead(clock, **{k: v for k, v in settings.items() if k != only}):
        card = await world.ask("image")
        (task,) = await world.until_tasks(1)
        await world.until_following(card)
        # Past the hour, so that by itself the bot asks once a minute.
        world.clock.ahead = 3_650.0
        clock.write_text("3650")
        await world.until(lambda: gets(world, task.id) > 0, "a question")
        await world.pause(3.0)
        world.clock.ahead += 60.0
        began = time.monotonic()
        await world.until_done(card)
        assert time.monotonic() - began < 20
        assert [sent.status for sent in world.api.webhooks.sent if sent.kind == kind] == [200]


async def test_lost_late_and_double_webhooks_change_nothing(
    world: World, settings: dict[str, str]
) -> None:
    """Polling finds an end whose webhooks are lost; late ones and doubles are about an ended job."""
    world.api.webhook_faults.add("*", times=2, lost=True)
    world.api.webhook_faults.add("*", times=2, delay=1.0, copies=1)
    world.api.webhook_faults.add("*", times=2, copies=3)
    world.api.scripts.next(*(Script.quick(1) for _ in range(3)))
    async with world.bot(**settings):
        for _ in range(3):
            await world.until_done(await world.ask("image"))
        await world.until(lambda: len(world.api.webhooks.sent) >= 8, "webhooks")
        await world.pause(1.5)
    assert world.saved_states() == [JobState.DELIVERED] * 3
    assert len(world.api.tasks) == 3
    assert len(world.messages()) == 3


async def test_lies_replays_and_floods_cost_one_question_a_second(
    world: World, settings: dict[str, str]
) -> None:
    """What claims that a running task has ended leaves the card as it is, however often it comes."""
    world.api.scripts.next(Script.endless(), Script.endless())
    async with world.bot(**settings):
        card, other = await world.ask("image"), await world.ask("image")
        mine, another = await world.until_tasks(2)
        await world.until_following(card)
        await world.until_following(other)
        lie = {"data": {"task": {"id": another.id, "status": "succeeded", "result": []}}}
        before, others = gets(world, mine.id), gets(world, another.id)
        began = time.monotonic()
        for _ in range(200):
            assert await post(address_of(world, mine.id), lie) == 200
            assert await post(f"{settings['PUBLIC_URL']}/webhooks/modelhunter", lie) == 401
            assert await post(f"{address_of(world, mine.id)[:-1]}x", lie) == 404
        seconds = time.monotonic() - began
        asked = gets(world, mine.id) - before
        # Its own polls besides, every two seconds at most.
        assert asked <= 2 + seconds + seconds / 2
        assert gets(world, another.id) - others <= 2 + seconds / 2
        assert world.saved_states() == [JobState.FOLLOWING] * 2
        await world.robin.react(card.id, "\N{CROSS MARK}")
        await world.until_state(card, JobState.CANCELLED)


async def test_a_job_of_before_the_restart_has_its_address(
    world: World, settings: dict[str, str]
) -> None:
    """The next process recognises the addresses that the last one gave."""
    world.api.scripts.next(Script.quick(3))
    async with world.bot(**settings) as process:
        card = await world.ask("image")
        (task,) = await world.until_tasks(1)
        await world.until_following(card)
        await process.kill()
    async with world.bot(**settings):
        await world.until_done(card)
        assert await post(address_of(world, task.id)) == 200
    signed = [sent for sent in world.api.webhooks.sent if sent.kind == WebhookKind.SIGNED]
    assert signed


async def test_a_webhook_that_reaches_another_process_wakes_the_owner(
    world: World, settings: dict[str, str]
) -> None:
    """Of two processes on one database the one that has the job looks at it, whoever is told."""
    clock = world.log.with_name("clock")
    clock.write_text("0")
    world.api.scripts.next(Script.quick(3_700), Script.quick(3_700))
    other = {**webhook_settings(world.api), "PUBLIC_URL": settings["PUBLIC_URL"]}
    other["MODELHUNTER_WEBHOOK_SECRET"] = settings["MODELHUNTER_WEBHOOK_SECRET"]
    world.api.webhooks.endpoints.clear()
    world.api.webhook_faults.add("*", times=None, lost=True)
    async with world.bot_ahead(clock, **settings), world.bot_ahead(clock, **other):
        cards = [await world.ask("image"), await world.ask("image")]
        tasks = await world.until_tasks(2)
        for card in cards:
            await world.until_following(card)
        world.clock.ahead = 3_650.0
        clock.write_text("3650")
        await world.pause(3.0)
        world.clock.ahead += 60.0
        for task in tasks:
            path = address_of(world, task.id).removeprefix(settings["PUBLIC_URL"])
            for port in (settings["HTTP_PORT"], other["HTTP_PORT"]):
                assert await post(f"http://127.0.0.1:{port}{path}") == 200
        for card in cards:
            await world.until_done(card)
    assert world.saved_states() == [JobState.DELIVERED] * 2


async def test_an_address_that_the_api_refuses_costs_no_job(
    world: World, settings: dict[str, str]
) -> None:
    """A refusal that names the address is the operator's: the job is sent without one."""
    refusal = b'{"success": false, "error": {"code": "VALIDATION_ERROR", "message": "no", '
    refusal += b'"details": {"field": "webhookUrl", "reason": "must be public"}}}'
    world.api.faults.add("POST", "/*/text-to-image", status=400, body=refusal)
    world.api.scripts.next(Script.quick(0))
    async with world.bot(**settings):
        await world.until_done(await world.ask("image"))
    (task,) = world.api.tasks.values()
    assert task.request.webhook_url is None
    assert "ModelHunter refuses PUBLIC_URL as an address for webhooks" in world.words()
