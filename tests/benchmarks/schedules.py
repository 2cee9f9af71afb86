"""One heap of due times against a coroutine for each job."""

import asyncio
import random
import time
import tracemalloc
from collections.abc import Callable, Coroutine, Mapping, Sequence

from bot.jobs.due_times import DueTimes
from bot.jobs.worker.batching import BatchPlan
from bot.jobs.worker.scheduler import Scheduler
from bot.jobs.worker.tracker import Tracker
from bot.modelhunter import Task
from tests.benchmarks.comparison import Comparison, Measure
from tests.virtual_time import VirtualLoop, clock

JOBS = 10_000
EVERY = 5.0  # seconds between two looks at a job
SECONDS = 60.0


class CountingTracker(Tracker):
    """Look at jobs that never change, at no cost of its own."""

    def __init__(self) -> None:
        self.looks = 0

    async def step(self, job_id: int, listed: Task | None = None) -> float | None:  # noqa: ARG002
        """Count the look."""
        self.looks += 1
        return EVERY

    async def plan(self, job_ids: Sequence[int]) -> BatchPlan:
        """Let each job need everything."""
        return BatchPlan(api=frozenset(job_ids), listed=frozenset(job_ids))

    async def list_tasks(self, job_ids: Sequence[int]) -> Mapping[int, Task]:  # noqa: ARG002
        """Read no list."""
        return {}


async def one_heap(tracker: CountingTracker) -> None:
    """Look at all jobs as the bot does."""
    randomness = random.Random(1)
    due_times = DueTimes(monotonic=clock, randomness=randomness)
    scheduler = Scheduler(tracker, due_times, monotonic=clock, randomness=randomness)
    async with scheduler.running():
        due_times.schedule_many(range(JOBS))
        await asyncio.sleep(SECONDS)


async def a_coroutine_each(tracker: CountingTracker) -> None:
    """Look at all jobs as most bots do."""
    randomness = random.Random(1)

    async def follow(job_id: int) -> None:
        await asyncio.sleep(randomness.random())
        while True:  # noqa: ASYNC110 - this is the way that is compared with
            await asyncio.sleep(await tracker.step(job_id) or EVERY)

    followers = [asyncio.create_task(follow(job_id)) for job_id in range(JOBS)]
    await asyncio.sleep(SECONDS)
    for follower in followers:
        follower.cancel()
    await asyncio.gather(*followers, return_exceptions=True)


def compare() -> Comparison:
    """Let both look for a virtual minute; what is left of the time is the machine's."""
    ours, theirs = _measure(one_heap), _measure(a_coroutine_each)
    return Comparison(
        title=f"{JOBS} jobs, each looked at every {EVERY:g} s for {SECONDS:g} s",
        ours="one heap",
        theirs="a coroutine each",
        measures=[
            Measure("looks", ours[0], theirs[0]),
            Measure("processor seconds", ours[1], theirs[1]),
            Measure("MiB at most", ours[2], theirs[2]),
        ],
    )


def _measure(
    look: Callable[[CountingTracker], Coroutine[object, object, None]],
) -> tuple[float, float, float]:
    timed, weighed = CountingTracker(), CountingTracker()
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        before = time.process_time()
        runner.run(look(timed))
        seconds = time.process_time() - before
    tracemalloc.start()
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        runner.run(look(weighed))
    peak = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    return float(timed.looks), seconds, peak
