"""Inputs are handed over before the POST: as often as needed, and the POST once all the same."""

import asyncio
from decimal import Decimal

import pytest

from bot.jobs.errors import LookGivenUp
from bot.jobs.worker.retry_later import RetryLater
from db.records import JobState, Reason
from tests.integration.jobs.handed_in import (
    COMPLETIONS,
    ENDPOINT,
    PLACES,
    PUTS,
    at_api,
    detach,
    handed_in,
    picture,
)
from tests.integration.jobs.process import Process, is_closed
from tests.integration.jobs.world import HOUR, MINUTE, World


async def test_inputs_are_uploaded_and_their_addresses_sent(world: World, one: Process) -> None:
    """What is posted names the API's files, each put once with its type and length, without a key."""
    job = await world.ask(one, **handed_in(world))
    assert (await one.run_until(job.id)).state is JobState.DELIVERED
    (task,) = world.api.tasks.values()
    row = await one.read(job.id)
    first, last = row.inputs
    assert (task.input["image"], task.input["image_tail"]) == (first.address, last.address)
    assert row.input_sources is None
    assert [it.content for it in world.api.files.complete_files] == [picture()] * 4
    assert len(world.api.calls("PUT")) == 2
    assert first.uploaded_at is not None


async def test_a_picture_is_made_to_fit_before_it_is_uploaded(world: World, one: Process) -> None:
    """What is at the API is inside the limits of the model, in size and type."""
    given = handed_in(world, to_fit=True, count=1)
    job = await world.ask(one, **given)
    await one.step(job.id)
    (task,) = world.api.tasks.values()
    (file,) = [
        it for it in world.api.files.complete_files if str(task.input["image"]).endswith(it.path)
    ]
    assert file.content != picture()
    assert file.content_type == "image/jpeg"


@pytest.mark.parametrize(
    "method_and_path", [("POST", PLACES), ("PUT", PUTS), ("POST", COMPLETIONS)]
)
@pytest.mark.parametrize(
    "fault",
    [
        {"status": 429, "headers": {"Retry-After": "7"}},
        {"status": 500},
        {"status": 503, "body": "html"},
        {"status": 404, "code": "NOT_FOUND"},
        {"status": 409, "code": "CONFLICT"},
        {"status": 200, "body": "truncated"},
        {"cut": "before"},
        {"cut": "after"},
    ],
    ids=str,
)
async def test_an_upload_that_fails_is_begun_anew(
    world: World, one: Process, method_and_path: tuple[str, str], fault: dict[str, object]
) -> None:
    """An upload is free, so that whatever becomes of a call of it, the job goes on, with one POST."""
    world.api.faults.add(*method_and_path, times=2, **fault)  # type: ignore[arg-type]
    job = await world.ask(one, **handed_in(world, count=1))
    assert (await one.run_until(job.id)).state is JobState.DELIVERED
    assert len(world.api.tasks) == len(world.api.calls("POST", ENDPOINT)) == 1


async def test_a_slow_down_of_uploads_slows_all(world: World, one: Process) -> None:
    """A 429 concerns the whole bot, whichever call it answers."""
    world.api.faults.add("POST", PLACES, status=429, headers={"Retry-After": "7"})
    job = await world.ask(one, **handed_in(world))
    with pytest.raises(RetryLater) as caught:
        await one.tracker.step(job.id)
    assert (caught.value.retry_after, caught.value.slows_all) == (7.0, True)
    assert (await one.read(job.id)).late


async def test_an_input_that_can_never_be_uploaded_ends_unsent(world: World, one: Process) -> None:
    """After two hours the job ends as one whose POST is never taken: unsent and unpaid."""
    world.api.faults.add("PUT", PUTS, times=None, status=500)
    job = await world.ask(one, **handed_in(world))
    await one.step(job.id)
    world.clock.now += 2 * HOUR + 1
    ended = await one.run_until(job.id)
    assert (ended.state, ended.reason) == (JobState.REFUSED, Reason.UNREACHABLE)
    assert (await world.spent(), len(world.api.tasks)) == (Decimal(0), 0)


@pytest.mark.parametrize("status", [404, 403, 410])
async def test_a_source_that_is_gone_ends_the_job(world: World, one: Process, status: int) -> None:
    """An attachment whose address has expired is asked for anew, and nothing is charged."""
    world.api.faults.add("GET", "/files/*", times=None, status=status)
    job = await world.ask(one, **handed_in(world))
    ended = await one.run_until(job.id)
    assert (ended.state, ended.reason) == (JobState.REFUSED, Reason.INPUT_GONE)
    assert (await world.spent(), len(world.api.tasks)) == (Decimal(0), 0)


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (("GET", "/files/*", 500), Reason.INPUT_UNREACHABLE),
        (("PUT", PUTS, 500), Reason.UNREACHABLE),
        (("POST", PLACES, 503), Reason.UNREACHABLE),
        (None, Reason.NEVER_SENT),
    ],
    ids=["the file's server", "the API's store", "the API", "the bot itself"],
)
async def test_a_job_that_was_never_sent_names_what_was_in_the_way(
    world: World, one: Process, fault: tuple[str, str, int] | None, reason: Reason
) -> None:
    """After two hours, by what a last try shows: ModelHunter is not blamed for another's store."""
    if fault is not None:
        method, path, status = fault
        world.api.faults.add(method, path, times=None, status=status)
    job = await world.ask(one, **handed_in(world))
    if fault is not None:
        await one.step(job.id)
    world.clock.now += 2 * HOUR + 1
    ended = await one.run_until(job.id)
    assert (ended.state, ended.reason) == (JobState.REFUSED, reason)
    assert (await world.spent(), len(world.api.tasks)) == (Decimal(0), 0)


async def test_a_source_that_can_not_be_fetched_now_is_fetched_later(
    world: World, one: Process
) -> None:
    """An error of the store that holds it is no reason to end."""
    world.api.faults.add("GET", "/files/*", times=3, status=500)
    job = await world.ask(one, **handed_in(world, count=1))
    assert (await one.run_until(job.id)).state is JobState.DELIVERED


async def test_a_cancel_during_an_upload_ends_the_job_at_once(world: World, one: Process) -> None:
    """The upload is given up, and nothing is sent or paid."""
    job = await world.ask(one, **handed_in(world))
    held = world.api.faults.add("PUT", PUTS, times=None, delay=60.0)
    arrived, go_on = asyncio.Event(), asyncio.Event()

    async def hold() -> None:
        arrived.set()
        await go_on.wait()

    world.clock.during_sleep = hold
    step = asyncio.create_task(one.tracker.step(job.id))
    await arrived.wait()
    await one.recorder.request_cancel(job.id, by=job.user_id)
    one.looks.give_up(job.id)
    with pytest.raises(LookGivenUp):
        await step
    go_on.set()
    one.looks.step_ended(job.id)
    assert held.injected == 1
    ended = await one.run_until(job.id)
    assert (ended.state, len(world.api.tasks)) == (JobState.CANCELLED, 0)
    assert await world.spent() == Decimal(0)


async def test_an_upload_holds_up_no_post_of_another_job(world: World, one: Process) -> None:
    """Uploads that hang, more than there are places, leave creates and questions alone."""
    world.api.faults.add("PUT", PUTS, times=None, delay=60.0)
    go_on = asyncio.Event()

    async def hold() -> None:
        await go_on.wait()

    world.clock.during_sleep = hold
    slow = [await world.ask(one, number, **handed_in(world, count=1)) for number in range(1, 41)]
    steps = [asyncio.create_task(one.tracker.step(job.id)) for job in slow]
    quick = await world.ask(one, 50)
    await one.tracker.step(quick.id)
    assert (await one.read(quick.id)).state is JobState.FOLLOWING
    await one.tracker.step(quick.id)
    for step in steps:
        step.cancel()
    go_on.set()
    await asyncio.gather(*steps, return_exceptions=True)


async def test_an_address_that_is_old_is_looked_at_before_the_post(
    world: World, one: Process
) -> None:
    """The file of an earlier job is sent if it is there, by one request for its first byte."""
    job = await world.ask(one, **at_api(world, uploaded_at=world.clock.now - 11 * MINUTE))
    assert (await one.run_until(job.id)).state is JobState.DELIVERED
    assert len(world.api.calls("GET", "/files/*")) == 1
    fresh = await world.ask(one, 1, **at_api(world, uploaded_at=world.clock.now - 9 * MINUTE))
    await one.step(fresh.id)
    assert len(world.api.calls("GET", "/files/*")) == 1
    assert world.api.calls("PUT") == []


async def test_an_address_that_is_gone_ends_the_job(world: World, one: Process) -> None:
    """A file that the API has deleted is asked for anew, before anything is sent."""
    given = at_api(world)
    detach(world.api, given["inputs"][0].address)
    job = await world.ask(one, **given)
    ended = await one.run_until(job.id)
    assert (ended.state, ended.reason) == (JobState.REFUSED, Reason.INPUT_GONE)
    assert (await world.spent(), world.api.calls("POST", ENDPOINT)) == (Decimal(0), [])


async def test_an_address_of_which_that_is_not_known_is_sent(world: World, one: Process) -> None:
    """That this bot can't read a file is no proof that the API can't."""
    world.api.faults.add("GET", "/files/*", times=None, status=503)
    job = await world.ask(one, **at_api(world))
    assert (await one.run_until(job.id)).state is JobState.DELIVERED


async def test_a_file_that_the_api_does_not_take_is_its_refusal(world: World, one: Process) -> None:
    """The API's own words are on the card; it was not charged, and is not tried again by itself."""
    world.api.faults.add("POST", PLACES, status=400, code="VALIDATION_ERROR", message="Too odd")
    job = await world.ask(one, **handed_in(world))
    ended = await one.run_until(job.id)
    assert (ended.state, ended.reason, ended.error_message) == (
        JobState.REFUSED,
        Reason.API,
        "Too odd",
    )


async def test_a_key_that_may_not_upload_is_the_operators(world: World, one: Process) -> None:
    """Nothing is sent with a key that the API refuses, and the job says whose it is to mend."""
    world.api.barred_keys[world.api.key] = "KEY_REVOKED"
    job = await world.ask(one, **handed_in(world))
    await one.step(job.id)
    assert (await one.read(job.id)).reason is Reason.OPERATOR


async def test_what_is_uploaded_once_is_not_uploaded_again(world: World, one: Process) -> None:
    """After a failure of the second input, the first is not fetched once more."""
    given = handed_in(world)
    job = await world.ask(one, **given)
    world.api.faults.add("PUT", PUTS, skip=1, status=500)
    await one.step(job.id)
    row = await one.read(job.id)
    assert [it.address is not None for it in row.inputs] == [True, False]
    assert set(row.input_sources or ()) == {"1"}
    await one.run_until(job.id)
    assert len(world.api.calls("PUT")) == 3


async def test_no_upload_leads_into_the_operators_network(world: World, one: Process) -> None:
    """The place for a file is the API's word, which is not trusted."""
    inside = b'{"success": true, "data": {"upload_url": "http://127.0.0.2:9/x", "file_id": "f"}}'
    world.api.faults.add("POST", PLACES, times=None, body=inside)
    job = await world.ask(one, **handed_in(world, count=1))
    await one.step(job.id)
    row = await one.read(job.id)
    assert (row.state, row.late) == (JobState.ACCEPTED, True)


async def test_a_source_is_in_no_log(
    world: World, one: Process, caplog: pytest.LogCaptureFixture
) -> None:
    """Its signature opens the file to anyone who reads it."""
    world.api.faults.add("GET", "/files/*", status=500)
    job = await world.ask(one, **handed_in(world, count=1))
    await one.run_until(job.id)
    said = [record.getMessage() for record in caplog.records if record.name.startswith("bot.")]
    assert any("can't be handed over now" in line for line in said)
    assert not any("a-signature" in line for line in said)


async def test_a_retry_uses_what_is_at_the_api(world: World, one: Process) -> None:
    """What was handed over for a job is handed over no second time for the next one."""
    job = await world.ask(one, **handed_in(world))
    done = await one.run_until(job.id)
    again = await world.ask(
        one, 1, **{**handed_in(world), "inputs": done.handed_in, "input_sources": None}
    )
    assert (await one.run_until(again.id, is_closed)).state is JobState.DELIVERED
    assert len(world.api.calls("PUT")) == 2
    first, second = world.api.tasks.values()
    assert first.input == second.input
    assert again.inputs == done.inputs
