"""One world: the bot lives and is killed again and again, then lives on until all is quiet."""

import asyncio
import dataclasses
import random
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager

from bot.locales.cards import STATES
from db.records import JobState
from sandbox.bot_process import BotProcess
from tests.crash.checks import Violation, judge
from tests.crash.kill_points import (
    ANYWHERE,
    BIG_INSTANTS,
    CANCELLED_INSTANTS,
    NAMED,
    PINGED_INSTANTS,
    STARTING,
    STOPPING,
    Reached,
    anywhere,
)
from tests.crash.random_faults import Strike, Weather
from tests.crash.stage import Scene, open_scene
from tests.crash.stored_jobs import Books, read_books

# Seconds that a named instant is waited for; one that does not come becomes any instant.
_TIMEOUT = 8.0
# Seconds until everything must be quiet after the last kill, on a busy machine.
_QUIET = 240.0
# What a card says whose POST has no known outcome, until it says so.
_SENDING = STATES[JobState.SUBMITTING].title
# Seconds by which the clock jumps between two lives: a reply is due then, or every interaction
# token has died; and, at last, the search for a task has been in vain for long enough.
_LONG_WAIT = 90.0
_TOKENS_DEAD = 16 * 60.0
_SEARCHED_ENOUGH = 130.0


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Kill:
    """One death: where, and which jobs had something left to do."""

    instant: str
    open_jobs: frozenset[int]
    strikes: Sequence[Strike]  # what else went wrong in that life


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a world."""

    number: int
    kills: Sequence[Kill]
    jobs: int
    violations: Sequence[Violation]
    words: str  # what the bot wrote


def plan(seed: int, kills: int) -> list[str]:
    """Return at which instant each kill happens: half of them anywhere, the named ones in turn."""
    randomness = random.Random(seed)
    names = [*NAMED, STARTING, STOPPING]
    randomness.shuffle(names)
    return [ANYWHERE if number % 2 else names[number // 2 % len(names)] for number in range(kills)]


async def run_world(seed: int, number: int, instants: Sequence[str]) -> Outcome:
    """Kill the bot at each of *instants*, let it finish, and judge."""
    async with open_scene(random.Random(f"{seed}-{number}")) as scene:
        kills: list[Kill] = []
        doubtful: set[int] = set()
        for instant in instants:
            kill, books = await _live_and_die(scene, instant, is_first=not kills)
            kills.append(kill)
            doubtful |= books.doubtful
        try:
            await live_on(scene)
        except TimeoutError:
            stuck = [Violation(None, "not quiet after the last start")]
        else:
            stuck = []
        books = read_books(scene.database)
        violations = [*stuck, *await judge(scene, books, doubtful | books.doubtful)]
        return Outcome(
            number=number,
            kills=kills,
            jobs=len(scene.asked),
            violations=violations,
            words=scene.words(),
        )


async def _live_and_die(scene: Scene, instant: str, *, is_first: bool) -> tuple[Kill, Books]:
    _let_time_pass(scene, instant)
    identifies = scene.discord.gateway.identifies
    weather: Weather | None = None
    bot = await scene.spawn()
    try:
        if instant == STARTING and not is_first:
            await asyncio.sleep(scene.randomness.uniform(0.3, 1.5))
            came = STARTING
        else:
            await scene.until_ready(bot, identifies)
            weather = Weather(scene)
            came = await _work_until(scene, bot, instant)
    finally:
        await bot.kill()
    strikes = weather.strikes() if weather else []
    scene.discord.faults.clear()
    scene.api.faults.clear()
    if scene.randomness.random() < 0.3:
        await scene.tap_cancel(offered=False)
    books = read_books(scene.database)
    return Kill(instant=came, open_jobs=books.open_jobs, strikes=strikes), books


def _let_time_pass(scene: Scene, instant: str) -> None:
    chance = scene.randomness.random()
    if instant in PINGED_INSTANTS or chance < 0.1:
        scene.clock.ahead += _LONG_WAIT
    elif chance < 0.15:
        scene.clock.ahead += _TOKENS_DEAD


async def _work_until(scene: Scene, bot: BotProcess, instant: str) -> str:
    """Have people use the bot until the instant comes, and return the instant that came."""
    is_cancelling = instant in CANCELLED_INSTANTS
    async with NAMED.get(instant, anywhere)(scene) as reached:
        waiting = asyncio.create_task(_reached(reached), name="instant")
        async with _tapping(scene, wanted=is_cancelling or scene.randomness.random() < 0.3):
            await asyncio.sleep(0)
            endless = 2 if is_cancelling else int(scene.randomness.random() < 0.3)
            big = 1 if instant in BIG_INSTANTS else int(scene.randomness.random() < 0.1)
            await scene.ask(scene.randomness.randint(3, 5), endless=endless, big=big)
            has_come = await waiting
            if instant == STOPPING:
                stopping = asyncio.create_task(bot.terminate(), name="stopping")
                await asyncio.sleep(scene.randomness.uniform(0.0, 0.4))
                await bot.kill()
                await stopping
                return STOPPING
        await bot.kill()
    return instant if has_come else ANYWHERE


async def _reached(reached: Reached) -> bool:
    try:
        async with asyncio.timeout(_TIMEOUT):
            await reached()
    except TimeoutError:
        return False
    return True


@asynccontextmanager
async def _tapping(scene: Scene, *, wanted: bool) -> AsyncGenerator[None]:
    """Have people tap ❌ under what never ends, while the block runs."""

    async def tap() -> None:
        while wanted:
            await asyncio.sleep(0.3)
            await scene.tap_cancel(offered=True)

    tapping = asyncio.create_task(tap(), name="people tapping")
    try:
        yield
    finally:
        tapping.cancel()
        await asyncio.gather(tapping, return_exceptions=True)


async def live_on(scene: Scene) -> None:
    """Start the bot and let it finish; where a search goes on in vain, once more, later.

    Raises:
        TimeoutError: It does not finish.
    """
    await _live_until(scene, lambda: read_books(scene.database).is_quiet)
    if read_books(scene.database).open_jobs:
        scene.clock.ahead += _SEARCHED_ENOUGH
        await _live_until(scene, lambda: _SENDING not in scene.titles())


async def _live_until(scene: Scene, is_so: Callable[[], bool]) -> None:
    identifies = scene.discord.gateway.identifies
    bot = await scene.spawn()
    try:
        await scene.until_ready(bot, identifies)
        async with asyncio.timeout(_QUIET):
            while not is_so():
                await asyncio.sleep(0.2)
                await scene.tap_cancel(offered=True)
            await bot.terminate()
    finally:
        await bot.kill()
