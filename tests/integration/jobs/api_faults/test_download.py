"""The file goes wrong on its way: it is fetched again, or is nothing that may be shown."""

import pytest

from db.records import JobKind, JobState, Reason
from sandbox.modelhunter import Script
from tests.integration.jobs.api_faults.checks import assert_right
from tests.integration.jobs.api_faults.faults import (
    BAD_RESULT,
    DELIVERED,
    TROUBLES,
    Ending,
    add_fault,
)
from tests.integration.jobs.process import Process
from tests.integration.jobs.world import World

RESULTS = "/results/*"
# A whole answer of 200 whose bytes are no picture, film or sound is final the second time.
_WRONG = ("html", "truncated", "huge", "wrong types")
LINKED = Ending(JobState.LINKED)
TOO_BIG = Ending(JobState.LINKED, Reason.TOO_BIG)


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_ending_after_a_failing_download(world: World, one: Process, trouble: str) -> None:
    """What fails three times arrives the fourth time; nonsense is never shown."""
    world.api.scripts.next(Script.quick())
    # What is larger than stated is fetched once more, in a larger room.
    fetches = 2 if trouble.startswith("huge") else 1
    fault = add_fault(world.api.faults, "GET", RESULTS, trouble, times=3 * fetches)
    job = await world.ask(one)
    await one.run_until(job.id)
    is_nonsense = trouble.startswith(_WRONG)
    assert fault.injected == (2 if is_nonsense else 3) * fetches
    await assert_right(world, one, job, BAD_RESULT if is_nonsense else DELIVERED)


async def test_a_result_of_four_gigabytes_is_linked(world: World, one: Process) -> None:
    """A file that says that it has 4 GB is not read; a link is offered instead."""
    world.api.scripts.next(Script.too_big(4 * 10**9))
    film = {"model": "viduq3-turbo", "input": {"prompt": "a fox", "duration": 1}}
    job = await world.ask(one, kind=JobKind.VIDEO, endpoint="vidu/text-to-video", body=film)
    await one.run_until(job.id)
    await assert_right(world, one, job, TOO_BIG)


@pytest.mark.parametrize("status", [301, 302, 307])
async def test_a_redirected_result_is_followed_without_the_key(
    world: World, one: Process, status: int
) -> None:
    """A redirect is followed as a stranger would, also to the API's own host."""
    world.api.scripts.next(Script.quick())
    elsewhere = {"Location": "/api/v1/balance"}
    world.api.faults.add("GET", RESULTS, times=None, status=status, headers=elsewhere)
    job = await world.ask(one)
    await one.run_until(job.id)
    await assert_right(world, one, job, LINKED)
    assert {call.status for call in world.api.calls("GET", "/balance")} == {401}
