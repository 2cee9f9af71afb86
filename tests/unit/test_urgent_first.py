"""When work that can wait gives way to answers."""

import asyncio
import functools

import pytest

from bot.urgent_first import UrgentFirst


class _Loop:
    """An event loop that is so many seconds late at each look."""

    def __init__(self, late: float) -> None:
        self.now = 0.0
        self.late = late
        self.looks = 0
        self.answers = UrgentFirst(monotonic=lambda: self.now, sleep=self.sleep)

    async def sleep(self, seconds: float) -> None:
        """Sleep, and wake up late."""
        self.now += seconds + self.late
        self.looks += 1
        await asyncio.sleep(0)


@pytest.mark.parametrize("late", [0.0, 0.1])
async def test_work_goes_on_at_once_while_no_answer_is_awaited(late: float) -> None:
    """Nothing is paid for when there is nothing to give way to."""
    loop = _Loop(late)
    await loop.answers.give_way()
    assert loop.looks == 0


async def test_work_gives_way_on_a_busy_loop_until_all_answers_are_given() -> None:
    """Then it goes on, though the loop is busy."""
    loop, given = _Loop(late=0.1), [False, False, False]
    for number in range(3):
        loop.answers.expect(functools.partial(given.__getitem__, number))
    work = asyncio.create_task(loop.answers.give_way())
    for number in (1, 0):
        given[number] = True
        await asyncio.sleep(0)
        assert not work.done()
    given[2] = True
    await work
    assert loop.now < 1.0


async def test_work_does_not_give_way_to_an_answer_that_waits_for_discord() -> None:
    """The loop has time for it."""
    loop = _Loop(late=0.0)
    loop.answers.expect(lambda: False)
    await loop.answers.give_way()
    assert loop.looks == 1


@pytest.mark.parametrize("longest", [2.0, 10.0])
async def test_work_gives_way_for_the_longest_time_at_the_most(longest: float) -> None:
    """A crowd of commands that never ends holds up no job for ever."""
    loop = _Loop(late=0.1)

    def is_given() -> bool:
        return False

    loop.answers.expect(is_given)
    sleep = loop.sleep

    async def sleep_and_be_asked(seconds: float) -> None:
        await sleep(seconds)
        loop.answers.expect(is_given)

    answers = UrgentFirst(monotonic=lambda: loop.now, sleep=sleep_and_be_asked, longest=longest)
    loop.answers = answers
    answers.expect(is_given)
    await answers.give_way()
    assert longest <= loop.now < longest + 0.2


@pytest.mark.parametrize("awaited_for", [3.0, 10.0])
async def test_what_comes_too_late_is_not_awaited(awaited_for: float) -> None:
    """Of an answer: its user has been told that the application did not respond."""
    loop = _Loop(late=0.1)
    loop.answers = UrgentFirst(
        monotonic=lambda: loop.now, sleep=loop.sleep, longest=0.1, awaited_for=awaited_for
    )
    loop.answers.expect(lambda: False)
    loop.now += awaited_for - 0.01
    await loop.answers.give_way()
    assert loop.looks == 1
    loop.now = awaited_for
    await loop.answers.give_way()
    assert loop.looks == 1


async def test_those_who_give_way_go_on_in_order_and_wait_together() -> None:
    """None overtakes another, and a crowd waits no longer than one."""
    loop, given = _Loop(late=0.1), [False]
    loop.answers.expect(lambda: given[0])
    went_on: list[int] = []

    async def work(number: int) -> None:
        await loop.answers.give_way()
        went_on.append(number)

    async with asyncio.TaskGroup() as group:
        for number in range(50):
            group.create_task(work(number))
    assert went_on == list(range(50))
    assert loop.now < 3.0


async def test_a_crowd_goes_on_at_one_look_while_the_loop_has_time() -> None:
    """An answer that waits for Discord does not make the others wait in turn."""
    loop = _Loop(late=0.0)
    loop.answers.expect(lambda: False)
    async with asyncio.TaskGroup() as group:
        for _ in range(50):
            group.create_task(loop.answers.give_way())
    assert loop.looks == 1


async def test_what_gives_way_to_creates_gives_way_to_answers_first() -> None:
    """Answers go before creates, and both before progress."""
    loop, given, sent = _Loop(late=0.1), [False], [False]
    loop.answers.expect(lambda: given[0])
    creates = UrgentFirst(monotonic=lambda: loop.now, sleep=loop.sleep, before=loop.answers)
    creates.expect(lambda: sent[0])
    progress = asyncio.create_task(creates.give_way())
    for awaited in (given, sent):
        for _ in range(3):
            await asyncio.sleep(0)
        assert not progress.done()
        awaited[0] = True
    await progress
    assert loop.now < 2.0
