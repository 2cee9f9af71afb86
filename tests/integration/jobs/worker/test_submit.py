"""The POST: sent once, with the card shown before it, and again only where it made no task."""

import pytest

from bot.jobs.errors import CardBusy, CardOutOfReach, NotOwned
from bot.jobs.worker.retry_later import RetryLater
from bot.monitoring.api_gate import ACCOUNT, BALANCE, PERMISSION
from db.records import JobState, Reason
from sandbox.modelhunter import Script
from tests.integration.jobs.process import Process
from tests.integration.jobs.worker.posts import posts
from tests.integration.jobs.world import HOUR, IMAGES, LEASE, MINUTE, World


async def test_the_post_carries_the_job_id(world: World, one: Process) -> None:
    """The task carries the job's id, by which it can be found again."""
    job = await world.ask(one)
    await one.step(job.id)
    (task,) = world.api.tasks.values()
    assert task.metadata == {"job_id": str(job.id)}
    assert task.input == {"prompt": "a fox in the snow"}
    assert (await one.read(job.id)).task_id == task.id


async def test_the_job_is_stored_before_the_post(world: World, one: Process) -> None:
    """When the POST arrives, the database says already that it was about to leave."""
    job = await world.ask(one)
    states: list[JobState] = []

    async def look() -> None:
        states.append((await one.read(job.id)).state)

    world.api.faults.add("POST", IMAGES, delay=1.0)
    world.clock.during_sleep = look
    await one.step(job.id)
    assert states == [JobState.SUBMITTING]


@pytest.mark.parametrize("status", [503, 429])
async def test_a_post_that_was_not_processed_is_sent_again(
    world: World, one: Process, status: int
) -> None:
    """Where the API's own envelope says that it did not take the task, it is sent again."""
    headers = {"Retry-After": "7"}
    world.api.faults.add("POST", IMAGES, status=status, headers=headers)
    job = await world.ask(one)
    with pytest.raises(RetryLater) as caught:
        await one.tracker.step(job.id)
    assert (caught.value.retry_after, caught.value.slows_all) == (7.0, status == 429)
    waiting = await one.read(job.id)
    assert (waiting.state, waiting.submitted_at) == (JobState.ACCEPTED, None)
    assert (await one.run_until(job.id)).state is JobState.DELIVERED
    assert len(world.api.tasks) == 1


async def test_a_post_that_was_not_processed_for_two_hours_ends(world: World, one: Process) -> None:
    """A result is of no use hours later: after two hours the job ends unsent and unpaid."""
    world.api.faults.add("POST", IMAGES, times=None, status=503)
    job = await world.ask(one)
    await one.step(job.id)
    world.clock.now += 2 * HOUR + 1
    ended = await one.run_until(job.id)
    assert (ended.state, ended.reason) == (JobState.REFUSED, Reason.UNREACHABLE)
    assert await world.spent() == 0


async def test_a_refused_post_ends_the_job(world: World, one: Process) -> None:
    """A 400 ends the job with the API's words and releases the money."""
    world.api.faults.add("POST", IMAGES, status=400, code="VALIDATION_ERROR", message="no foxes")
    job = await world.ask(one)
    ended = await one.run_until(job.id)
    assert (ended.state, ended.reason) == (JobState.REFUSED, Reason.API)
    assert (ended.error_code, ended.error_message) == ("VALIDATION_ERROR", "no foxes")
    assert one.gone == []
    assert await world.spent() == 0
    assert world.cards.endings[-1].state is JobState.REFUSED


async def test_a_post_for_a_model_that_is_gone(world: World, one: Process) -> None:
    """A model that the API does not know any more is said to be gone, and is not offered again."""
    body = {"model": "seedream-1-0", "input": {"prompt": "a fox"}}
    world.api.faults.add("POST", IMAGES, status=404, code="MODEL_NOT_FOUND")
    job = await world.ask(one, body=body)
    ended = await one.run_until(job.id)
    assert (ended.state, ended.reason) == (JobState.REFUSED, Reason.MODEL_GONE)
    assert one.gone == [ended.model]


@pytest.mark.parametrize(
    ("status", "check", "reason"),
    [
        (401, ACCOUNT, Reason.OPERATOR),
        (402, BALANCE, Reason.BALANCE),
        (403, PERMISSION, Reason.NOT_ALLOWED),
    ],
)
async def test_a_post_that_needs_the_operator(
    world: World, one: Process, status: int, check: str, reason: Reason
) -> None:
    """A key, balance or permission that is not in order ends the job, and health says what to do."""
    match status:
        case 401:
            world.api.faults.add("POST", IMAGES, status=401, code="AUTH_INVALID_TOKEN")
        case 402:
            world.api.scripts.next(Script.quick())
            world.api.balance = world.api.balance * 0
        case _:
            world.api.faults.add("POST", IMAGES, status=403, code="KEY_PERMISSION_DENIED")
    job = await world.ask(one)
    ended = await one.run_until(job.id, lambda it: it.state.is_final)
    assert (ended.state, ended.reason) == (JobState.REFUSED, reason)
    assert f"({status})" in str(one.health.problem(check))
    assert await world.spent() == 0
    assert posts(world) == 1


@pytest.mark.parametrize("status", [401, 422, 429])
async def test_the_answer_to_a_post_is_stored_after_the_lease(
    world: World, one: Process, status: int
) -> None:
    """What became of a POST is kept, also when the job changed hands while it was out."""
    world.api.faults.add("POST", IMAGES, delay=1.0, status=status)
    job = await world.ask(one)
    two = world.process("two")

    async def lapse() -> None:
        world.clock.during_sleep = None
        world.clock.now += LEASE + 1
        await two.take_over()

    world.clock.during_sleep = lapse
    await one.step(job.id)
    ended = await two.run_until(job.id)
    assert ended.state is (JobState.DELIVERED if status == 429 else JobState.REFUSED)
    assert len(world.api.tasks) == int(status == 429)


# The card before the POST.


async def test_no_post_without_a_card(world: World, one: Process) -> None:
    """A job that was never answered is never sent."""
    job = await world.accept(one)
    ended = await one.run_until(job.id)
    assert (ended.state, ended.reason) == (JobState.REFUSED, Reason.NEVER_SENT)
    assert await world.spent() == 0
    assert posts(world) == 0


async def test_a_job_is_sent_once_its_card_is_found(world: World, one: Process) -> None:
    """A card whose id was lost is found, and then the job is sent."""
    job = await world.accept(one)
    world.cards.message_ids[job.id] = 77
    world.cards.errors["find"].append(CardBusy("not now", 3.0))
    assert await one.step(job.id) == 3.0
    ended = await one.run_until(job.id)
    assert (ended.state, ended.message_id) == (JobState.DELIVERED, 77)


@pytest.mark.parametrize("late", [True, False])
async def test_a_job_whose_card_can_not_be_found_is_not_sent(
    world: World, one: Process, *, late: bool
) -> None:
    """Too late to find out, or not allowed to: nothing is sent."""
    job = await world.accept(one)
    if late:
        world.clock.now += 15 * MINUTE + 1
        world.cards.message_ids[job.id] = 77
    else:
        world.cards.errors["find"].append(CardOutOfReach("no"))
    ended = await one.run_until(job.id)
    assert (ended.state, ended.reason) == (JobState.REFUSED, Reason.NEVER_SENT)
    assert posts(world) == 0


async def test_a_job_of_another_process_is_not_sent(world: World, one: Process) -> None:
    """A process that has lost a job to another leaves it alone, also with an old copy of it."""
    job = await world.ask(one)
    world.clock.now += LEASE + 1
    two = world.process("two")
    assert await two.take_over() == [job.id]
    with pytest.raises(NotOwned):
        await one.submit.send(job)
    assert posts(world) == 0
    assert (await two.run_until(job.id)).state is JobState.DELIVERED
    assert len(world.api.tasks) == 1
