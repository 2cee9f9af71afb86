"""How many requests a second are sent, and which go first."""

import asyncio
import itertools

from hypothesis import given
from hypothesis import strategies as st

from bot.modelhunter import RequestPace, Urgency
from tests.virtual_time import START, clock, in_virtual_time

Sent = list[tuple[Urgency, float]]


async def send(pace: RequestPace, urgency: Urgency, sent: Sent) -> None:
    """Send a request when it may be sent."""
    await pace.wait(urgency)
    sent.append((urgency, clock() - START))


async def empty(pace: RequestPace) -> None:
    """Use up the tokens of the pause before, and those that endings may take in advance."""
    for _ in range(100):
        await pace.wait(Urgency.ENDING)


@in_virtual_time
async def test_requests_of_a_minute() -> None:
    """In a minute as many are sent as the rate allows, beside those of the pause before it."""
    pace, sent = RequestPace(10, monotonic=clock), Sent()
    async with asyncio.TaskGroup() as tasks:
        waiting = [tasks.create_task(send(pace, Urgency.QUESTION, sent)) for _ in range(1000)]
        await asyncio.sleep(60)
        assert 640 <= len(sent) <= 650
        assert len([at for _, at in sent if at == 0]) == 50
        for task in waiting:
            task.cancel()


@in_virtual_time
async def test_creates_and_cancels_never_wait() -> None:
    """What must not wait takes tokens that are yet to come, of two seconds at most."""
    pace, sent = RequestPace(10, monotonic=clock), Sent()
    for _ in range(1000):
        pace.spend()
    await send(pace, Urgency.QUESTION, sent)
    assert 2.0 < sent[0][1] < 2.2


@in_virtual_time
async def test_what_a_user_waits_for_goes_first() -> None:
    """A user's question passes a hundred others, and endings pass questions, which pass searches."""
    pace, sent = RequestPace(10, monotonic=clock), Sent()
    await empty(pace)
    async with asyncio.TaskGroup() as tasks:
        for urgency in (Urgency.SEARCH, Urgency.QUESTION, Urgency.ENDING):
            for _ in range(100):
                tasks.create_task(send(pace, urgency, sent))
        await asyncio.sleep(0.55)
        tasks.create_task(send(pace, Urgency.USER, sent))
        await asyncio.sleep(0.02)
        assert sent[-1][0] is Urgency.USER
    order = [urgency for urgency, _ in sent]
    assert order[:4] == [Urgency.ENDING] * 4
    assert order.index(Urgency.SEARCH) < 20


@in_virtual_time
async def test_many_endings_at_once_wait_for_no_turn() -> None:
    """A hundred tasks that end together are asked about at once, and questions make up for it."""
    pace, sent = RequestPace(10, monotonic=clock), Sent()
    async with asyncio.TaskGroup() as tasks:
        for urgency in (Urgency.ENDING, Urgency.QUESTION):
            for _ in range(100):
                tasks.create_task(send(pace, urgency, sent))
    assert [at for urgency, at in sent if urgency is Urgency.ENDING] == [0.0] * 100
    assert 14.9 < sent[-1][1] < 15.2  # as many a second as before, on the whole


@in_virtual_time
async def test_a_user_waits_for_no_burst_of_endings() -> None:
    """What endings may take in advance leaves a second's worth for buttons."""
    pace, sent = RequestPace(10, monotonic=clock), Sent()
    await empty(pace)
    async with asyncio.TaskGroup() as tasks:
        for urgency in (Urgency.QUESTION, Urgency.ENDING, Urgency.USER):
            tasks.create_task(send(pace, urgency, sent))
    assert sent[0] == (Urgency.USER, 0.0)
    assert [urgency for urgency, _ in sent[1:]] == [Urgency.ENDING, Urgency.QUESTION]


@in_virtual_time
async def test_a_create_in_debt_gives_no_token_back() -> None:
    """Creates take tokens down to their own limit, and leave a deeper debt as it is."""
    pace, sent = RequestPace(10, monotonic=clock), Sent()
    await empty(pace)
    pace.spend()
    await send(pace, Urgency.QUESTION, sent)
    assert 5.0 < sent[0][1] < 5.3


@in_virtual_time
async def test_endings_without_end_hold_up_no_question_and_are_not_held_up() -> None:
    """A question that was passed over goes in between, on the terms of those who passed it."""
    pace, sent = RequestPace(10, monotonic=clock), Sent()
    await empty(pace)
    async with asyncio.TaskGroup() as tasks:
        for _ in range(200):
            tasks.create_task(send(pace, Urgency.ENDING, sent))
        tasks.create_task(send(pace, Urgency.QUESTION, sent))
        await asyncio.sleep(30)
    gaps = [b - a for (_, a), (_, b) in itertools.pairwise(sent)]
    assert max(gaps) < 0.11
    assert [urgency for urgency, _ in sent].index(Urgency.QUESTION) == 4


@given(st.lists(st.tuples(st.sampled_from(Urgency), st.integers(0, 30), st.booleans())))
def test_no_request_waits_for_ever(asked: list[tuple[Urgency, int, bool]]) -> None:
    """Whatever is asked and given up, all else is sent, and never more than the rate allows."""
    _see_that_all_are_sent(asked)


@in_virtual_time
async def _see_that_all_are_sent(asked: list[tuple[Urgency, int, bool]]) -> None:
    pace, sent = RequestPace(2, monotonic=clock), Sent()

    async def later(urgency: Urgency, tenths: int, is_given_up: bool) -> None:
        await asyncio.sleep(tenths / 10)
        if not is_given_up:
            return await send(pace, urgency, sent)
        try:
            async with asyncio.timeout(0.7):
                await send(pace, urgency, Sent())
        except TimeoutError:
            return None

    async with asyncio.TaskGroup() as tasks:
        for each in asked:
            tasks.create_task(later(*each))
    assert len(sent) == len([each for each in asked if not each[2]])
    assert all(index <= 10 + 2 * (at + 6) + 1 for index, (_, at) in enumerate(sent))
