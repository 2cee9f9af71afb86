"""While a result can't be fetched, the card says what is wrong, until when, and offers the way to it."""

import asyncio
import dataclasses

import pytest

from bot.jobs.worker.task_questions import KEPT_FOR
from bot.media.download import open_downloads
from db.records import FetchProblem, Job, JobState, Reason
from sandbox.modelhunter import Result, Script
from tests.integration.jobs.api_faults.faults import TROUBLES
from tests.integration.jobs.process import Process
from tests.integration.jobs.world import DAY, MINUTE, World

RESULTS = "/results/*"
PAGE = b"<html>503, try again</html>"


def said(world: World, job_id: int) -> list[Job]:
    """Return what the card showed of the job while it was delivered."""
    return [
        shown
        for shown in world.cards.shown
        if shown.id == job_id and shown.state is JobState.DELIVERING
    ]


@pytest.mark.parametrize(
    ("effect", "problem", "has_links"),
    [
        ({"status": 500}, FetchProblem.UNREACHABLE, True),
        ({"status": 404}, FetchProblem.UNREACHABLE, True),
        ({"status": 403}, FetchProblem.REFUSED, True),
        ({"cut": "middle"}, FetchProblem.BREAKS_OFF, True),
        (
            {"status": 200, "body": b"?", "headers": {"Content-Encoding": "br"}},
            FetchProblem.UNREADABLE,
            True,
        ),
    ],
    ids=lambda value: value.value if isinstance(value, FetchProblem) else None,
)
async def test_a_card_says_what_is_wrong_after_a_minute(
    world: World, one: Process, effect: dict[str, object], problem: FetchProblem, has_links: bool
) -> None:
    """Nothing is said in the first minute, then what is wrong and until when, with the link."""
    world.api.faults.add("GET", RESULTS, times=None, **effect)  # type: ignore[arg-type]
    job = await world.ask(one)
    begun = (await one.run_until(job.id, lambda it: it.state is JobState.DELIVERING)).id
    started = world.clock()
    seen: list[tuple[float, Job]] = []

    def record(it: Job) -> bool:
        seen.append((world.clock() - started, it))
        return it.state.is_final

    ended = await one.run_until(begun, record)

    assert ended.state is JobState.LINKED
    assert (ended.fetch_problem, ended.fetch_until) == (None, None)
    early = [it for after, it in seen if after < MINUTE]
    late = [it for after, it in seen if after > MINUTE * 2.5 and not it.state.is_final]
    assert early
    assert late
    assert {it.fetch_problem for it in early} == {None}
    assert {it.fetch_problem for it in late} == {problem}
    assert {it.has_links for it in late} == {has_links}
    (until,) = {it.fetch_until for it in late}
    assert until is not None
    assert started + 10 * MINUTE <= until <= started + 11 * MINUTE
    assert problem in {it.fetch_problem for it in said(world, job.id)}


async def test_a_card_forgets_what_was_wrong(world: World, one: Process) -> None:
    """When the file arrives after all, nothing of the trouble is left."""
    world.api.faults.add("GET", RESULTS, times=20, status=500)
    job = await world.ask(one)
    troubled = await one.run_until(job.id, lambda it: it.fetch_problem is not None)
    assert troubled.state is JobState.DELIVERING
    ended = await one.run_until(job.id)
    assert (ended.state, ended.fetch_problem, ended.fetch_until) == (JobState.DELIVERED, None, None)


@pytest.mark.parametrize("trouble", ["500", "503", "404", "502 html", "cut before"])
async def test_a_card_says_that_the_api_gives_no_result(
    world: World, one: Process, trouble: str
) -> None:
    """While the API gives no address the card says so, until when it asks, and offers no link."""
    job = await world.ask(one)
    await one.run_until(job.id, lambda it: it.state is JobState.DELIVERING)
    world.clock.now += KEPT_FOR  # or the addresses that came with the ending would be used
    fault = world.api.faults.insert("GET", "/tasks/*", TROUBLES[trouble], times=None)
    told = await one.run_until(job.id, lambda it: it.fetch_problem is not None)
    assert told.missing_since is not None
    until = told.missing_since + DAY
    assert (told.fetch_problem, told.fetch_until) == (FetchProblem.NO_ADDRESS, until)
    assert not told.has_links
    world.api.faults.remove(fault)
    assert (await one.run_until(job.id)).state is JobState.DELIVERED


async def test_a_success_without_a_result_says_so(world: World, one: Process) -> None:
    """A success that shows no result is not called "being fetched" for a day."""
    world.api.scripts.next(dataclasses.replace(Script.quick(), result=None))
    job = await world.ask(one)
    told = await one.run_until(job.id, lambda it: it.fetch_problem is not None)
    assert told.fetch_problem is FetchProblem.NO_ADDRESS


async def test_time_without_an_address_does_not_count_against_the_file(
    world: World, one: Process
) -> None:
    """An outage of the API proves nothing about the file, which then gets its ten minutes."""
    job = await world.ask(one)
    await one.run_until(job.id, lambda it: it.state is JobState.DELIVERING)
    world.api.faults.add("GET", "/tasks/*", times=30, status=503)
    world.api.faults.add("GET", RESULTS, times=3, status=500)
    assert (await one.run_until(job.id)).state is JobState.DELIVERED


@pytest.mark.parametrize("count", [1, 4])
@pytest.mark.parametrize("pages", [1, 2])
async def test_one_look_does_not_make_a_result_unusable(
    world: World, one: Process, count: int, pages: int
) -> None:
    """A page once in place of each file is a hiccup; the same page again seconds later is not."""
    world.api.scripts.next(dataclasses.replace(Script.quick(), result=Result(count=count)))
    page = world.api.faults.add("GET", RESULTS, times=pages * count, status=200, body=PAGE)
    ended = await one.run_until((await world.ask(one)).id)
    assert page.injected == pages * count
    if pages == 1:
        assert (ended.state, ended.left_out, ended.reason) == (JobState.DELIVERED, 0, None)
    else:
        assert (ended.state, ended.reason) == (JobState.FAILED, Reason.BAD_RESULT)


async def test_two_looks_at_once_are_one(world: World, one: Process) -> None:
    """Looks within the same second see the same hiccup, so that they count as one."""
    page = world.api.faults.add("GET", RESULTS, times=3, status=200, body=PAGE)
    job = await world.ask(one)
    await one.run_until(job.id, lambda it: it.state is JobState.DELIVERING)
    for _ in range(3):
        await one.step(job.id)
    assert (page.injected, (await one.read(job.id)).state) == (3, JobState.DELIVERING)
    assert (await one.run_until(job.id)).state is JobState.DELIVERED


async def test_a_redirect_into_the_network_ends_a_result_at_once(
    world: World, one: Process
) -> None:
    """No second look and no link: where it leads must not be opened."""
    elsewhere = {"Location": "https://169.254.169.254/latest/meta-data/"}
    fault = world.api.faults.add("GET", RESULTS, times=None, status=302, headers=elsewhere)
    ended = await one.run_until((await world.ask(one)).id)
    assert (ended.state, ended.reason, fault.injected) == (JobState.FAILED, Reason.BAD_RESULT, 1)


@pytest.mark.parametrize(
    "elsewhere",
    ["http://cdn.example.com/x.png", "ftp://cdn.example.com/x", "https://a:b@cdn.example.com/x"],
)
@pytest.mark.parametrize("times", [1, 8, None])
async def test_a_redirect_to_an_odd_address_is_tried_like_other_odd_answers(
    world: World, one: Process, elsewhere: str, times: int | None
) -> None:
    """One odd redirect is an accident; ten minutes of them end with a link, and never as unusable."""
    headers = {"Location": elsewhere}
    world.api.faults.add("GET", RESULTS, times=times, status=302, headers=headers)
    job = await world.ask(one)
    ended = await one.run_until(job.id)
    if times is not None:
        assert ended.state is JobState.DELIVERED
    else:
        assert (ended.state, ended.reason, ended.has_links) == (JobState.LINKED, None, True)
        assert world.clock() - job.created_at > 10 * MINUTE


@pytest.mark.parametrize("between", [{"status": 500}, {"cut": "middle"}, {"status": 403}])
async def test_two_looks_with_another_failure_between_are_no_two_in_a_row(
    world: World, one: Process, between: dict[str, object]
) -> None:
    """Only looks that follow one another make a result unusable: what came between may be the cause."""
    job = await world.ask(one)
    await one.run_until(job.id, lambda it: it.state is JobState.DELIVERING)
    for effect in ({"status": 200, "body": PAGE}, between, {"status": 200, "body": PAGE}):
        fault = world.api.faults.add("GET", RESULTS, times=None, **effect)  # type: ignore[arg-type]
        await one.step(job.id)
        world.api.faults.remove(fault)
        world.clock.now += MINUTE
    assert (await one.read(job.id)).state is JobState.DELIVERING
    assert (await one.run_until(job.id)).state is JobState.DELIVERED


async def test_a_name_that_leads_inside_has_no_link(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is tried on, but must not be opened, is said without a link."""
    import socket

    def resolve(*_: object, **__: object) -> list[object]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 443))]

    body = (
        b'{"success": true, "data": {"id": "{task_id}", "status": "succeeded", "result":'
        b' [{"url": "https://cdn.example.com/x.png"}]}}'
    )
    async with asyncio.timeout(60), open_downloads() as downloads:
        one = dataclasses.replace(world, downloads=downloads).process()
        job = await world.ask(one)
        await one.run_until(job.id, lambda it: it.state is JobState.DELIVERING)
        world.clock.now += KEPT_FOR
        world.api.faults.add("GET", "/tasks/*", times=None, status=200, body=body)
        monkeypatch.setattr(socket, "getaddrinfo", resolve)
        told = await one.run_until(job.id, lambda it: it.fetch_problem is not None)
    assert (told.fetch_problem, told.has_links) == (FetchProblem.CLOSED_ADDRESS, False)
