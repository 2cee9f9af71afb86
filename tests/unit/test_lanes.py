"""How many do the same thing at once, and whom one key can't keep from it."""

import asyncio
import contextlib

from hypothesis import given
from hypothesis import strategies as st

from bot.lanes import Lane
from tests.virtual_time import in_virtual_time


async def hold(lane: Lane, key: str, seconds: float, began: list[str]) -> None:
    """Hold a place of the lane for so long."""
    async with lane.place(key):
        began.append(key)
        await asyncio.sleep(seconds)


@in_virtual_time
async def test_one_key_leaves_the_reserve_of_a_lane() -> None:
    """One key takes every ordinary place, and others come in at once nevertheless."""
    lane, began = Lane(4, reserve=2), list[str]()
    async with asyncio.TaskGroup() as tasks:
        for _ in range(50):
            tasks.create_task(hold(lane, "a flood", 100, began))
        await asyncio.sleep(1)
        assert began == ["a flood"] * 4
        tasks.create_task(hold(lane, "another", 1, began))
        tasks.create_task(hold(lane, "a third", 1, began))
        tasks.create_task(hold(lane, "a fourth", 1, began))
        await asyncio.sleep(0.5)
        assert began[4:] == ["another", "a third"]
        await asyncio.sleep(1)
        assert began[4:] == ["another", "a third", "a fourth"]
    assert len(began) == 53


@in_virtual_time
async def test_a_lane_serves_first_who_holds_little() -> None:
    """Who has had places comes after those who wait for their first, who are served in order."""
    lane, began = Lane(1, reserve=1), list[str]()
    async with asyncio.TaskGroup() as tasks:
        for key in ("a", "a", "a", "b", "c"):
            tasks.create_task(hold(lane, key, 10, began))
        await asyncio.sleep(1)
        assert began == ["a", "a"]
        await asyncio.sleep(10)
        assert began == ["a", "a", "b", "c"]
    assert began == ["a", "a", "b", "c", "a"]


@given(
    st.lists(
        st.tuples(
            st.sampled_from("abc"), st.integers(0, 20), st.one_of(st.none(), st.integers(1, 25))
        ),
        max_size=40,
    )
)
def test_a_lane_loses_no_place(work: list[tuple[str, int, int | None]]) -> None:
    """Whatever is cancelled, at whatever moment: never too many at once, and nothing is stuck."""
    _see_that_no_place_is_lost(work)


@in_virtual_time
async def _see_that_no_place_is_lost(work: list[tuple[str, int, int | None]]) -> None:
    lane, at_once, most = Lane(3, reserve=2), 0, 0

    async def one(key: str, seconds: int) -> None:
        nonlocal at_once, most
        async with lane.place(key):
            at_once += 1
            most = max(most, at_once)
            try:
                await asyncio.sleep(seconds)
            finally:
                at_once -= 1

    async def cancelled_after(task: asyncio.Task[None], seconds: int) -> None:
        await asyncio.sleep(seconds)
        task.cancel()

    tasks = []
    for key, seconds, cancel in work:
        task = asyncio.create_task(one(key, seconds), name=key)
        tasks.append(task)
        if cancel is not None:
            tasks.append(asyncio.create_task(cancelled_after(task, cancel), name="cancel"))
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.gather(*tasks, return_exceptions=True)
    assert most <= 5
    async with asyncio.timeout(1), contextlib.AsyncExitStack() as stack:
        for _ in range(3):
            await stack.enter_async_context(lane.place("after all that"))


@in_virtual_time
async def test_a_lane_gives_each_key_its_place() -> None:
    """With a reserve for all keys, forty slow ones hold up no other: each has the place of its own."""
    lane, began = Lane(4, reserve=1000, few=1), list[str]()
    async with asyncio.TaskGroup() as tasks:
        for number in range(40):
            for _ in range(40):
                tasks.create_task(hold(lane, f"slow {number}", 100, began))
        await asyncio.sleep(1)
        tasks.create_task(hold(lane, "another", 1, began))
        await asyncio.sleep(0.5)
        assert "another" in began


@in_virtual_time
async def test_a_lane_serves_keys_by_turns() -> None:
    """Who comes after a thousand of another waits for one of them, not for all."""
    lane, began = Lane(1, reserve=0), list[str]()
    async with asyncio.TaskGroup() as tasks:
        for _ in range(1000):
            tasks.create_task(hold(lane, "a flood", 10, began))
        await asyncio.sleep(1)
        tasks.create_task(hold(lane, "another", 10, began))
        await asyncio.sleep(10)
        tasks.create_task(hold(lane, "a third", 10, began))
    assert began.index("another") <= 2
    assert began.index("a third") <= 4
    assert len(began) == 1002


class CountedKey(str):
    """Key that counts how often any such key is looked up."""

    __slots__ = ()
    looked_up = 0

    def __hash__(self) -> int:
        CountedKey.looked_up += 1
        return super().__hash__()

    def __eq__(self, other: object) -> bool:
        return str(self) == str(other)


@in_virtual_time
async def test_a_place_in_a_lane_costs_the_same_however_many_wait() -> None:
    """A release looks at those whom it serves, not at the thousands who wait."""
    lane, began = Lane(8, reserve=8), list[str]()
    async with asyncio.TaskGroup() as tasks:
        for number in range(4000):
            tasks.create_task(hold(lane, CountedKey(number % 2000), 1, began))
        await asyncio.sleep(0.5)
        CountedKey.looked_up = 0
    assert len(began) == 4000
    assert CountedKey.looked_up < 4000 * 40
