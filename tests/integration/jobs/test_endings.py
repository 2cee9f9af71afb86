"""What the API says, and how a job ends by it."""

import dataclasses
from decimal import Decimal

import pytest

from db.records import Job, JobKind, JobState, Reason
from sandbox.modelhunter import Result, Script, Step
from tests.integration.jobs.process import Process
from tests.integration.jobs.world import HOUR, IMAGES, World

RESERVED = Decimal("0.40")


async def test_a_successful_task_is_delivered(world: World, one: Process) -> None:
    """A task goes its way through every status, and its picture ends on the card."""
    world.api.scripts.next(Script.quick(12))
    job = await world.ask(one)
    assert await world.spent() == RESERVED
    ended = await one.run_until(job.id)
    assert (ended.state, ended.task_id, ended.result_count) == (
        JobState.DELIVERED,
        world.only_task(),
        1,
    )
    states = [(shown.state, shown.status) for shown in world.cards.shown]
    assert list(dict.fromkeys(states)) == [
        (JobState.ACCEPTED, None),
        (JobState.FOLLOWING, "pending"),
        (JobState.FOLLOWING, "queued"),
        (JobState.FOLLOWING, "running"),
        (JobState.DELIVERING, "succeeded"),
    ]
    ((delivered, files),) = world.cards.uploads
    assert delivered.state is JobState.DELIVERED
    assert files[0].startswith(b"\x89PNG") or files[0].startswith(b"\xff\xd8\xff")
    assert world.cards.names[0].startswith(f"image-{job.id}-1.")
    assert world.cards.reactions_removed == [job.id]


async def test_a_video_is_delivered_as_a_video(world: World, one: Process) -> None:
    """A video is one by its bytes and by its name."""
    world.api.scripts.next(Script.quick())
    job = await world.ask(
        one,
        kind=JobKind.VIDEO,
        endpoint="vidu/text-to-video",
        body={"model": "viduq3-turbo", "input": {"prompt": "a fox", "duration": 1}},
    )
    assert (await one.run_until(job.id)).state is JobState.DELIVERED
    ((_, files),) = world.cards.uploads
    assert files[0][4:8] == b"ftyp"
    assert world.cards.names == [f"video-{job.id}-1.mp4"]


async def test_several_results_are_delivered_together(world: World, one: Process) -> None:
    """All results of a task go onto one card, together."""
    world.api.scripts.next(dataclasses.replace(Script.quick(), result=Result(count=3)))
    job = await world.ask(one)
    assert (await one.run_until(job.id)).result_count == 3
    ((_, files),) = world.cards.uploads
    assert len(files) == 3


async def test_a_failed_task_releases_the_reservation(world: World, one: Process) -> None:
    """The API's reason is kept for the card, and the reservation is released."""
    world.api.scripts.next(Script.failing("too dark", code="CONTENT_POLICY", seconds=5))
    job = await world.ask(one)
    ended = await one.run_until(job.id)
    assert (ended.state, ended.reason) == (JobState.FAILED, Reason.API)
    assert (ended.error_code, ended.error_message) == ("CONTENT_POLICY", "too dark")
    assert [ending.state for ending in world.cards.endings] == [JobState.FAILED]
    assert await world.spent() == 0


@pytest.mark.parametrize("is_answered", [True, False])
async def test_a_task_that_fails_at_once_says_why(
    world: World, one: Process, is_answered: bool
) -> None:
    """Neither the answer to the POST nor the list says why a task has failed; the task itself does."""
    world.api.scripts.next(Script.failing("too many foxes"))
    if not is_answered:
        world.api.faults.add("POST", IMAGES, cut="after")
    job = await world.ask(one)
    ended = await one.run_until(job.id)
    assert (ended.state, ended.error_message) == (JobState.FAILED, "too many foxes")
    assert await world.spent() == 0


async def test_a_task_cancelled_elsewhere_ends_the_job(world: World, one: Process) -> None:
    """A task that was cancelled at the API ends the job, without a request of ours."""
    world.api.scripts.next(Script.endless())
    job = await world.ask(one)
    following = await one.run_until(job.id, lambda it: it.status == "running")
    await world.client.cancel_task(str(following.task_id))
    ended = await one.run_until(job.id)
    assert (ended.state, ended.cancel_wanted_by) == (JobState.CANCELLED, None)


async def test_an_expired_result_is_fetched_again(world: World, one: Process) -> None:
    """A result that is said to have expired is fetched by asking again."""
    world.api.scripts.next(Script.expiring(3))
    job = await world.ask(one)
    assert (await one.run_until(job.id)).state is JobState.DELIVERED
    assert len(world.cards.uploads) == 1


@pytest.mark.parametrize(
    ("words", "state"),
    [
        (["processing", "completed"], JobState.DELIVERED),
        (["dreaming", "succeeded"], JobState.DELIVERED),
    ],
)
async def test_undocumented_task_statuses_are_understood(
    world: World, one: Process, words: list[str], state: JobState
) -> None:
    """The other dialect is understood, and an unknown word means that it still goes on."""
    steps = tuple(Step(4.0 * number, word) for number, word in enumerate(words))
    world.api.scripts.next(Script(steps=steps))
    job = await world.ask(one)
    assert (await one.run_until(job.id)).state is state


async def test_a_job_past_ten_times_its_estimate_is_late(world: World, one: Process) -> None:
    """A job that takes ten times as long as it should, and half an hour, is marked and goes on."""
    world.api.scripts.next(Script.quick(45 * 60))
    job = await world.ask(one)
    late = await one.run_until(job.id, lambda it: it.late)
    assert (late.state, late.status) == (JobState.FOLLOWING, "running")
    assert 30 * 60 < world.clock() - job.created_at < 32 * 60
    assert (await one.run_until(job.id)).state is JobState.DELIVERED


async def test_a_job_without_an_answer_is_late(world: World, one: Process) -> None:
    """A job of which the API says nothing any more is late too, and its card says so."""
    world.api.scripts.next(Script.endless())
    job = await world.ask(one)
    await one.run_until(job.id, lambda it: it.status == "running")
    world.api.faults.add("GET", "/tasks*", times=None, status=500)
    world.clock.now += HOUR
    await one.step(job.id)
    assert (await one.read(job.id)).late
    assert world.cards.shown[-1].late


async def test_a_task_at_404_for_a_day_is_lost(world: World, one: Process) -> None:
    """A task that the API has forgotten is lost after a day, keeping its reservation."""
    world.api.scripts.next(Script.endless())
    job = await world.ask(one)
    await one.run_until(job.id, lambda it: it.state is JobState.FOLLOWING)
    world.api.faults.add("GET", "/tasks/*", times=None, status=404, code="TASK_NOT_FOUND")
    await one.step(job.id)
    world.clock.now += 24 * 3600
    await one.step(job.id)
    assert (await one.read(job.id)).state is JobState.FOLLOWING
    world.clock.now += 1
    ended = await one.run_until(job.id)
    assert (ended.state, ended.reason) == (JobState.LOST, Reason.UNKNOWN_TASK)
    world.clock.now -= 24 * 3600
    assert await world.spent() == RESERVED


async def test_a_task_at_404_for_an_hour_is_delivered(world: World, one: Process) -> None:
    """A task that is unknown for an hour and then known again is delivered."""
    world.api.scripts.next(Script.quick(1))
    job = await world.ask(one)
    await one.run_until(job.id, lambda it: it.state is JobState.FOLLOWING)
    fault = world.api.faults.add("GET", "/tasks/*", times=None, status=404, code="TASK_NOT_FOUND")
    await one.run_until(job.id, lambda _: fault.injected >= 5)
    world.api.faults.clear()
    assert (await one.run_until(job.id)).state is JobState.DELIVERED


@pytest.mark.parametrize("status", [500, 502, 429])
async def test_a_failed_poll_ends_no_job(world: World, one: Process, status: int) -> None:
    """An error of a poll ends nothing."""
    world.api.scripts.next(Script.quick(1))
    job = await world.ask(one)
    await one.run_until(job.id, lambda it: it.state is JobState.FOLLOWING)
    world.api.faults.add("GET", "/tasks/*", times=3, status=status)
    world.api.faults.add("GET", "/tasks/*", times=1, body="html", status=200)
    world.api.faults.add("GET", "/tasks/*", times=1, cut="middle")
    assert (await one.run_until(job.id)).state is JobState.DELIVERED
    assert world.api.faults.injected == 5


async def test_the_cost_replaces_the_reservation(world: World, one: Process) -> None:
    """What the API says a task cost takes the place of what was reserved."""
    world.api.scripts.next(dataclasses.replace(Script.quick(), cost=Decimal("0.03")))
    job = await world.ask(one)
    assert (await one.run_until(job.id)).cost == Decimal("0.03")
    assert await world.spent() == Decimal("0.03")


async def test_an_implausible_cost_keeps_the_reservation(world: World, one: Process) -> None:
    """A cost beyond all sense stops no job, and what was reserved is kept in its place."""
    world.api.balance = Decimal("1e21")
    world.api.scripts.next(dataclasses.replace(Script.quick(), cost=Decimal("1e20")))
    job = await world.ask(one)
    ended = await one.run_until(job.id)
    assert (ended.state, ended.cost) == (JobState.DELIVERED, None)
    assert await world.spent() == job.price_high


async def test_the_cost_is_found_in_the_list(world: World, one: Process) -> None:
    """A cost that only the list has is looked up there and settles the ledger."""
    script = dataclasses.replace(Script.quick(3), cost=Decimal("0.03"), detailed=False)
    world.api.scripts.next(script)
    job = await world.ask(one)
    assert (await one.run_until(job.id)).cost == Decimal("0.03")
    assert await world.spent() == Decimal("0.03")


async def test_a_result_without_a_cost_keeps_the_reservation(world: World, one: Process) -> None:
    """A result whose cost is never reported keeps what was reserved."""
    world.api.scripts.next(dataclasses.replace(Script.quick(3), cost=None))
    job = await world.ask(one)
    assert (await one.run_until(job.id)).cost is None
    assert await world.spent() == RESERVED


async def test_a_failed_task_that_was_charged(world: World, one: Process) -> None:
    """A cost counts also where nothing came of it."""
    script = dataclasses.replace(Script.failing("no", seconds=3), cost=Decimal("0.01"))
    world.api.scripts.next(script)
    job = await world.ask(one)
    assert (await one.run_until(job.id)).state is JobState.FAILED
    assert await world.spent() == Decimal("0.01")


async def test_an_unchanged_task_writes_nothing(world: World, one: Process) -> None:
    """A poll that learns nothing new leaves the row and the card alone."""
    world.api.scripts.next(Script.endless())
    job = await world.ask(one)
    before = await one.run_until(job.id, lambda it: it.status == "running")
    shown = len(world.cards.shown)
    writes: list[Job] = []
    original = one.jobs.save

    async def save(before: Job, after: Job, **more: object) -> Job | None:
        writes.append(after)
        return await original(before, after, **more)  # type: ignore[arg-type]

    one.jobs.save = save  # type: ignore[method-assign]
    for _ in range(3):
        await one.step(job.id)
    assert (writes, len(world.cards.shown)) == ([], shown)
    assert await one.read(job.id) == before
