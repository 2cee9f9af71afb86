"""What a user waits for goes ahead in the line, and the background never stops."""

import asyncio
from contextlib import AsyncExitStack

from db.engines.line import Line


class Worker:
    """Callers who wait in a line of one place, which is taken until `go` is set."""

    def __init__(self) -> None:
        self.line = Line(1)
        self.order: list[str] = []
        self.go = asyncio.Event()
        self.tasks: dict[str, asyncio.Task[None]] = {}

    async def add(self, *names: str, urgent: bool = False) -> None:
        """Have each of these wait, in order."""
        for name in names:
            self.tasks[name] = asyncio.create_task(self._work(name, urgent=urgent), name=name)
            await asyncio.sleep(0)

    async def _work(self, name: str, *, urgent: bool) -> None:
        async with self.line.place(urgent=urgent):
            await self.go.wait()
            self.order.append(name)

    async def all_done(self) -> list[str]:
        """Let them work, and return the order in which they did."""
        self.go.set()
        await asyncio.gather(*self.tasks.values(), return_exceptions=True)
        return self.order


async def test_each_kind_keeps_its_order() -> None:
    """Urgent work comes first, and within its kind the oldest does."""
    worker = Worker()
    await worker.add("first", "a", "b")
    await worker.add("C", "D", urgent=True)
    assert await worker.all_done() == ["first", "C", "D", "a", "b"]


async def test_urgent_work_that_keeps_coming_lets_the_background_through() -> None:
    """Of nine in a row one is of the background, however long the rest of the line is."""
    worker = Worker()
    await worker.add("first")
    await worker.add(*(f"b{number}" for number in range(3)))
    await worker.add(*(f"u{number}" for number in range(100)), urgent=True)
    order = (await worker.all_done())[1:]
    assert [place for place, name in enumerate(order) if name.startswith("b")] == [8, 17, 26]


async def test_who_is_cancelled_leaves_the_line_to_the_others() -> None:
    """A caller that gives up, waiting or with a place just given to it, keeps none."""
    worker = Worker()
    await worker.add("first", "a", "b")
    await worker.add("C", urgent=True)
    worker.tasks["a"].cancel()
    # The place goes to C in the same turn of the event loop in which C is cancelled.
    worker.tasks["first"].cancel()
    await asyncio.sleep(0)
    worker.tasks["C"].cancel()
    assert await worker.all_done() == ["b"]
    async with asyncio.timeout(1), worker.line.place(urgent=False):
        pass


async def test_as_many_places_as_there_are_are_held_at_once() -> None:
    """The place beyond the last is waited for."""
    line = Line(3)
    async with AsyncExitStack() as held:
        for _ in range(3):
            await held.enter_async_context(line.place(urgent=False))
        waiting = asyncio.create_task(line.place(urgent=True).__aenter__())
        await asyncio.sleep(0)
        assert not waiting.done()
    await asyncio.wait_for(waiting, 1)
