"""What a step looks at gives way to what comes first, and nothing else of the step does."""

import asyncio
import itertools
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest

from bot.jobs.errors import LookGivenUp
from bot.jobs.looks import Looks
from bot.lanes import Lane
from tests.virtual_time import in_virtual_time

JOB, OTHER = 1, 2
LONG = 1000.0


async def look_for(looks: Looks, seconds: float, job_id: int = JOB) -> float:
    """Look for so many seconds, and return how many it took."""
    begun = asyncio.get_running_loop().time()
    try:
        async with looks.look(job_id):
            await asyncio.sleep(seconds)
    except LookGivenUp:
        return asyncio.get_running_loop().time() - begun
    assert asyncio.get_running_loop().time() - begun == pytest.approx(seconds)
    return seconds


def later(seconds: float, what: object, *args: object) -> None:
    """Call *what* after so many seconds."""
    assert callable(what)
    asyncio.get_running_loop().call_later(seconds, what, *args)


@in_virtual_time
async def test_a_look_gives_way_to_a_saved_request() -> None:
    """A look that hangs ends in the moment of the request, and those of other jobs go on."""
    looks = Looks()
    later(3.0, looks.give_up, JOB)
    async with asyncio.TaskGroup() as both:
        mine = both.create_task(look_for(looks, LONG))
        others = both.create_task(look_for(looks, LONG, OTHER))
    assert (mine.result(), others.result()) == (3.0, LONG)


@in_virtual_time
async def test_later_looks_of_the_same_step() -> None:
    """A step whose job was woken looks at nothing more; the next step looks again."""
    looks = Looks()
    looks.give_up(JOB)
    assert await look_for(looks, LONG) == 0.0
    looks.step_ended(JOB)
    assert await look_for(looks, 5.0) == 5.0


@in_virtual_time
async def test_hints_that_keep_coming_let_the_answer_arrive() -> None:
    """With a hint each second and answers that take three, only the first look of two is given up."""
    looks = Looks()
    for second in range(60):
        later(second + 0.5, looks.give_up_for_hint, JOB, 0.0)
    taken = [await look_for(looks, 3.0) for _ in range(6)]
    assert all(3.0 in pair for pair in itertools.pairwise(taken))
    assert min(taken) < 3.0


@in_virtual_time
async def test_a_hint_that_is_due_later() -> None:
    """A hint that comes too soon gives up the look when it is due, unless the answer is faster."""
    looks = Looks()
    later(1.0, looks.give_up_for_hint, JOB, 0.75)
    assert await look_for(looks, LONG) == pytest.approx(1.75)
    assert await look_for(looks, 0.5) == 0.5
    later(0.25, looks.give_up_for_hint, JOB, 0.75)
    assert await look_for(looks, 0.5) == 0.5
    assert await look_for(looks, LONG) == LONG


@in_virtual_time
async def test_a_request_after_a_hint() -> None:
    """A saved request gives up a look though the one before it was given up for a hint."""
    looks = Looks()
    later(1.0, looks.give_up_for_hint, JOB, 0.0)
    assert await look_for(looks, LONG) == 1.0
    later(1.0, looks.give_up_for_hint, JOB, 0.0)
    later(2.0, looks.give_up, JOB)
    assert await look_for(looks, LONG) == 2.0


@in_virtual_time
async def test_a_request_before_a_hint_that_is_due_later() -> None:
    """The sooner of two ends the look."""
    looks = Looks()
    later(1.0, looks.give_up_for_hint, JOB, 5.0)
    later(2.0, looks.give_up, JOB)
    assert await look_for(looks, LONG) == 2.0


@in_virtual_time
async def test_a_stop_ends_all_looks() -> None:
    """When the process stops no look goes on, and none begins."""
    looks = Looks()
    later(1.0, looks.stop)
    async with asyncio.TaskGroup() as both:
        taken = [both.create_task(look_for(looks, LONG, job_id)) for job_id in (JOB, OTHER)]
    assert [each.result() for each in taken] == [1.0, 1.0]
    assert await look_for(looks, LONG) == 0.0


@in_virtual_time
async def test_errors_of_a_look_are_its_own() -> None:
    """An error of the block, a timeout included, is no look that was given up."""
    looks = Looks()
    with pytest.raises(TimeoutError):
        async with looks.look(JOB), asyncio.timeout(1.0):
            await asyncio.sleep(LONG)
    with pytest.raises(ZeroDivisionError):
        async with looks.look(JOB):
            raise ZeroDivisionError


@pytest.mark.parametrize("is_given_up_too", [False, True])
def test_the_end_of_the_step_itself(is_given_up_too: bool) -> None:
    """A step that is cancelled is cancelled, also where its look is given up in the same moment."""

    @in_virtual_time
    async def run() -> None:
        looks = Looks()
        step = asyncio.create_task(look_for(looks, LONG))
        await asyncio.sleep(1.0)
        if is_given_up_too:
            looks.give_up(JOB)
        step.cancel()
        with pytest.raises(asyncio.CancelledError):
            await step

    run()


@in_virtual_time
async def test_what_is_not_a_look() -> None:
    """Outside of a look a step is not interrupted, nor while it holds what it entered by one."""
    looks, lane = Looks(), Lane(1, reserve=0)
    async with looks.entered(JOB, lane.place("one")):
        looks.give_up(JOB)
        await asyncio.sleep(1.0)
        assert not lane.has_place_for("one")
    assert lane.has_place_for("one")


@in_virtual_time
async def test_a_wait_for_a_place_that_is_given_up() -> None:
    """Who stops waiting for a place takes none, also when the place is given in the same moment."""
    looks, lane = Looks(), Lane(1, reserve=0)

    async def hold() -> None:
        async with lane.place("one"):
            await asyncio.sleep(2.0)

    for moment in (1.0, 2.0):
        holder = asyncio.create_task(hold())
        await asyncio.sleep(0)
        later(moment, looks.give_up, JOB)
        with pytest.raises(LookGivenUp):
            async with looks.entered(JOB, lane.place("two")):
                pytest.fail("it was not entered")
        await holder
        looks.step_ended(JOB)
        assert lane.has_place_for("one")


@in_virtual_time
async def test_what_was_entered_is_left() -> None:
    """What a look has entered is left with the block, whatever ends it."""
    left: list[str] = []

    @asynccontextmanager
    async def files() -> AsyncGenerator[str]:
        try:
            yield "a file"
        finally:
            left.append("left")

    async def fail_with_them() -> None:
        async with Looks().entered(JOB, files()) as entered:
            assert (entered, left) == ("a file", [])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail_with_them()
    assert left == ["left"]
