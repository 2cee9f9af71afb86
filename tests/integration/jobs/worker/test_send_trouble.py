"""A result that can't be sent: each way is tried for a while, then the next, and it always ends."""

import dataclasses
from typing import Any

import pytest

from bot.jobs.errors import CardBusy, CardError, CardNeverSent, CardRefused
from bot.jobs.worker.delivery_route import SMALLEST_LIMIT
from bot.jobs.worker.result_files import ResultFiles
from bot.jobs.worker.send_trouble import (
    LINKED_AFTER,
    LINKED_AFTER_FAILURES,
    SMALLER_AFTER,
)
from bot.modelhunter import Task
from db.records import FetchProblem, Job, JobState
from tests.integration.jobs.process import Process
from tests.integration.jobs.world import DAY, HOUR, MINUTE, World

UPLOADS = {"CARD": "deliver", "REPLY": "deliver_as_reply", "DIRECT_MESSAGE": "deliver_privately"}
TOO_SLOW = CardBusy("TimeoutError")
# What ends within about an hour, and what may be Discord's own trouble and is tried for a week.
OWN = [TOO_SLOW, CardBusy("HTTP 500", 7.0), CardError("odd"), ValueError("a bug"), MemoryError()]
NEVER_COUNTED = [CardRefused("HTTP 403, code 40333")]


async def _on_its_way(world: World, one: Process, route: str) -> Job:
    """Return a job whose result is about to be sent by *route*."""
    job = await world.ask(one)
    job = await one.run_until(job.id, lambda it: it.state is JobState.DELIVERING)
    now = world.clock()
    begun = {
        "CARD": {},
        "REPLY": {"reply_begun_at": now},
        "DIRECT_MESSAGE": {"dm_begun_at": now},
    }
    return await one.recorder.save(job, dataclasses.replace(job, **begun[route]))  # type: ignore[arg-type]


async def _until_final(world: World, one: Process, job: Job, longest: float) -> tuple[Job, int]:
    """Take the steps of *job*, and return it ended and how many there were."""
    until = world.clock() + longest
    for steps in range(20_000):
        found = await one.read(job.id)
        if found.state.is_final or world.clock() > until:
            return found, steps
        world.clock.now += await one.step(job.id) or 0.0
    raise AssertionError("no end")


@pytest.mark.parametrize("route", UPLOADS)
@pytest.mark.parametrize("error", OWN, ids=repr)
async def test_what_never_goes_well_is_linked_after_an_hour(
    world: World, one: Process, route: str, error: Exception
) -> None:
    """Trouble of our own is tried a bounded number of times by each way, and then linked."""
    job = await _on_its_way(world, one, route)
    world.cards.errors[UPLOADS[route]] += [error] * 10_000
    if isinstance(error, CardError) and not isinstance(error, CardBusy) and route != "CARD":
        world.cards.takes_direct_messages = False  # it is a refusal there
    linked, steps = await _until_final(world, one, job, DAY)
    assert (linked.state, linked.fetch_problem) == (JobState.LINKED, None)
    assert world.clock() - job.created_at < 2 * LINKED_AFTER
    assert steps < 100


async def test_a_slow_upload_is_made_smaller_before_it_is_linked(
    world: World, one: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After half an hour the files are made as small as every server takes them, and then they fit."""
    limits: list[int] = []
    fetch = ResultFiles.downloaded

    def downloaded(self: ResultFiles, job: Job, task: Task, limit: int, *more: Any) -> Any:
        limits.append(limit)
        return fetch(self, job, task, limit, *more)

    monkeypatch.setattr(ResultFiles, "downloaded", downloaded)
    world.cards.limit = 100 * 1024 * 1024
    job = await _on_its_way(world, one, "CARD")
    world.cards.errors["deliver"] += [TOO_SLOW] * 10_000
    while world.clock() - job.created_at < SMALLER_AFTER:
        world.clock.now += await one.step(job.id) or 0.0
    failing = await one.read(job.id)
    assert failing.state is JobState.DELIVERING
    assert (failing.fetch_problem, failing.has_links) == (FetchProblem.NOT_SENT, True)
    assert set(limits) == {world.cards.limit}
    await one.step(job.id)
    assert set(limits) == {world.cards.limit, SMALLEST_LIMIT}
    world.cards.errors["deliver"].clear()
    done = await one.run_until(job.id)
    assert (done.state, done.fetch_problem) == (JobState.DELIVERED, None)
    assert limits[-1] == SMALLEST_LIMIT


@pytest.mark.parametrize("hours", [1, 5, 30])
async def test_an_outage_of_discord_counts_against_no_result(
    world: World, one: Process, hours: int
) -> None:
    """While Discord answers nothing, results wait; they are sent when it is back."""
    job = await _on_its_way(world, one, "CARD")
    world.cards.is_away = True
    world.cards.errors["deliver"] += [CardBusy("ClientConnectorError")] * 10_000
    waiting, _ = await _until_final(world, one, job, hours * HOUR)
    assert (waiting.state, waiting.delivery_failures) == (JobState.DELIVERING, 0)
    world.cards.is_away = False
    world.cards.errors["deliver"].clear()
    assert (await one.run_until(job.id)).state is JobState.DELIVERED


@pytest.mark.parametrize("error", [*NEVER_COUNTED, CardBusy("away"), CardNeverSent("?")], ids=repr)
async def test_what_may_be_discords_fault_ends_after_a_week(
    world: World, one: Process, error: CardError
) -> None:
    """No trouble is met for ever: after a week of failing tries the result is linked."""
    world.cards.is_away = True
    job = await _on_its_way(world, one, "CARD")
    world.cards.errors["deliver"] += [error] * 10_000
    linked, steps = await _until_final(world, one, job, 8 * DAY)
    assert linked.state is JobState.LINKED
    assert steps < 1_500


async def test_a_restart_does_not_begin_the_tries_anew(world: World) -> None:
    """What was counted is stored, so that a process that is restarted often comes to an end too."""
    one = world.process()
    job = await _on_its_way(world, one, "CARD")
    world.cards.errors["deliver"] += [TOO_SLOW] * 10_000
    for number in range(LINKED_AFTER_FAILURES + 1):
        world.clock.now += 10 * MINUTE + DAY * 9  # until its lease has ended
        two = world.process(f"process {number}")
        assert await two.take_over() == [job.id]
        await two.step(job.id)
    assert (await two.read(job.id)).state is JobState.LINKED


async def test_time_without_a_try_proves_nothing(world: World, one: Process) -> None:
    """After a week with the bot off, one glitch does not cost the result its place."""
    job = await _on_its_way(world, one, "CARD")
    world.clock.now += 10 * DAY
    world.cards.errors["deliver"] += [TOO_SLOW] * 2
    assert (await one.run_until(job.id)).state is JobState.DELIVERED
