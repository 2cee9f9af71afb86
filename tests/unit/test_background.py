"""Background work: repeated, not ended by an error, and ended by its owner."""

import asyncio

import pytest

from bot.background import PAUSE_AFTER_ERROR, in_background, repeat_forever
from tests.virtual_time import in_virtual_time


class Turns:
    """A turn that notes when it was taken and returns or raises what a test sets."""

    def __init__(self, *results: float | Exception) -> None:
        self.results = list(results)
        self.times: list[float] = []

    async def take(self) -> float:
        """Note the time in seconds since the start of the loop."""
        self.times.append(asyncio.get_running_loop().time())
        result = self.results.pop(0) if self.results else 1000.0
        if isinstance(result, Exception):
            raise result
        return result


@in_virtual_time
async def test_a_turn_says_when_the_next_one_comes() -> None:
    """The seconds that a turn returns pass before the next one."""
    turns = Turns(3.0, 0.5)
    async with in_background(repeat_forever(turns.take), name="work"):
        await asyncio.sleep(100)
    assert turns.times == [0.0, 3.0, 3.5]


def test_a_turn_that_fails_does_not_end_the_background_work(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """An error is logged under the work's name, and the next turn comes after the usual pause."""
    _see_that_a_failed_turn_is_followed_by_the_next()
    (record,) = caplog.records
    assert record.getMessage() == "work failed and goes on"
    assert record.exc_info is not None


@in_virtual_time
async def _see_that_a_failed_turn_is_followed_by_the_next() -> None:
    turns = Turns(RuntimeError("no"), 2.0)
    async with in_background(repeat_forever(turns.take), name="work"):
        await asyncio.sleep(100)
    assert turns.times == [0.0, PAUSE_AFTER_ERROR, PAUSE_AFTER_ERROR + 2.0]


@in_virtual_time
async def test_the_pause_after_an_error_is_the_owners() -> None:
    """An owner may choose another pause."""
    turns = Turns(RuntimeError("no"), RuntimeError("no"))
    work = repeat_forever(turns.take, pause_after_error=0.25)
    async with in_background(work, name="work"):
        await asyncio.sleep(100)
    assert turns.times == [0.0, 0.25, 0.5]


@in_virtual_time
async def test_background_work_has_ended_when_its_block_is_left() -> None:
    """The work is cancelled, and what it does at its end is waited for."""
    ended: list[float] = []

    async def work() -> None:
        try:
            await asyncio.sleep(1000)
        finally:
            await asyncio.sleep(5)
            ended.append(asyncio.get_running_loop().time())

    async with in_background(work(), name="work"):
        await asyncio.sleep(1)
        (task,) = (task for task in asyncio.all_tasks() if task.get_name() == "work")
    assert task.cancelled()
    assert ended == [6.0]
