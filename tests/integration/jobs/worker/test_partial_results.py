"""One file of a result that can't be shown does not take the others with it."""

import dataclasses

import pytest

from db.records import Job, JobState, Reason
from sandbox.modelhunter import Result, Script
from tests.integration.jobs.world import MINUTE, Process, World

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
    """Have the first files arrive as *bodies*."""
    for body in bodies:
        world.api.faults.add("GET", RESULTS, status=200, body=body, content_type="image/png")


@pytest.mark.parametrize("body", [HTML, LARGE], ids=["a page", "too large"])
async def test_the_others_are_shown(world: World, one: Process, body: bytes) -> None:
    """Three of four files are uploaded, and the card knows of the fourth."""
    spoil(world, body)
    ended = await one.live((await ask_for_four(world, one)).id)
    assert (ended.state, ended.left_out, ended.result_count) == (JobState.DELIVERED, 1, 4)
    ((sent, files),) = world.cards.uploads
    assert (sent.left_out, len(files)) == (1, 3)
    assert not {HTML, LARGE} & set(files)


async def test_links_are_offered_to_what_is_only_large(world: World, one: Process) -> None:
    """The original of a file that was too large is a press away."""
    spoil(world, LARGE)
    ended = await one.live((await ask_for_four(world, one)).id)
    assert (ended.reason, ended.has_links) == (None, True)


@pytest.mark.parametrize("bodies", [(HTML,), (LARGE, HTML)])
async def test_no_links_are_offered_to_what_is_bad(
    world: World, one: Process, bodies: tuple[bytes, ...]
) -> None:
    """Links are to all files of a result, so one bad file makes all of them unsafe."""
    spoil(world, *bodies)
    ended = await one.live((await ask_for_four(world, one)).id)
    assert (ended.left_out, ended.reason) == (len(bodies), Reason.BAD_RESULT)
    assert not ended.has_links


@pytest.mark.parametrize(
    ("bodies", "state"),
    [
        ((LARGE,) * 4, JobState.LINKED),
        ((HTML,) * 4, JobState.FAILED),
        ((LARGE, HTML, LARGE, LARGE), JobState.FAILED),
    ],
)
async def test_nothing_is_left(
    world: World, one: Process, bodies: tuple[bytes, ...], state: JobState
) -> None:
    """Without a file that may be shown the job ends as that of a single file does."""
    spoil(world, *bodies)
    ended = await one.live((await ask_for_four(world, one)).id)
    assert (ended.state, ended.left_out, ended.fitted) == (state, 0, False)
    assert world.cards.uploads == []


@pytest.mark.parametrize(("body", "state"), [(HTML, JobState.FAILED), (LARGE, JobState.LINKED)])
async def test_no_rung_takes_the_others(
    world: World, one: Process, body: bytes, state: JobState
) -> None:
    """Where nothing at all can be sent, links end the job only if all of them may be opened."""
    world.cards.takes_replies = world.cards.takes_direct_messages = False
    spoil(world, body)
    job = await ask_for_four(world, one)
    world.cards.out_of_reach.add(job.id)
    ended = await one.live(job.id)
    assert (ended.state, ended.left_out) == (state, 0)


async def test_a_second_try_that_gets_all(world: World, one: Process) -> None:
    """What was noted of a file is taken back when it arrives after all."""
    job = await ask_for_four(world, one)
    await one.live(job.id, lambda it: it.state is JobState.DELIVERING)
    marked = dataclasses.replace(await one.read(job.id), left_out=1, reason=Reason.BAD_RESULT)
    await one.recorder.save(await one.read(job.id), marked)
    ended = await one.live(job.id)
    assert (ended.state, ended.left_out, ended.reason) == (JobState.DELIVERED, 0, None)


async def test_an_address_that_makes_no_sense(world: World, one: Process) -> None:
    """A file that no amount of waiting brings is linked at once."""
    job = await world.ask(one)
    await one.live(job.id, lambda it: it.state is JobState.DELIVERING)
    body = (
        b'{"success": true, "data": {"id": "task_1", "status": "succeeded", "result":'
        b' [{"url": "https://a..b/x.png"}]}}'
    )
    world.api.faults.add("GET", "/tasks/*", times=None, status=200, body=body)
    ended = await one.live(job.id)
    assert ended.state is JobState.LINKED
    assert world.clock() - job.created_at < MINUTE
