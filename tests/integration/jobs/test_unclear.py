"""What is not understood slows down, frees a place and ends; a cancel is carried out for all that."""

import dataclasses
import json
from collections.abc import Callable
from decimal import Decimal

import pytest

from bot.jobs.actions import JobActions
from bot.jobs.errors import AlreadyEnded
from bot.jobs.lifecycle import events
from bot.jobs.queries import JobQueries
from db.errors import TooManyRunning
from db.records import Job, JobState, Reason
from db.repositories.budgets import check_limits
from db.repositories.jobs import JobRepository
from db.repositories.retention import Retention
from sandbox.modelhunter import Script
from tests.integration.db.repositories.builders import limits
from tests.integration.jobs.process import Process
from tests.integration.jobs.task_answers import always, answer, followed, questions
from tests.integration.jobs.world import DAY, HOUR, IMAGES, MINUTE, REQUESTER, World

RESERVED = Decimal("0.40")


async def takes_the_place(world: World, job: Job) -> bool:
    """Whether the requester, who may have one job, can't have another now."""
    another = dataclasses.replace(job, id=job.id + 7, created_at=world.clock(), task_id=None)
    try:
        await world.store.read(check_limits(another, limits(running=1)))
    except TooManyRunning:
        return True
    return False


def actions_of(world: World, one: Process) -> JobActions:
    """Return what commands and buttons use."""
    queries = JobQueries(JobRepository(world.store))
    return JobActions(queries, one.recorder, Retention(world.store), wake=lambda _: None)


ODD: dict[str, Callable[[World], None]] = {
    "an unknown word": lambda world: always(world, answer(status="zzz")),
    "no word": lambda world: always(world, answer()),
    "a contradiction": lambda world: always(world, answer(status="running", error="oops")),
    "another task": lambda world: always(
        world, answer(status="failed").replace(b"{task_id}", b"t")
    ),
    "another job's task": lambda world: always(
        world, answer(status="failed", metadata={"job_id": "1"})
    ),
    "no task": lambda world: always(world, b'{"success": true, "data": [17]}'),
    "an error of the server": lambda world: _refuse(world, 500),
    "no permission": lambda world: _refuse(world, 403),
    "unknown there": lambda world: _refuse(world, 404),
    "a success without a result": lambda world: always(world, answer(status="succeeded")),
    "an ending without anything": lambda world: always(
        world, answer(status="zzz", completed_at="2026-01-01T00:00:00Z")
    ),
}
REASONS = {
    "unknown there": Reason.UNKNOWN_TASK,
    "a success without a result": Reason.NO_RESULT,
    "an ending without anything": Reason.NO_RESULT,
}


def _refuse(world: World, status: int) -> None:
    world.api.faults.add("GET", "/tasks/*", times=None, status=status)


@pytest.mark.parametrize("name", ODD)
async def test_an_unclear_task_slows_down_and_ends(world: World, one: Process, name: str) -> None:
    """It takes a place for ten minutes, few questions, and a day until its job is lost and kept paid."""
    job = await followed(world, one)
    assert await takes_the_place(world, job)
    ODD[name](world)
    began, asked = world.clock(), questions(world)
    await one.run_until(job.id, lambda _: world.clock() - began >= 10 * MINUTE + 20)
    unclear = await one.read(job.id)
    assert not unclear.state.is_final
    assert not await takes_the_place(world, unclear)
    assert unclear.late
    await one.run_until(job.id, lambda _: world.clock() - began >= 6 * HOUR)
    assert questions(world) - asked < 350
    ended = await one.run_until(job.id)
    assert (ended.state, ended.reason) == (JobState.LOST, REASONS.get(name, Reason.UNCLEAR))
    assert DAY < (ended.ended_at or 0.0) - began < DAY + HOUR
    world.clock.now = job.created_at
    assert await world.spent() == RESERVED


@pytest.mark.parametrize("name", ODD)
async def test_an_unclear_task_can_be_cancelled(world: World, one: Process, name: str) -> None:
    """A cancel ends it within minutes, as cancelled, and its reservation is kept as it may be charged."""
    job = await followed(world, one)
    ODD[name](world)
    began = world.clock()
    await one.run_until(job.id, lambda _: world.clock() - began >= 15 * MINUTE)
    await actions_of(world, one).cancel(job.id, REQUESTER)
    asked = world.clock()
    ended = await one.run_until(job.id)
    assert (ended.state, ended.cancel_wanted_by) == (JobState.CANCELLED, REQUESTER)
    assert (ended.ended_at or 0.0) - asked < 3 * MINUTE
    is_confirmed = name == "unknown there"  # the API took the cancel, and has no such task
    assert ended.reason is (None if is_confirmed else Reason.UNCLEAR)
    assert await world.spent() == (0 if is_confirmed else RESERVED)


@pytest.mark.parametrize("name", ODD)
async def test_an_unclear_task_can_be_forgotten(world: World, one: Process, name: str) -> None:
    """What is to be forgotten ends after ten minutes of answers that say nothing."""
    job = await followed(world, one)
    ODD[name](world)
    await actions_of(world, one).forget(REQUESTER)
    began = world.clock()
    ended = await one.run_until(job.id, lambda it: it.state.is_final)
    assert ended.state is JobState.LOST
    assert 10 * MINUTE < (ended.ended_at or 0.0) - began < 12 * MINUTE


async def test_a_result_on_its_way_is_not_cancelled(world: World, one: Process) -> None:
    """A success that has just been seen is about to be shown, so a cancel comes too late."""
    world.api.scripts.next(Script.quick())
    job = await world.ask(one)
    await one.run_until(job.id, lambda it: it.state is JobState.DELIVERING)
    with pytest.raises(AlreadyEnded):
        await actions_of(world, one).cancel(job.id, REQUESTER)
    assert (await one.run_until(job.id)).state is JobState.DELIVERED


async def test_an_unclear_task_may_become_clear(world: World, one: Process) -> None:
    """An answer that is understood ends the silence, and the result is delivered."""
    world.api.scripts.next(Script.quick(HOUR))
    job = await world.ask(one)
    await one.run_until(job.id, lambda it: it.state is JobState.FOLLOWING)
    always(world, answer(status="zzz"))
    unclear = await one.run_until(job.id, lambda it: it.late)
    assert unclear.status == "unknown"
    world.api.faults.clear()
    clear = await one.run_until(job.id, lambda it: it.missing_since is None)
    assert clear.status == "pending"
    assert await takes_the_place(world, clear)
    assert (await one.run_until(job.id)).state is JobState.DELIVERED


async def test_a_cancel_that_is_carried_out_later(world: World, one: Process) -> None:
    """A cancel that was accepted and takes ten minutes is one DELETE and at most two more."""
    world.api.scripts.next(dataclasses.replace(Script.endless(), cancel_seconds=590.0))
    job = await world.ask(one)
    await one.run_until(job.id, lambda it: it.status == "running")
    await actions_of(world, one).cancel(job.id, REQUESTER)
    ended = await one.run_until(job.id)
    assert (ended.state, ended.reason) == (JobState.CANCELLED, None)
    assert 1 <= len(world.api.calls("DELETE")) <= 3
    assert await world.spent() == 0


async def test_a_cancel_that_is_never_carried_out(world: World, one: Process) -> None:
    """A task that was cancelled and still runs holds no place after ten minutes, and ends in a day."""
    world.api.scripts.next(dataclasses.replace(Script.endless(), cancel_seconds=9 * DAY))
    job = await world.ask(one)
    await one.run_until(job.id, lambda it: it.status == "running")
    await actions_of(world, one).cancel(job.id, REQUESTER)
    began = world.clock()
    await one.run_until(job.id, lambda _: world.clock() - began > 10 * MINUTE)
    assert not await takes_the_place(world, job)
    world.clock.now += DAY
    ended = await one.run_until(job.id)
    assert (ended.state, ended.reason) == (JobState.CANCELLED, Reason.UNCLEAR)
    assert len(world.api.calls("DELETE")) <= 3


async def test_a_cost_of_a_running_task_is_not_final(world: World, one: Process) -> None:
    """A cost of 0 while it runs, and none with the ending, does not settle the job at $0."""
    script = dataclasses.replace(Script.quick(30), running_cost=Decimal(0), cost=None)
    world.api.scripts.next(script)
    job = await world.ask(one)
    assert (await one.run_until(job.id)).state is JobState.DELIVERED
    assert await world.spent() == RESERVED


async def test_a_post_answered_with_another_jobs_task(world: World, one: Process) -> None:
    """A task that says it was made for another job is not taken for this one's."""
    job = await world.ask(one)
    task = {"id": "task_9", "status": "pending", "metadata": {"job_id": "1"}}
    body = json.dumps({"success": True, "data": task}).encode()
    world.api.faults.add("POST", IMAGES, status=202, body=body, effect=True)
    await one.step(job.id)
    assert (await one.read(job.id)).task_id is None
    found = await one.run_until(job.id, lambda it: it.task_id is not None)
    assert found.task_id == world.only_task()


async def test_a_list_that_can_never_be_read_ends_the_search(world: World, one: Process) -> None:
    """A lost answer that can't be searched for ends after a week, and is asked for ever less."""
    world.api.faults.add("POST", IMAGES, cut="before")
    world.api.faults.add("GET", "/tasks", times=None, status=500)
    job = await world.ask(one)
    await one.run_until(job.id, lambda it: it.state is JobState.UNCERTAIN)
    asked, began = questions(world), world.clock()
    await one.run_until(job.id, lambda _: world.clock() - began >= HOUR)
    assert questions(world) - asked <= 7
    world.clock.now += 7 * DAY
    ended = await one.run_until(job.id)
    assert (ended.state, ended.reason) == (JobState.LOST, Reason.UNCLEAR)


async def test_a_fault_of_a_step_frees_the_place_and_ends(
    world: World, one: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A step that fails for a reason of our own, again and again, slows down and ends too."""
    job = await followed(world, one)

    async def fail(*_: object) -> None:
        raise KeyError("a fault of our own")

    monkeypatch.setattr(one.tracker, "_follow", fail)
    began = world.clock()
    await one.run_until(job.id, lambda _: world.clock() - began >= 10 * MINUTE + 20)
    assert not await takes_the_place(world, job)
    monkeypatch.undo()
    assert (await one.run_until(job.id, lambda it: it.missing_since is None)).open
    await one.recorder.apply_to_latest(job.id, events.CardGone())
