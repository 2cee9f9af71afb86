"""A POST whose answer was lost: its task is searched for, and the POST is never repeated."""

import dataclasses
import json

import pytest

from bot.monitoring.api_gate import METADATA
from db.records import JobState, Reason
from sandbox.modelhunter import Script
from tests.integration.jobs.process import Process
from tests.integration.jobs.worker.posts import posts
from tests.integration.jobs.world import DAY, HOUR, IMAGES, MINUTE, World

EMPTY_LIST = json.dumps(
    {"success": True, "data": [], "pagination": {"cursor": None, "hasMore": False, "total": 0}}
).encode()


async def test_a_post_cut_after_its_effect_is_searched_for(world: World, one: Process) -> None:
    """A task whose answer was lost is found by its metadata; nothing is sent twice."""
    world.api.scripts.next(Script.quick(3))
    world.api.faults.add("POST", IMAGES, cut="after")
    job = await world.ask(one)
    await one.step(job.id)
    assert (await one.read(job.id)).state is JobState.SUBMITTING
    ended = await one.run_until(job.id)
    assert (ended.state, ended.task_id) == (JobState.DELIVERED, world.only_task())
    assert posts(world) == 1


async def test_another_jobs_task_is_not_adopted(world: World, one: Process) -> None:
    """Only exactly this job's metadata counts."""
    world.api.faults.add("POST", IMAGES, cut="before", skip=1)
    first = await world.ask(one, 1)
    await one.step(first.id)
    second = await world.ask(one, 2)
    found = await one.run_until(second.id, lambda it: it.state is JobState.UNCERTAIN)
    assert found.task_id is None


@pytest.mark.parametrize("trouble", ["cut", "500", "502 html", "nonsense", "no id"])
async def test_a_post_of_unknown_outcome_is_never_repeated(
    world: World, one: Process, trouble: str
) -> None:
    """After any other failure a POST is searched for: uncertain after two minutes."""
    match trouble:
        case "cut":
            world.api.faults.add("POST", IMAGES, cut="before")
        case "500":
            world.api.faults.add("POST", IMAGES, status=500)
        case "502 html":
            world.api.faults.add("POST", IMAGES, status=502, body="html")
        case "nonsense":
            world.api.faults.add("POST", IMAGES, body="wrong-type", status=200)
        case _:
            world.api.faults.add("POST", IMAGES, body=b'{"success": true, "data": {}}', status=202)
    job = await world.ask(one)
    sent_at = world.clock()
    await one.step(job.id)
    uncertain = await one.run_until(job.id, lambda it: it.state is not JobState.SUBMITTING)
    assert (uncertain.state, uncertain.ended_at) == (JobState.UNCERTAIN, None)
    assert 2 * MINUTE <= world.clock() - sent_at <= 2 * MINUTE + 20
    assert posts(world) == 1
    assert world.cards.shown[-1].state is JobState.UNCERTAIN


async def test_an_uncertain_job_is_adopted_hours_later(world: World, one: Process) -> None:
    """A task that the list shows hours later is followed and delivered."""
    world.api.scripts.next(Script.quick(3))
    world.api.faults.add("POST", IMAGES, cut="after")
    world.api.faults.add("GET", "/tasks", times=None, status=200, body=EMPTY_LIST)
    job = await world.ask(one)
    await one.run_until(job.id, lambda it: it.state is JobState.UNCERTAIN)
    world.clock.now += 5 * HOUR
    await one.step(job.id)
    assert (await one.read(job.id)).state is JobState.UNCERTAIN
    world.api.faults.clear()
    assert (await one.run_until(job.id)).state is JobState.DELIVERED
    assert posts(world) == 1


async def test_an_uncertain_job_is_lost_after_a_day_of_searching(
    world: World, one: Process
) -> None:
    """After a day of searching the job is lost; its reservation stays."""
    world.api.faults.add("POST", IMAGES, cut="before")
    job = await world.ask(one)
    await one.run_until(job.id, lambda it: it.state is JobState.UNCERTAIN)
    world.clock.now = job.created_at + DAY
    await one.step(job.id)
    assert (await one.read(job.id)).state is JobState.UNCERTAIN
    world.clock.now += 1
    ended = await one.run_until(job.id)
    assert (ended.state, ended.reason) == (JobState.LOST, Reason.NEVER_FOUND)
    assert posts(world) == 1


async def test_a_task_list_without_metadata_proves_no_absence(world: World, one: Process) -> None:
    """Where no listed task carries metadata absence proves nothing, and that is reported to the operator."""
    silent = dataclasses.replace(Script.endless(), echoes_metadata=False)
    world.api.scripts.next(silent, silent)
    world.api.faults.add("POST", IMAGES, cut="after")
    job = await world.ask(one)
    await one.step(job.id)
    await one.step(job.id)
    assert (await one.read(job.id)).state is JobState.SUBMITTING
    assert one.health.problem(METADATA) is not None


async def test_tasks_of_other_programs_carry_no_metadata(world: World, one: Process) -> None:
    """Tasks that another program made prove nothing once the list shows the metadata of ours."""
    body = {"model": "seedream-4-0", "input": {"prompt": "somebody else's"}}
    await world.client.create_task(IMAGES.strip("/"), body)
    world.api.faults.add("POST", IMAGES, cut="before")
    job = await world.ask(one)
    await one.step(job.id)
    await one.step(job.id)
    assert one.health.problem(METADATA) is not None
    world.clock.now += HOUR
    await one.run_until((await world.ask(one, 1)).id)
    await one.step(job.id)
    assert one.health.problem(METADATA) is None


async def test_a_task_is_found_on_a_later_page(world: World, one: Process) -> None:
    """The list is read to its end, however many tasks came after ours."""
    world.api.scripts.next(Script.endless())
    world.api.faults.add("POST", IMAGES, cut="after")
    job = await world.ask(one)
    await one.step(job.id)
    for _ in range(230):
        world.clock.now += 0.01
        await world.client.create_task(job.endpoint, job.body)
    world.clock.now += 1
    await one.step(job.id)
    assert (await one.read(job.id)).task_id == next(iter(world.api.tasks))
    assert len(world.api.calls("GET", "/tasks")) == 3


async def test_an_unreadable_task_list_makes_the_job_uncertain(world: World, one: Process) -> None:
    """A search that can't be made is not waited for: the card says so, and the job is never lost."""
    world.api.scripts.next(Script.quick(1))
    world.api.faults.add("POST", IMAGES, cut="after")
    world.api.faults.add("GET", "/tasks", times=None, status=403, code="KEY_PERMISSION_DENIED")
    job = await world.ask(one)
    await one.step(job.id)
    world.clock.now += MINUTE
    await one.step(job.id)
    assert (await one.read(job.id)).state is JobState.SUBMITTING
    world.clock.now += MINUTE
    await one.step(job.id)
    assert world.cards.shown[-1].state is JobState.UNCERTAIN
    world.clock.now += 2 * DAY
    await one.step(job.id)
    world.api.faults.clear()
    assert (await one.run_until(job.id)).state is JobState.DELIVERED
    assert posts(world) == 1
