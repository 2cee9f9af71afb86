"""Whole jobs: commands as fast as they come, followed, and all ended at once; also all in one moment."""

import asyncio
import dataclasses
import math
import time
from collections.abc import Sequence
from pathlib import Path

from sandbox.modelhunter.script import Script
from tests.benchmarks.bots import BOTH, NAIVE, OURS, Bot
from tests.benchmarks.discord.seen import Command
from tests.benchmarks.rows import NONE, Comparison, Row, at_most_times_naive, percentile
from tests.benchmarks.scale import Scale
from tests.benchmarks.world import RunningBot, World

PROMPT = "a fox in the snow"
A_SECOND = 200.0  # commands that come in a second
AT_ONCE = 1000  # commands in one moment, at most
_LATEST_ANSWER = 3.0  # seconds after which Discord takes no answer (Receiving and Responding)
_SENT_WITHIN = 120.0  # seconds that the bot has until all commands are sent to the API
_QUIET = 30.0  # seconds without a call to the API after which no command is sent any more
_FOLLOWED = 10.0  # seconds from the last command to the end of all tasks
_DELIVERED_WITHIN = 180.0
_SETTLE = 4.0  # seconds after the last delivery, for what is left to do


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Burst:
    """What became of commands that came within moments."""

    answers: Sequence[float]  # seconds from a command to its answer
    turned_away: int
    all_sent: float  # seconds until all were at the API; infinite: never

    @property
    def late(self) -> int:
        """How many answers came too late for Discord."""
        return sum(answer > _LATEST_ANSWER for answer in self.answers)


async def send_commands(world: World, count: int, *, a_second: float = A_SECOND) -> Burst:
    """Have *count* members use `/video`, and wait until all were sent.

    With an infinite number *a_second* all of them come in one moment, without a pause between two.
    """
    begun = time.monotonic()
    commands = []
    for number in range(count):
        if (pause := begun + number / a_second - time.monotonic()) > 0:
            await asyncio.sleep(pause)
        commands.append(world.discord.use_video(PROMPT))
    await world.until(lambda: _settled(world, begun, commands), _SENT_WITHIN)
    sent = sorted(call.at for call in world.watch.since(begun, "POST"))
    return Burst(
        answers=[c.answered_at - c.sent_at for c in commands if c.answered_at is not None],
        turned_away=count - len(sent),
        all_sent=sent[-1] - begun if len(sent) == count else math.inf,
    )


def _settled(world: World, begun: float, commands: Sequence[Command]) -> bool:
    """Whether each command is answered, and either sent or turned away for good."""
    if any(command.answered_at is None for command in commands):
        return False
    sent = world.watch.since(begun, "POST")
    if len(sent) >= len(commands):
        return True
    last = max([*(call.at for call in sent), *(c.answered_at or 0.0 for c in commands)])
    return time.monotonic() - last > _QUIET


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class WholeJobs:
    """What one bot did with so many jobs."""

    burst: Burst
    processor: float  # seconds a job, from its command to its file, what follows included
    delivered: int
    waits: Sequence[float]  # seconds from the task's end to the file on the card


async def measure(world: World, bot: Bot, count: int, profile: Path | None = None) -> WholeJobs:
    """Take *count* jobs from their commands to their results."""
    world.api.scripts.choose = lambda _task: Script.endless()
    database = world.folder / f"whole-{bot.name}-{count}.db"
    async with world.running(bot, database, profile=profile) as running:
        await asyncio.sleep(2.0)
        return await _take_all(world, running, count)


async def _take_all(world: World, running: RunningBot, count: int) -> WholeJobs:
    before, edits, tasks = running.processor, len(world.discord.rest.edits), set(world.api.tasks)
    burst = await send_commands(world, count)
    await asyncio.sleep(_FOLLOWED)
    ended = time.monotonic()
    end_tasks(world, [task for task in world.api.tasks if task not in tasks])

    def delivered() -> list[float]:
        return [edit.at for edit in world.discord.rest.edits[edits:] if edit.has_file]

    sent = count - burst.turned_away
    await world.until(lambda: len(delivered()) >= sent, _DELIVERED_WITHIN)
    await asyncio.sleep(_SETTLE)
    waits = [at - ended for at in delivered()]
    return WholeJobs(
        burst=burst,
        processor=(running.processor - before) / max(1, len(waits)),
        delivered=len(waits),
        waits=waits,
    )


async def measure_at_once(world: World, bot: Bot, count: int) -> Burst:
    """Have so many commands come in one moment, and see them to the API."""
    world.api.scripts.choose = lambda _task: Script.endless()
    async with world.running(bot, world.folder / f"at-once-{bot.name}-{count}.db"):
        await asyncio.sleep(2.0)
        return await send_commands(world, count, a_second=math.inf)


def end_tasks(world: World, task_ids: Sequence[str], failure: str | None = None) -> None:
    """Have tasks succeed now, or fail with the words *failure*."""
    now = time.time()
    for task_id in task_ids:
        record = world.api.tasks[task_id]
        age = now - record.created_at
        script = Script.quick(age) if failure is None else Script.failing(failure, seconds=age)
        world.api.add(dataclasses.replace(record, script=script))


def burst_rows(count: int, name: str, naive: Burst, ours: Burst) -> list[Row]:
    """Return the rows of commands as fast as they come."""
    no_worse = at_most_times_naive(1.0, "no worse than naive")
    both = Comparison(naive, ours, count)
    return [
        both.row(f"{name}: turned away", lambda it: it.turned_away, goal=NONE),
        both.row(f"{name}: answer p50", lambda it: percentile(it.answers, 50), "s"),
        both.row(f"{name}: answer p99", lambda it: percentile(it.answers, 99), "s", no_worse),
        both.row(f"{name}: all sent", lambda it: it.all_sent, "s", no_worse),
        both.row(f"{name}: answered after 3 s", lambda it: it.late),
    ]


async def rows(world: World, scale: Scale) -> list[Row]:
    """Measure both bots at each count."""
    found = []
    for count in scale.counts:
        naive, ours = await measure(world, NAIVE, count), await measure(world, OURS, count)
        found += burst_rows(count, "commands as fast as they come", naive.burst, ours.burst)
        found += _job_rows(count, naive, ours)
    for count in sorted({min(count, AT_ONCE) for count in scale.counts}):
        first, second = [await measure_at_once(world, bot, count) for bot in BOTH]
        found += burst_rows(count, "commands in one moment", first, second)
    return found


def _job_rows(count: int, naive: WholeJobs, ours: WholeJobs) -> list[Row]:
    twice = at_most_times_naive(2.0, "2 x naive")
    name = "all end at once"
    both = Comparison(naive, ours, count)
    return [
        both.row("processor for a whole job", lambda it: it.processor * 1000, "ms", twice),
        both.row(f"{name}: file on the card p99", lambda it: percentile(it.waits, 99), "s"),
        both.row(f"{name}: not delivered", lambda it: count - it.delivered, goal=NONE),
    ]
