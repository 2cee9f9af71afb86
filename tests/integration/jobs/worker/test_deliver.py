"""From a success to a result that its requester has: on the card, by direct message or as a link."""

import dataclasses
import socket
from decimal import Decimal

import pytest

from bot.jobs.errors import CardBusy, FileTooBig
from bot.jobs.worker.message_size import LARGEST_MESSAGE
from bot.jobs.worker.missing_tasks import MISSING
from bot.media.download import open_downloads
from db.records import JobState, Reason
from sandbox.modelhunter import Result, Script
from tests.integration.jobs.process import Process
from tests.integration.jobs.worker.delivering import delivering
from tests.integration.jobs.world import DAY, HOUR, MINUTE, World

RESULTS = "/results/*"


async def test_an_expired_address_is_asked_for_again(world: World, one: Process) -> None:
    """An address that does not open the file any more is asked for again, at once."""
    job = await delivering(world, one)
    # The answer takes 16 minutes to arrive; its addresses work for 15.
    world.api.faults.add("GET", "/tasks/*", delay=16 * MINUTE)
    await one.step(job.id)
    assert (await one.read(job.id)).state is JobState.DELIVERED
    assert [call.status for call in world.api.calls("GET", RESULTS)] == [403, 200]


async def test_an_address_that_never_opens_is_linked(world: World, one: Process) -> None:
    """A file that is refused with every address ends as a link after ten minutes."""
    world.api.faults.add("GET", RESULTS, times=None, status=403)
    job = await world.ask(one)
    ended = await one.run_until(job.id)
    assert ended.state is JobState.LINKED
    assert world.clock() - job.created_at > 10 * MINUTE


async def test_a_missing_file_is_linked(world: World, one: Process) -> None:
    """A file that can't be downloaded for ten minutes is offered as a link."""
    world.api.scripts.next(dataclasses.replace(Script.quick(), result=Result(missing=True)))
    job = await world.ask(one)
    await one.run_until(job.id, lambda it: it.state is JobState.DELIVERING)
    await one.step(job.id)
    assert (await one.read(job.id)).state is JobState.DELIVERING
    assert (await one.run_until(job.id)).state is JobState.LINKED


async def test_a_failing_download_is_repeated(world: World, one: Process) -> None:
    """A cut or an error on the way is tried again until the file is there."""
    world.api.faults.add("GET", RESULTS, cut="middle")
    world.api.faults.add("GET", RESULTS, status=500)
    job = await world.ask(one)
    assert (await one.run_until(job.id)).state is JobState.DELIVERED
    assert len(world.cards.uploads) == 1


async def test_a_large_file_is_made_to_fit(world: World, one: Process) -> None:
    """What is larger than the card may carry is made smaller, and none of it is too large."""
    world.cards.limit = 100_000
    world.api.scripts.next(Script.too_big(100_001))
    job = await world.ask(one)
    assert (await one.run_until(job.id)).state is JobState.DELIVERED
    assert [len(file) <= 100_000 for file in world.cards.uploads[0][1]] == [True]


async def test_files_that_are_too_large_together_are_made_to_fit(
    world: World, one: Process
) -> None:
    """Four pictures, each small enough alone, fit into one message."""
    size = 7 * 1024 * 1024
    world.api.scripts.next(
        dataclasses.replace(Script.quick(), result=Result(count=4, size=size, format="png"))
    )
    job = await world.ask(one)
    assert (await one.run_until(job.id)).state is JobState.DELIVERED
    sizes = [len(file) for file in world.cards.uploads[0][1]]
    assert len(sizes) == 4
    assert sum(sizes) < LARGEST_MESSAGE


async def test_a_file_that_can_not_be_made_to_fit_is_linked(world: World, one: Process) -> None:
    """What can't be made to fit is linked at once, and none of it is uploaded."""
    world.cards.limit = 10
    job = await world.ask(one)
    assert (await one.run_until(job.id)).state is JobState.LINKED
    assert world.clock() - job.created_at < MINUTE
    assert world.cards.uploads == []
    assert world.cards.endings[-1].state is JobState.LINKED


async def test_a_file_of_exactly_the_limit_is_uploaded(world: World, one: Process) -> None:
    """A file of exactly the limit is uploaded."""
    world.cards.limit = 100_000
    world.api.scripts.next(Script.too_big(100_000))
    job = await world.ask(one)
    assert (await one.run_until(job.id)).state is JobState.DELIVERED
    assert [len(file) for file in world.cards.uploads[0][1]] == [100_000]


async def test_a_file_that_discord_finds_too_big_is_linked(world: World, one: Process) -> None:
    """What Discord refuses for its size is linked."""
    world.cards.errors["deliver"].append(FileTooBig("413"))
    job = await world.ask(one)
    assert (await one.run_until(job.id)).state is JobState.LINKED


async def test_an_upload_waits_while_discord_is_busy(world: World, one: Process) -> None:
    """An upload that Discord does not take now is tried again when it said."""
    world.cards.errors["deliver"] += [CardBusy("429", 7.0), CardBusy("500")]
    job = await world.ask(one)
    await one.run_until(job.id, lambda it: it.state is JobState.DELIVERING)
    assert await one.step(job.id) == 7.0
    assert (await one.run_until(job.id)).state is JobState.DELIVERED
    assert len(world.cards.uploads) == 1


async def test_a_page_that_claims_to_be_a_video_is_not_shown(world: World, one: Process) -> None:
    """HTML is never shown, also with the header of a video; what was reserved stays spent."""
    world.api.scripts.next(dataclasses.replace(Script.quick(), cost=None))
    page = world.api.faults.add(
        "GET",
        RESULTS,
        times=None,
        status=200,
        body=b"<html><script>x</script>",
        content_type="video/mp4",
    )
    job = await world.ask(one)
    ended = await one.run_until(job.id)
    assert (ended.state, ended.reason, page.injected) == (JobState.FAILED, Reason.BAD_RESULT, 2)
    assert world.cards.uploads == []
    assert await world.spent() == Decimal("0.40")


async def test_a_result_in_the_operators_network_is_not_fetched(world: World) -> None:
    """A result that lies in the operator's own network is not fetched."""
    async with open_downloads() as downloads:
        one = dataclasses.replace(world, downloads=downloads).process()
        job = await world.ask(one)
        ended = await one.run_until(job.id)
    assert (ended.state, ended.reason) == (JobState.FAILED, Reason.BAD_RESULT)
    assert world.api.calls("GET", RESULTS) == []


async def test_the_address_guard_checks_the_socket(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same holds for a public name over https that leads inside, unless that is mended soon."""
    port = world.api.address[1]

    def resolve(*_: object, **__: object) -> list[object]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    body = (
        '{"success": true, "data": {"id": "{task_id}", "status": "succeeded", "result":'
        f' [{{"url": "https://cdn.example.com:{port}/x.png"}}]}}}}'
    )
    async with open_downloads() as downloads:
        one = dataclasses.replace(world, downloads=downloads).process()
        job = await world.ask(one)
        await one.run_until(job.id, lambda it: it.state is JobState.DELIVERING)
        one.questions.discard(job.id)
        world.api.faults.add("GET", "/tasks/*", times=None, status=200, body=body.encode())
        monkeypatch.setattr(socket, "getaddrinfo", resolve)
        ended = await one.run_until(job.id)
        assert world.clock() - job.created_at > 10 * MINUTE
    assert (ended.state, ended.reason) == (JobState.FAILED, Reason.BAD_RESULT)


async def test_a_success_without_a_result_is_lost_after_a_day(world: World, one: Process) -> None:
    """A success that shows nothing is asked about for a day, and then it is lost."""
    world.api.scripts.next(dataclasses.replace(Script.quick(), result=None))
    job = await world.ask(one)
    await one.run_until(job.id, lambda it: it.missing_since is not None)
    world.clock.now += DAY + 1
    ended = await one.run_until(job.id)
    assert (ended.state, ended.reason) == (JobState.LOST, Reason.NO_RESULT)


async def test_an_outage_before_delivery_loses_nothing(world: World, one: Process) -> None:
    """An error of the API between success and delivery loses nothing."""
    job = await world.ask(one)
    await one.run_until(job.id, lambda it: it.state is JobState.DELIVERING)
    world.api.faults.add("GET", "/tasks/*", times=4, status=503)
    world.api.faults.add("GET", "/tasks/*", times=2, status=404, code="TASK_NOT_FOUND")
    assert (await one.run_until(job.id)).state is JobState.DELIVERED


async def test_many_results_at_404_are_an_alarm(world: World, one: Process) -> None:
    """Results that the API denies all at once are the operator's alarm, and none is lost."""
    jobs = [await delivering(world, one, number) for number in range(6)]
    world.api.faults.add("GET", "/tasks/*", times=None, status=404, code="TASK_NOT_FOUND")
    for _ in range(13):
        for job in jobs:
            await one.step(job.id)
        world.clock.now += 2 * HOUR
    assert {(await one.read(job.id)).state for job in jobs} == {JobState.DELIVERING}
    for job in jobs:
        await one.step(job.id)
    assert one.health.problem(MISSING) is not None
    world.api.faults.clear()
    assert {(await one.run_until(job.id)).state for job in jobs} == {JobState.DELIVERED}


async def test_one_404_after_a_day_without_polls_loses_no_result(
    world: World, one: Process
) -> None:
    """Only a day of nothing but 404 loses a result, however long ago other errors began."""
    job = await delivering(world, one)
    world.api.faults.add("GET", "/tasks/*", status=404, code="TASK_NOT_FOUND")
    world.api.faults.add("GET", RESULTS, status=500)
    await one.step(job.id)
    await one.step(job.id)
    world.clock.now += DAY + HOUR
    world.api.faults.add("GET", "/tasks/*", times=2, status=404, code="TASK_NOT_FOUND")
    await one.step(job.id)
    await one.step(job.id)
    assert (await one.run_until(job.id)).state is JobState.DELIVERED


async def test_a_pause_does_not_count_against_a_failing_download(
    world: World, one: Process
) -> None:
    """Time in which no download was tried does not count against a file."""
    job = await delivering(world, one)
    for _ in range(2):
        world.api.faults.add("GET", RESULTS, status=500)
        await one.step(job.id)
        world.clock.now += 11 * MINUTE
    assert (await one.run_until(job.id)).state is JobState.DELIVERED


async def test_the_cost_is_looked_up_again_after_a_failed_list(world: World, one: Process) -> None:
    """A list that could not be read when the task ended is read again before the money is settled."""
    world.api.scripts.next(dataclasses.replace(Script.quick(1), detailed=False))
    job = await world.ask(one)
    world.api.faults.add("GET", "/tasks", status=500)
    await one.run_until(job.id)
    assert await world.spent() == Decimal("0.04")
