"""One file of a result that can't be shown does not take the others with it."""

import dataclasses

import pytest

from bot.jobs.errors import NoResult
from bot.jobs.fresh_links import LinkRenewal
from bot.jobs.queries import JobQueries
from bot.jobs.worker.task_questions import KEPT_FOR
from db.records import Job, JobState, Reason
from sandbox.modelhunter import Result, Script
from tests.integration.jobs.process import Process
from tests.integration.jobs.world import MINUTE, World

RESULTS = "/results/*"
HTML = b"<html><body>sign in</body></html>"
# What begins like a picture, is larger than the card may carry, and can't be made smaller.
LARGE = b"\x89PNG\r\n\x1a\n" + bytes(2_000_000)
LIMIT = 1_000_000


async def ask_for_four(world: World, one: Process) -> Job:
    """Ask for four images."""
    world.cards.limit = LIMIT
    world.api.scripts.next(dataclasses.replace(Script.quick(), result=Result(count=4)))
    return await world.ask(one)


def spoil(world: World, *bodies: bytes) -> None:
    """Have the first files arrive as *bodies*, each time."""
    for number, body in enumerate(bodies):
        world.api.faults.add(
            "GET",
            f"/results/*-{number}.*",
            times=None,
            status=200,
            body=body,
            content_type="image/png",
        )


@pytest.mark.parametrize("body", [HTML, LARGE], ids=["a page", "too large"])
async def test_the_other_files_are_shown(world: World, one: Process, body: bytes) -> None:
    """Three of four files are uploaded, and the card knows of the fourth."""
    spoil(world, body)
    ended = await one.run_until((await ask_for_four(world, one)).id)
    assert (ended.state, ended.left_out, ended.result_count) == (JobState.DELIVERED, 1, 4)
    ((sent, files),) = world.cards.uploads
    assert (sent.left_out, len(files)) == (1, 3)
    assert not {HTML, LARGE} & set(files)


async def test_files_that_are_only_large_are_linked(world: World, one: Process) -> None:
    """The original of a file that was too large is a press away."""
    spoil(world, LARGE)
    ended = await one.run_until((await ask_for_four(world, one)).id)
    assert (ended.reason, ended.has_links) == (None, True)


async def linked(world: World, one: Process, job: Job) -> list[int]:
    """Return which files of the result *Download* gives, by their numbers from 0."""
    renewal = LinkRenewal(JobQueries(one.jobs), world.client, clock=world.clock)
    links = await renewal.fresh_links(job.id, job.user_id)
    return [int(url.partition("?")[0].rpartition("-")[2].partition(".")[0]) for url in links.urls]


@pytest.mark.parametrize("bodies", [(HTML,), (LARGE, HTML), (LARGE, HTML, LARGE, HTML)])
async def test_bad_files_are_not_linked(
    world: World, one: Process, bodies: tuple[bytes, ...]
) -> None:
    """Links are to the files that may be opened, shown or too large, and to no other."""
    spoil(world, *bodies)
    ended = await one.run_until((await ask_for_four(world, one)).id)
    bad = {number for number, body in enumerate(bodies) if body == HTML}
    assert ended.has_links
    assert await linked(world, one, ended) == [it for it in range(4) if it not in bad]


async def test_bad_files_of_another_result_link_nothing(world: World, one: Process) -> None:
    """If the API then lists another number of files, which of them are bad is not known."""
    spoil(world, HTML)
    ended = await one.run_until((await ask_for_four(world, one)).id)
    body = (
        b'{"success": true, "data": {"id": "{task_id}", "status": "succeeded", "result":'
        b' [{"url": "https://example.com/x-0.png"}]}}'
    )
    world.api.faults.add("GET", "/tasks/*", times=None, status=200, body=body)
    with pytest.raises(NoResult):
        await linked(world, one, ended)


async def test_bad_files_of_the_version_before_link_nothing(world: World, one: Process) -> None:
    """Of a job that does not say which of its files was bad, none is linked."""
    ended = await one.run_until((await ask_for_four(world, one)).id)
    assert not dataclasses.replace(ended, reason=Reason.BAD_RESULT).has_links


@pytest.mark.parametrize(
    ("bodies", "state"),
    [
        ((LARGE,) * 4, JobState.LINKED),
        ((HTML,) * 4, JobState.FAILED),
        ((LARGE, HTML, LARGE, LARGE), JobState.LINKED),
    ],
)
async def test_a_result_without_any_file_to_show(
    world: World, one: Process, bodies: tuple[bytes, ...], state: JobState
) -> None:
    """Without a file that may be shown the job ends as that of a single file does."""
    spoil(world, *bodies)
    ended = await one.run_until((await ask_for_four(world, one)).id)
    assert (ended.state, ended.left_out, ended.fitted) == (state, 0, False)
    assert world.cards.uploads == []


@pytest.mark.parametrize(("body", "numbers"), [(HTML, [1, 2, 3]), (LARGE, [0, 1, 2, 3])])
@pytest.mark.parametrize("is_deleted", [False, True])
async def test_other_files_that_can_not_be_sent(
    world: World, one: Process, body: bytes, numbers: list[int], is_deleted: bool
) -> None:
    """Where nothing at all can be sent, the files that may be opened are linked nevertheless."""
    world.cards.takes_replies = world.cards.takes_direct_messages = False
    spoil(world, body)
    job = await ask_for_four(world, one)
    (world.cards.deleted if is_deleted else world.cards.out_of_reach).add(job.id)
    ended = await one.run_until(job.id)
    assert ended.state is JobState.LINKED
    assert await linked(world, one, ended) == numbers


@pytest.mark.parametrize("effect", [{"status": 500}, {"cut": "middle"}, {"status": 403}])
async def test_one_file_that_never_comes_takes_no_other_with_it(
    world: World, one: Process, effect: dict[str, object]
) -> None:
    """After ten minutes those that can be had are shown, and the other is a press away."""
    world.api.faults.add("GET", "/results/*-1.*", times=None, **effect)  # type: ignore[arg-type]
    ended = await one.run_until((await ask_for_four(world, one)).id)
    assert (ended.state, ended.left_out, ended.reason) == (JobState.DELIVERED, 1, None)
    ((_, files),) = world.cards.uploads
    assert len(files) == 3
    assert await linked(world, one, ended) == [0, 1, 2, 3]


async def test_the_eleventh_file_does_not_vanish(world: World, one: Process) -> None:
    """A message takes ten files: the card says how many more there are, and links to all."""
    world.api.scripts.next(dataclasses.replace(Script.quick(), result=Result(count=12)))
    ended = await one.run_until((await world.ask(one)).id)
    ((sent, files),) = world.cards.uploads
    assert (len(files), sent.left_out, sent.result_count) == (10, 2, 12)
    assert (ended.state, ended.has_links) == (JobState.DELIVERED, True)


async def test_a_file_that_arrives_later_is_not_left_out(world: World, one: Process) -> None:
    """What was stored of a missing file is taken back when it arrives after all."""
    job = await ask_for_four(world, one)
    await one.run_until(job.id, lambda it: it.state is JobState.DELIVERING)
    marked = dataclasses.replace(await one.read(job.id), left_out=1, reason=Reason.BAD_RESULT)
    await one.recorder.save(await one.read(job.id), marked)
    ended = await one.run_until(job.id)
    assert (ended.state, ended.left_out, ended.reason) == (JobState.DELIVERED, 0, None)


async def test_a_file_with_an_impossible_address_is_linked(world: World, one: Process) -> None:
    """A file that no amount of waiting brings is linked at once."""
    job = await world.ask(one)
    await one.run_until(job.id, lambda it: it.state is JobState.DELIVERING)
    world.clock.now += KEPT_FOR  # or the addresses that came with the ending would be used
    body = (
        b'{"success": true, "data": {"id": "{task_id}", "status": "succeeded", "result":'
        b' [{"url": "https://a..b/x.png"}]}}'
    )
    world.api.faults.add("GET", "/tasks/*", times=None, status=200, body=body)
    ended = await one.run_until(job.id)
    assert ended.state is JobState.LINKED
    assert world.clock() - job.created_at < KEPT_FOR + MINUTE
