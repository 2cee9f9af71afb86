"""The money of jobs whose outcome is unknown: bounded, and back by itself."""

import json
import logging
import re
from decimal import Decimal
from typing import Literal

import pytest

from db.records import Job, JobState, Reason
from sandbox.modelhunter import Script
from tests.integration.jobs.process import Process
from tests.integration.jobs.world import DAY, HOUR, IMAGES, MINUTE, World

RESERVED, COST = Decimal("0.40"), Decimal("0.03")


async def an_uncertain_job(world: World, one: Process, cut: Literal["before", "after"]) -> Job:
    """Return a job whose answer was lost, and is not in a list that shows nothing."""
    world.api.faults.add("POST", IMAGES, cut=cut)
    job = await world.ask(one)
    return await one.run_until(job.id, lambda it: it.state is JobState.UNCERTAIN)


def a_list_of(*job_ids: int) -> bytes:
    """Return a task list that shows the tasks of these jobs alone."""
    tasks = [
        {"id": f"task_{job_id}", "status": "running", "metadata": {"job_id": str(job_id)}}
        for job_id in job_ids
    ]
    return json.dumps({"success": True, "data": tasks, "pagination": {"hasMore": False}}).encode()


async def search_for(world: World, one: Process, job: Job, seconds: float) -> Job:
    """Search for the job every ten minutes for so long."""
    end = world.clock.now + seconds
    while world.clock.now < end:
        world.clock.now += 10 * MINUTE
        await one.step(job.id)
    return await one.read(job.id)


async def test_a_reservation_is_released_when_later_jobs_are_listed(
    world: World, one: Process
) -> None:
    """Once later jobs are listed and this one is not for an hour, its money is free again."""
    job = await an_uncertain_job(world, one, "before")
    await one.run_until((await world.ask(one, 1)).id)
    searched = await search_for(world, one, job, HOUR - 10 * MINUTE)
    assert (searched.state, searched.released) == (JobState.UNCERTAIN, False)
    assert await world.spent() == RESERVED + COST
    searched = await search_for(world, one, job, 20 * MINUTE)
    assert (searched.state, searched.released) == (JobState.UNCERTAIN, True)
    assert await world.spent() == COST
    world.clock.now += DAY
    ended = await one.run_until(job.id)
    assert (ended.state, ended.reason) == (JobState.LOST, Reason.NEVER_FOUND)
    assert len(world.api.calls("POST")) == 2


async def test_a_reservation_is_kept_without_later_jobs(world: World, one: Process) -> None:
    """A list that shows nothing newer may be late itself: nothing is released by it."""
    job = await an_uncertain_job(world, one, "before")
    searched = await search_for(world, one, job, 6 * HOUR)
    assert (searched.state, searched.released) == (JobState.UNCERTAIN, False)
    assert await world.spent() == RESERVED


async def test_a_task_that_is_found_after_its_release_is_booked_again(
    world: World, one: Process, caplog: pytest.LogCaptureFixture
) -> None:
    """A list that was wrong for hours costs no result: the task is adopted, and its price booked.

    That may pass the day's budget, so it is logged with the job and the amount.
    """
    world.api.scripts.next(Script.quick(3 * HOUR))
    later = await world.ask(one, 1)
    world.api.faults.add("GET", "/tasks", times=None, status=200, body=a_list_of(later.id))
    job = await an_uncertain_job(world, one, "after")
    await one.run_until(later.id, lambda it: it.task_id is not None)
    assert (await search_for(world, one, job, 2 * HOUR)).released
    assert await world.spent() == RESERVED
    world.api.faults.clear()
    caplog.clear()
    found = await search_for(world, one, job, 10 * MINUTE)
    assert (found.state, found.released) == (JobState.FOLLOWING, False)
    assert await world.spent() == 2 * RESERVED
    (logged,) = [it for it in caplog.records if it.levelno == logging.ERROR]
    assert re.match(rf"job {job.id}: \$0\.40? more", logged.getMessage())
    assert (await one.run_until(job.id)).state is JobState.DELIVERED


async def test_marks_of_other_programs_release_nothing(world: World, one: Process) -> None:
    """Marks that are no ids of ours, or of no job that was sent later, prove nothing."""
    earlier = await world.ask(one, 1)
    await one.run_until(earlier.id, lambda it: it.task_id is not None)
    world.clock.now += MINUTE
    job = await an_uncertain_job(world, one, "before")
    marks = [earlier.id, 17, 2**70, -1]
    body = a_list_of(*marks).replace(b'"17"', '"\N{ARABIC-INDIC DIGIT ONE}x"'.encode())
    world.api.faults.add("GET", "/tasks", times=None, status=200, body=body)
    assert not (await search_for(world, one, job, 3 * HOUR)).released
