"""Runs and kills: in one stage the bot is killed again and again, then runs until it has finished."""

import asyncio
import dataclasses
import random
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager

from bot.locales.card_texts import STATES
from db.records import JobState
from sandbox.bot_process import BotProcess
from tests.crash.checks import Violation, check_promises
from tests.crash.kill_points import (
    ANYWHERE,
    CANCEL_KILL_POINTS,
    KILL_POINTS,
    REPLY_KILL_POINTS,
    STARTING,
    STOPPING,
    TRANSCODING_KILL_POINTS,
    UPLOAD_KILL_POINTS,
    Reached,
    anywhere,
)
from tests.crash.random_faults import InjectedFault, RandomFaults
from tests.crash.stage import Stage, open_stage
from tests.crash.stored_jobs import StoredJobs, read_stored_jobs

# Seconds that a named kill point is waited for; without it the bot is killed where it is.
_TIMEOUT = 8.0
# Seconds until everything must be quiet after the last kill, on a busy machine.
_QUIET_TIMEOUT = 240.0
# What a card says whose POST has no known outcome, until it says so.
_SENDING = STATES[JobState.SUBMITTING].title.english
# Seconds by which the clock jumps between two runs: a reply is due then, or every interaction token
# has expired; and, at last, the search for a task has found nothing for long enough.
_LONG_WAIT = 90.0
_TOKENS_EXPIRED = 16 * 60.0
_SEARCH_TIMEOUT = 130.0


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Kill:
    """One kill: where, and which jobs had something left to do."""

    point: str
    open_jobs: frozenset[int]
    faults: Sequence[InjectedFault]  # what else failed in that run


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The result of one stage: its kills, and the promises that were broken."""

    number: int
    kills: Sequence[Kill]
    jobs: int
    violations: Sequence[Violation]
    output: str  # what the bot wrote


def plan_kills(seed: int, kills: int) -> list[str]:
    """Return the kill point of each kill: every other one anywhere, the named ones in turn."""
    randomness = random.Random(seed)
    names = [*KILL_POINTS, STARTING, STOPPING]
    randomness.shuffle(names)
    return [ANYWHERE if number % 2 else names[number // 2 % len(names)] for number in range(kills)]


async def run_stage(
    seed: int,
    number: int,
    kill_points: Sequence[str],
    *,
    on_postgresql: bool = False,
    processes: int = 1,
) -> Outcome:
    """Kill the bot at each of *kill_points*, let it finish, and check the promises."""
    randomness = random.Random(f"{seed}-{number}")
    async with open_stage(randomness, on_postgresql=on_postgresql, processes=processes) as stage:
        kills: list[Kill] = []
        in_doubt: set[int] = set()
        for kill_point in kill_points:
            kill, stored = await _run_and_kill(stage, kill_point, is_first=not kills)
            kills.append(kill)
            in_doubt |= stored.in_doubt
        try:
            await run_to_completion(stage)
        except TimeoutError:
            stuck = [Violation(None, "not quiet after the last start")]
        else:
            stuck = []
        stored = read_stored_jobs(stage.database)
        violations = [*stuck, *await check_promises(stage, stored, in_doubt | stored.in_doubt)]
        return Outcome(
            number=number,
            kills=kills,
            jobs=len(stage.requests),
            violations=violations,
            output=stage.output(),
        )


async def _run_and_kill(
    stage: Stage, kill_point: str, *, is_first: bool
) -> tuple[Kill, StoredJobs]:
    _advance_clock(stage, kill_point)
    identifies = stage.discord.gateway.identifies
    random_faults: RandomFaults | None = None
    bot = await stage.spawn()
    try:
        if kill_point == STARTING and not is_first:
            await asyncio.sleep(stage.randomness.uniform(0.3, 1.5))
            came = STARTING
        else:
            await stage.until_ready(bot, identifies)
            random_faults = RandomFaults(stage)
            came = await _use_until(stage, bot, kill_point)
    finally:
        await bot.kill()
    injected = random_faults.injected() if random_faults else []
    stage.discord.faults.clear()
    stage.api.faults.clear()
    if stage.randomness.random() < 0.3:
        await stage.add_cancel_reactions(offered=False)
    stored = read_stored_jobs(stage.database)
    return Kill(point=came, open_jobs=stored.open_jobs, faults=injected), stored


def _advance_clock(stage: Stage, kill_point: str) -> None:
    chance = stage.randomness.random()
    if kill_point in REPLY_KILL_POINTS or chance < 0.1:
        stage.clock.ahead += _LONG_WAIT
    elif chance < 0.15:
        stage.clock.ahead += _TOKENS_EXPIRED


async def _use_until(stage: Stage, bot: BotProcess, kill_point: str) -> str:
    """Let users make requests until the kill point comes, and return the one that came."""
    is_cancelling = kill_point in CANCEL_KILL_POINTS
    async with KILL_POINTS.get(kill_point, anywhere)(stage) as reached:
        waiting = asyncio.create_task(_reached(reached), name="kill point")
        async with _cancelling(stage, wanted=is_cancelling or stage.randomness.random() < 0.3):
            await asyncio.sleep(0)
            endless = 2 if is_cancelling else int(stage.randomness.random() < 0.3)
            is_big = kill_point in TRANSCODING_KILL_POINTS
            big = 1 if is_big else int(stage.randomness.random() < 0.1)
            hands_in = kill_point in UPLOAD_KILL_POINTS
            pictures = 2 if hands_in else int(stage.randomness.random() < 0.3)
            await stage.ask(
                stage.randomness.randint(3, 5), endless=endless, big=big, pictures=pictures
            )
            has_come = await waiting
            if kill_point == STOPPING:
                stopping = asyncio.create_task(bot.terminate(), name="stopping")
                await asyncio.sleep(stage.randomness.uniform(0.0, 0.4))
                await bot.kill()
                await stopping
                return STOPPING
        await bot.kill()
    return kill_point if has_come else ANYWHERE


async def _reached(reached: Reached) -> bool:
    try:
        async with asyncio.timeout(_TIMEOUT):
            await reached()
    except TimeoutError:
        return False
    return True


@asynccontextmanager
async def _cancelling(stage: Stage, *, wanted: bool) -> AsyncGenerator[None]:
    """Let users react with ❌ to cards of endless tasks while the block runs."""

    async def react() -> None:
        while wanted:
            await asyncio.sleep(0.3)
            await stage.add_cancel_reactions(offered=True)

    reacting = asyncio.create_task(react(), name="users reacting")
    try:
        yield
    finally:
        reacting.cancel()
        await asyncio.gather(reacting, return_exceptions=True)


async def run_to_completion(stage: Stage) -> None:
    """Start the bot and let it finish; while a search still finds nothing, once more, later.

    Raises:
        TimeoutError: It does not finish.
    """
    await _run_until(stage, lambda: read_stored_jobs(stage.database).is_quiet)
    if read_stored_jobs(stage.database).open_jobs:
        stage.clock.ahead += _SEARCH_TIMEOUT
        await _run_until(stage, lambda: _SENDING not in stage.titles())


async def _run_until(stage: Stage, is_so: Callable[[], bool]) -> None:
    identifies = stage.discord.gateway.identifies
    bot = await stage.spawn()
    try:
        await stage.until_ready(bot, identifies)
        async with asyncio.timeout(_QUIET_TIMEOUT):
            while not is_so():
                await asyncio.sleep(0.2)
                await stage.add_cancel_reactions(offered=True)
            await bot.terminate()
    finally:
        await bot.kill()
