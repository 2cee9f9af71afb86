"""The task list over the wire, with all that may be wrong with it: no job missed, none followed twice."""

import dataclasses
import random
from collections.abc import Callable, Sequence

import pytest

from db.records import JobState
from sandbox.fault_table import Fault
from sandbox.modelhunter import Script
from sandbox.modelhunter.faults import ApiFaultEffect, ApiFaults
from sandbox.modelhunter.list_faults import ListFault
from tests.integration.jobs.process import Process
from tests.integration.jobs.world import HOUR, IMAGES, MINUTE, World

JOBS = 12
OTHERS = 300  # tasks that are no job's: three pages
_ENDED_AFTER = 2 * MINUTE
# What the next reading of the list meets, from its first page on or a later one.
Spoil = Callable[[ApiFaults, int | None, int], Fault[ApiFaultEffect]]


def _spoiled_by(fault: ListFault) -> Spoil:
    return lambda faults, times, skip: faults.add(
        "GET", "/tasks", listing=fault, times=times, skip=skip
    )


SPOILS: dict[str, Spoil] = {
    **{fault.name: _spoiled_by(fault) for fault in ListFault},
    "429": lambda faults, times, skip: faults.add(
        "GET", "/tasks", status=429, headers={"Retry-After": "3"}, times=times, skip=skip
    ),
    "500": lambda faults, times, skip: faults.add(
        "GET", "/tasks", status=500, times=times, skip=skip
    ),
    "a page of a proxy": lambda faults, times, skip: faults.add(
        "GET", "/tasks", body="html", times=times, skip=skip
    ),
    "a page that breaks off": lambda faults, times, skip: faults.add(
        "GET", "/tasks", cut="middle", times=times, skip=skip
    ),
}


# After a 429 nothing is asked, so that one without end is no fault of the list.
ALWAYS = [name for name in SPOILS if name != "429"]


async def follow_among_others(world: World, one: Process, others: int = OTHERS) -> Sequence[int]:
    """Have jobs followed whose tasks are spread among those of others; all of them end."""
    job_ids = []
    for number in range(JOBS):
        world.api.scripts.next(Script.quick(_ENDED_AFTER))
        job = await world.ask(one, number)
        await one.step(job.id)
        job_ids.append(job.id)
    spread_out(world, others)
    return job_ids


def spread_out(world: World, others: int) -> None:
    """Put the tasks of others between those there are, all within the last minute."""
    own = list(world.api.tasks.values())
    first = min(task.created_at for task in own) - MINUTE
    step = MINUTE / (len(own) + others)
    numbers = {(n * (len(own) + others)) // len(own): task for n, task in enumerate(own)}
    stranger = dataclasses.replace(own[0].request, metadata={"job_id": "99", "by": "another"})
    for number in range(len(own) + others):
        found = numbers.get(number) or dataclasses.replace(
            own[0], id=f"task_{number:024x}", request=stranger, script=Script.endless()
        )
        # To the millisecond, and no two alike: the sandbox API's cursor is a time.
        world.api.add(dataclasses.replace(found, created_at=round(first + number * step, 3)))


async def look_until_ended(world: World, one: Process, job_ids: Sequence[int], looks: int) -> int:
    """Look at the jobs so often at most; return how many looks it took until all were seen as ended."""
    for number in range(looks):
        open_ids = [
            job_id for job_id in job_ids if (await one.read(job_id)).state is JobState.FOLLOWING
        ]
        if not open_ids:
            return number
        if (pause := one.pause.remaining()) > 0:
            world.clock.now += pause
        await one.look_together(open_ids)
    return looks


def assert_each_followed_once(world: World, one: Process, job_ids: Sequence[int]) -> None:
    """Every job has the task that was made for it, and there is one for each."""
    tasks = {
        str(task.metadata["job_id"]): task.id
        for task in world.api.tasks.values()
        if task.metadata and "by" not in task.metadata
    }
    assert len(world.api.calls("POST", IMAGES)) == len(job_ids)
    assert sorted(tasks) == sorted(map(str, job_ids))
    followed = (one.owned.get(job_id) for job_id in job_ids)
    assert {str(job.id): job.task_id for job in followed if job is not None} == tasks


@pytest.mark.parametrize("skip", [0, 2])
@pytest.mark.parametrize("spoil", SPOILS.values(), ids=SPOILS)
async def test_a_reading_that_goes_wrong_once_misses_no_job(
    world: World, one: Process, spoil: Spoil, skip: int
) -> None:
    """Whatever is wrong with which page, the second look at the latest has found every end."""
    job_ids = await follow_among_others(world, one)
    await one.look_together(job_ids)
    world.clock.now += _ENDED_AFTER
    fault = spoil(world.api.faults, 1, skip)
    assert await look_until_ended(world, one, job_ids, 4) <= 2
    assert fault.injected == 1
    assert {(await one.read(job_id)).state for job_id in job_ids} == {JobState.DELIVERING}
    assert_each_followed_once(world, one, job_ids)


@pytest.mark.parametrize("spoil", [SPOILS[name] for name in ALWAYS], ids=ALWAYS)
async def test_a_list_that_is_always_wrong_misses_no_job(
    world: World, one: Process, spoil: Spoil
) -> None:
    """What the list does not show is asked for alone, so that nothing depends on it."""
    job_ids = await follow_among_others(world, one)
    fault = spoil(world.api.faults, None, 0)
    world.clock.now += _ENDED_AFTER
    assert await look_until_ended(world, one, job_ids, 4) <= 2
    assert fault.injected > 0
    assert_each_followed_once(world, one, job_ids)


@pytest.mark.parametrize("seed", range(6))
async def test_any_row_of_faults_misses_no_job(world: World, one: Process, seed: int) -> None:
    """However the faults follow each other, tasks that go on go on, and those that have ended have."""
    randomness = random.Random(seed)
    job_ids = await follow_among_others(world, one)
    for record in list(world.api.tasks.values()):
        if record.metadata and int(str(record.metadata["job_id"])) in job_ids[6:]:
            world.api.add(dataclasses.replace(record, script=Script.endless()))
    for _ in range(4):
        for _ in range(randomness.randrange(4)):
            spoil = randomness.choice(list(SPOILS.values()))
            spoil(world.api.faults, randomness.randrange(1, 4), randomness.randrange(4))
        await one.look_together(
            [each for each in job_ids if (await one.read(each)).state is JobState.FOLLOWING]
        )
        world.clock.now += max(MINUTE, one.pause.remaining())
    world.api.faults.clear()
    await look_until_ended(world, one, job_ids[:6], 4)
    states = [(await one.read(job_id)).state for job_id in job_ids]
    assert states == [JobState.DELIVERING] * 6 + [JobState.FOLLOWING] * 6
    assert_each_followed_once(world, one, job_ids)


async def test_twenty_thousand_tasks_of_others_cost_no_more(world: World, one: Process) -> None:
    """Where the list is long, few pages are read, and every end is found at the first look."""
    job_ids = await follow_among_others(world, one, 20_000)
    world.clock.now += _ENDED_AFTER
    world.api.requests.clear()
    assert await look_until_ended(world, one, job_ids, 4) == 1
    lists = len(world.api.calls("GET", "/tasks"))
    assert lists <= JOBS  # no more than a question about each, and the lists of what they cost
    assert {(await one.read(job_id)).state for job_id in job_ids} == {JobState.DELIVERING}


@pytest.mark.parametrize("spoil", SPOILS.values(), ids=SPOILS)
async def test_a_lost_answer_is_found_once_through_a_list_that_goes_wrong(
    world: World, one: Process, spoil: Spoil
) -> None:
    """A task whose POST was never answered is adopted by its own job, and by no other one."""
    world.api.faults.add("POST", IMAGES, cut="after", skip=2)
    job_ids = []
    for number in range(4):
        world.api.scripts.next(Script.endless())
        job = await world.ask(one, number)
        await one.step(job.id)
        job_ids.append(job.id)
    spread_out(world, OTHERS)
    fault = spoil(world.api.faults, 3, 1)
    for _ in range(40):
        states = {(await one.read(job_id)).state for job_id in job_ids}
        if states == {JobState.FOLLOWING}:
            break
        for job_id in job_ids:
            if (await one.read(job_id)).state is not JobState.FOLLOWING:
                await one.step(job_id)
        world.clock.now += 10.0
    assert fault.injected > 0
    assert_each_followed_once(world, one, job_ids)


async def test_a_lost_answer_is_found_among_twenty_thousand(world: World, one: Process) -> None:
    """A search reads as far as it must, and no task of another is taken for the job's."""
    world.api.faults.add("POST", IMAGES, cut="after")
    world.api.scripts.next(Script.endless())
    job = await world.ask(one)
    await one.step(job.id)
    spread_out(world, 20_000)
    world.api.requests.clear()
    await one.run_until(job.id, lambda it: it.state is JobState.FOLLOWING)
    assert len(world.api.calls("GET", "/tasks")) == 201
    world.clock.now += HOUR
    assert (await one.read(job.id)).task_id == next(
        task.id for task in world.api.tasks.values() if "by" not in (task.metadata or {})
    )
