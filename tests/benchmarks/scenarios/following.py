"""Following: jobs that go on, looked at every 5 s; also the start with them, and what comes on top."""

import asyncio
import dataclasses
import itertools
import math
import time
from collections.abc import Sequence
from pathlib import Path

from sandbox.modelhunter.script import Script
from tests.benchmarks.bots import NAIVE, OURS, Bot
from tests.benchmarks.rows import (
    NO_GOAL,
    Comparison,
    Goal,
    Row,
    at_most,
    percentile,
    slope,
)
from tests.benchmarks.scale import Scale
from tests.benchmarks.scenarios.whole_jobs import Burst, burst_rows, send_commands
from tests.benchmarks.seeding import seed, task_ids, write_templates
from tests.benchmarks.world import RunningBot, World

INTERVAL = 5.0  # seconds between two looks at a task of that age
BURST = 1000  # commands that come while the most jobs are followed, if these are as many
_FIRST_LOOKS = 90.0  # seconds that the bot has for a look at each
_WARM_UP = 15.0
_AFTER_CHECK = 45.0  # by then the check of a large file is over, which begins 15 s after the start
_WINDOW = 30.0


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """What one bot did while it followed so many jobs."""

    jobs: int
    processor: float  # share of a core
    requests: float  # to the API, for each look that a job is due
    lateness: Sequence[float]  # seconds beyond the interval
    memory: int  # bytes
    first_look: float  # seconds from the start of the process to its first look at a task
    all_looked: float  # to the first look at the last of them
    burst: Burst | None


async def measure(
    world: World,
    bot: Bot,
    database: Path,
    jobs: int,
    *,
    warm_up: float = _WARM_UP,
    burst: int = 0,
    profile: Path | None = None,
) -> Followed:
    """Start the bot on a seeded database, and follow."""
    world.watch.looks.clear()
    world.api.scripts.choose = lambda _task: Script.endless()
    wanted = frozenset(task_ids(jobs))
    async with world.running(bot, database, profile=profile) as running:
        await world.until(lambda: wanted <= world.watch.looks.keys(), _FIRST_LOOKS)
        firsts = [looks[0] for task, looks in world.watch.looks.items() if task in wanted]
        await asyncio.sleep(warm_up)
        found = await _window(world, running, wanted)
        memory = running.memory
        commands = await send_commands(world, burst) if burst else None
    return Followed(
        jobs=jobs,
        processor=found[0],
        requests=found[1],
        lateness=found[2],
        memory=memory,
        first_look=min(firsts, default=math.inf) - running.started_at,
        all_looked=max(firsts) - running.started_at if len(firsts) == jobs else math.inf,
        burst=commands,
    )


async def _window(
    world: World, running: RunningBot, wanted: frozenset[str]
) -> tuple[float, float, list[float]]:
    """Return the share of a core, the requests for each due look, and how late looks were."""
    begun, processor = time.monotonic(), running.processor
    await asyncio.sleep(_WINDOW)
    seconds = time.monotonic() - begun
    requests = len(world.watch.since(begun, "GET", "/tasks"))
    looks = (world.watch.looks.get(task, []) for task in wanted)
    return (
        (running.processor - processor) / seconds,
        requests / (len(wanted) * seconds / INTERVAL),
        [late for times in looks for late in lateness(times, begun, begun + seconds)],
    )


def lateness(times: Sequence[float], begun: float, ended: float) -> list[float]:
    """Return by how much each gap between looks within the window is longer than the interval.

    The gaps to the window's edges count where they are too long already.
    """
    before = [time for time in times if time < begun]
    within = [time for time in times if begun <= time <= ended]
    points = [*before[-1:], *within]
    gaps = [max(0.0, later - earlier - INTERVAL) for earlier, later in itertools.pairwise(points)]
    if not points:
        return [ended - begun - INTERVAL]
    open_gap = ended - points[-1] - INTERVAL
    return [*gaps, open_gap] if open_gap > 0 else gaps


async def rows(world: World, scale: Scale) -> list[Row]:
    """Measure both bots at each count; at the highest one, commands come on top."""
    commands = min(BURST, scale.most)
    templates = await write_templates(world)
    naive: list[Followed] = []
    ours: list[Followed] = []
    for count in scale.counts:
        most = count == scale.most
        for bot, found in ((NAIVE, naive), (OURS, ours)):
            finished = scale.finished if most and bot is OURS else 0
            database = seed(world, templates, bot, count, finished)
            warm_up = _AFTER_CHECK if finished else _WARM_UP
            burst = commands if most else 0
            found.append(await measure(world, bot, database, count, warm_up=warm_up, burst=burst))
            database.unlink()
    found_rows = [row for n, o in zip(naive, ours, strict=True) for row in _rows(n, o, commands)]
    return [
        *found_rows,
        *_growth_rows(naive, ours),
        *_start_rows(naive[-1], ours[-1], scale.finished),
    ]


def _rows(naive: Followed, ours: Followed, commands: int) -> list[Row]:
    cheap = Goal(text="1/30 of naive", is_met=lambda ours, naive: ours <= naive / 30)
    is_most = ours.jobs >= 10_000
    busy = {1000: cheap, 10_000: at_most(10.0, "under 10 %")}.get(ours.jobs, NO_GOAL)
    few = at_most(0.02, "under 0.02") if is_most else NO_GOAL
    soon = at_most(250.0, "under 250 ms") if is_most else NO_GOAL
    both = Comparison(naive, ours, ours.jobs)
    found = [
        both.row("following: processor", lambda it: it.processor * 100, "% of a core", busy),
        both.row("following: requests a look", lambda it: it.requests, goal=few),
        both.row(
            "following: lateness p99", lambda it: percentile(it.lateness, 99) * 1000, "ms", soon
        ),
        both.row("following: memory", lambda it: it.memory / 2**20, "MiB"),
    ]
    if naive.burst is not None and ours.burst is not None:
        found += burst_rows(
            commands, f"commands while {ours.jobs:,} are followed", naive.burst, ours.burst
        )
    return found


def _growth_rows(naive: Sequence[Followed], ours: Sequence[Followed]) -> list[Row]:
    if len(ours) < 2:
        return []

    def growth(found: Sequence[Followed]) -> float:
        low, high = found[-2], found[-1]
        return slope((low.jobs, low.memory), (high.jobs, high.memory)) / 1024

    return [
        Row(
            name=f"memory for each job more, from {ours[-2].jobs:,} on",
            jobs=ours[-1].jobs,
            unit="KiB",
            goal=at_most(4.0, "under 4 KiB"),
            naive=growth(naive),
            ours=growth(ours),
        )
    ]


def _start_rows(naive: Followed, ours: Followed, finished: int) -> list[Row]:
    note = f"ours with {finished:,} finished ones, naive with none"
    name = "start of the process"
    both = Comparison(naive, ours, ours.jobs, note)
    return [
        both.row(f"{name}: first look", lambda it: it.first_look, "s", at_most(2.0, "under 2 s")),
        both.row(
            f"{name}: all looked at", lambda it: it.all_looked, "s", at_most(7.0, "under 7 s")
        ),
    ]
