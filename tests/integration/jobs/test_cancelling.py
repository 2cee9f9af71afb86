"""A cancel is a saved request, carried out as soon as that can be done."""

import dataclasses
import json
from decimal import Decimal

import pytest

from bot.jobs.lifecycle import events
from bot.jobs.worker.retry_later import RetryLater
from db.records import JobState, Reason
from sandbox.modelhunter import Script
from tests.integration.jobs.process import Process
from tests.integration.jobs.world import IMAGES, LEASE, World

MODERATOR = 99


async def test_cancel_before_the_post(world: World, one: Process) -> None:
    """A request that came before the POST ends the job unsent and unpaid."""
    job = await world.ask(one)
    await one.recorder.request_cancel(job.id, MODERATOR)
    ended = await one.run_until(job.id)
    assert (ended.state, ended.cancel_wanted_by) == (JobState.CANCELLED, MODERATOR)
    assert world.api.calls("POST") == []
    assert await world.spent() == 0
    assert world.cards.endings[-1].state is JobState.CANCELLED


async def test_cancel_saved_after_the_step_read_the_job(world: World, one: Process) -> None:
    """A request that was saved after the step read the job still keeps the POST from leaving."""
    job = await world.ask(one)
    await one.recorder.request_cancel(job.id, MODERATOR)
    assert (await one.submit.send(job)).state is JobState.ACCEPTED
    assert (await one.run_until(job.id)).state is JobState.CANCELLED
    assert world.api.calls("POST") == []


async def test_cancel_of_a_followed_task(world: World, one: Process) -> None:
    """A running task is cancelled at the API, and its reservation is released."""
    world.api.scripts.next(Script.endless())
    job = await world.ask(one)
    following = await one.run_until(job.id, lambda it: it.status == "running")
    await one.recorder.request_cancel(job.id, MODERATOR)
    assert world.cards.shown[-1].is_cancelling
    ended = await one.run_until(job.id)
    assert (ended.state, ended.cancel_wanted_by) == (JobState.CANCELLED, MODERATOR)
    assert world.api.status(str(following.task_id)) == "cancelled"
    assert len(world.api.calls("DELETE")) == 1
    assert await world.spent() == 0


async def test_cancel_that_the_api_charges(world: World, one: Process) -> None:
    """What the API charges for a cancelled task counts."""
    world.api.scripts.next(dataclasses.replace(Script.endless(), cancelled_cost=Decimal("0.02")))
    job = await world.ask(one)
    await one.run_until(job.id, lambda it: it.status == "running")
    await one.recorder.request_cancel(job.id, MODERATOR)
    assert (await one.run_until(job.id)).state is JobState.CANCELLED
    assert await world.spent() == Decimal("0.02")


async def test_cancel_during_the_post(world: World, one: Process) -> None:
    """A request during the POST is carried out once the task's id is known."""
    world.api.scripts.next(Script.endless())
    job = await world.ask(one)

    async def request() -> None:
        world.clock.during_sleep = None
        await one.recorder.request_cancel(job.id, MODERATOR)

    world.api.faults.add("POST", IMAGES, delay=1.0)
    world.clock.during_sleep = request
    await one.step(job.id)
    following = await one.read(job.id)
    assert (following.state, following.is_cancelling) == (JobState.FOLLOWING, True)
    assert (await one.run_until(job.id)).state is JobState.CANCELLED
    assert world.api.status(world.only_task()) == "cancelled"


async def test_cancel_during_a_lost_post(world: World, one: Process) -> None:
    """A request during a POST whose answer is lost is carried out when the task is found."""
    world.api.scripts.next(Script.endless())
    world.api.faults.add("POST", IMAGES, cut="after")
    job = await world.ask(one)
    await one.step(job.id)
    await one.recorder.request_cancel(job.id, MODERATOR)
    assert (await one.run_until(job.id)).state is JobState.CANCELLED
    assert world.api.status(world.only_task()) == "cancelled"


async def test_cancel_after_a_restart(world: World, one: Process) -> None:
    """A cancel request survives the process that took it."""
    world.api.scripts.next(Script.endless())
    job = await world.ask(one)
    await one.run_until(job.id, lambda it: it.status == "running")
    await one.recorder.request_cancel(job.id, MODERATOR)
    world.clock.now += LEASE + 1
    two = world.process("two")
    assert await two.take_over() == [job.id]
    assert (await two.run_until(job.id)).state is JobState.CANCELLED


async def test_cancel_answered_with_409(world: World, one: Process) -> None:
    """A 409 is no end: the card says so, and the result is delivered."""
    world.api.scripts.next(dataclasses.replace(Script.quick(60), cancellable=False))
    job = await world.ask(one)
    await one.run_until(job.id, lambda it: it.status == "running")
    await one.recorder.request_cancel(job.id, MODERATOR)
    refused = await one.run_until(job.id, lambda it: it.cancel_refused)
    assert (refused.state, refused.is_cancelling) == (JobState.FOLLOWING, False)
    assert (await one.run_until(job.id)).state is JobState.DELIVERED
    assert len(world.api.calls("DELETE")) == 1


async def test_cancel_of_a_task_that_had_succeeded(world: World, one: Process) -> None:
    """A task that had succeeded when the request came is delivered, not thrown away."""
    world.api.scripts.next(Script.quick(10))
    job = await world.ask(one)
    await one.run_until(job.id, lambda it: it.state is JobState.FOLLOWING)
    world.clock.now += 60
    await one.recorder.request_cancel(job.id, MODERATOR)
    assert (await one.run_until(job.id)).state is JobState.DELIVERED


async def test_cancel_whose_answer_is_lost(world: World, one: Process) -> None:
    """A DELETE may be sent twice; what the API says afterwards decides."""
    world.api.scripts.next(Script.endless())
    world.api.faults.add("DELETE", "/tasks/*", cut="after")
    job = await world.ask(one)
    await one.run_until(job.id, lambda it: it.status == "running")
    await one.recorder.request_cancel(job.id, MODERATOR)
    assert (await one.run_until(job.id)).state is JobState.CANCELLED


async def test_the_first_cancel_request_counts(world: World, one: Process) -> None:
    """The first canceller stays named, and a listed status does not hide the request."""
    world.api.scripts.next(Script.endless())
    job = await world.ask(one)
    await one.run_until(job.id, lambda it: it.status == "running")
    listed = await world.client.get_task(world.only_task())
    await one.recorder.request_cancel(job.id, MODERATOR)
    await one.recorder.request_cancel(job.id, 7)
    await one.tracker.step(job.id, listed)
    assert (await one.run_until(job.id)).cancel_wanted_by == MODERATOR


async def test_a_card_deleted_while_running_cancels_the_task(world: World, one: Process) -> None:
    """A deleted card cancels the task at the API, and nothing is shown any more."""
    world.api.scripts.next(Script.endless())
    job = await world.ask(one)
    await one.run_until(job.id, lambda it: it.status == "running")
    world.cards.deleted.add(job.id)
    await one.recorder.apply_to_latest(job.id, events.CardGone())
    ended = await one.run_until(job.id)
    assert (ended.state, ended.reason) == (JobState.CANCELLED, Reason.CARD_DELETED)
    assert world.api.status(world.only_task()) == "cancelled"
    assert (world.cards.endings, world.cards.pings) == ([], [])


async def test_cancel_accepted_and_then_answered_with_409(world: World, one: Process) -> None:
    """A card that says that the task is being cancelled is not contradicted by a later 409."""
    world.api.scripts.next(Script.endless())
    job = await world.ask(one)
    running = await one.run_until(job.id, lambda it: it.status == "running")
    await one.recorder.request_cancel(job.id, MODERATOR)
    task = {"id": running.task_id, "status": "running"}
    body = json.dumps({"success": True, "data": task}).encode()
    world.api.faults.add("GET", f"/tasks/{running.task_id}", times=2, body=body)
    await one.step(job.id)
    world.clock.now += 60
    await one.step(job.id)
    assert (await one.read(job.id)).is_cancelling
    assert (await one.run_until(job.id)).state is JobState.CANCELLED
    assert [call.status for call in world.api.calls("DELETE")] == [200, 409]


async def test_cancel_answered_with_429(world: World, one: Process) -> None:
    """A 429 to a cancel slows every job, and the cancel comes later."""
    world.api.scripts.next(Script.endless())
    job = await world.ask(one)
    await one.run_until(job.id, lambda it: it.status == "running")
    await one.recorder.request_cancel(job.id, MODERATOR)
    world.api.faults.add("DELETE", "/tasks/*", status=429, headers={"Retry-After": "60"})
    with pytest.raises(RetryLater) as caught:
        await one.tracker.step(job.id)
    assert (caught.value.retry_after, caught.value.slows_all) == (60.0, True)
    assert (await one.run_until(job.id)).state is JobState.CANCELLED


async def test_cancel_without_permission_of_the_key(world: World, one: Process) -> None:
    """A key without that permission is no reason to refuse new jobs, and the task goes on."""
    world.api.scripts.next(Script.quick(100))
    job = await world.ask(one)
    await one.run_until(job.id, lambda it: it.status == "running")
    world.api.faults.add("DELETE", "/tasks/*", times=None, status=403, code="KEY_PERMISSION_DENIED")
    await one.recorder.request_cancel(job.id, MODERATOR)
    assert (await one.run_until(job.id)).state is JobState.DELIVERED
    assert one.health.problems() == ()
