"""Hung questions: what leaves while the API takes hundreds of GETs and answers none."""

import asyncio
import dataclasses
import math
import time
from collections.abc import Callable

from aiohttp import web

from sandbox.modelhunter.script import Script
from tests.benchmarks.bots import NAIVE, OURS, Bot
from tests.benchmarks.discord.seen import Command
from tests.benchmarks.rows import Row, at_most
from tests.benchmarks.scenarios.whole_jobs import PROMPT
from tests.benchmarks.world import World

HUNG = 300
_READ_TIMEOUT = 30.0  # seconds that a measured call has
_HANG = 20.0  # seconds from the first hung GET to what is measured
_SENT_WITHIN = 120.0
_REFUSAL = "refused while questions hang"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """Seconds until each left, after what asked for it; infinite: it did not."""

    post: float
    cancel: float
    ending: float


async def measure(world: World, bot: Bot, hung: int = HUNG) -> Leaving:
    """Follow jobs whose questions hang, then ask for what must not wait for them."""
    world.api.scripts.choose = lambda _task: Script.endless()
    database = world.folder / f"hung-{bot.name}.db"
    async with world.running(bot, database):
        await asyncio.sleep(1.0)
        commands = await _follow(world, hung)
        world.watch.hangs = _is_question
        try:
            await asyncio.sleep(_HANG)
            return await _measure_leaving(world, commands)
        finally:
            world.watch.release()
            world.api.faults.clear()


async def _follow(world: World, hung: int) -> list[Command]:
    """Have so many jobs followed, each user's at its own time."""
    begun = time.monotonic()
    commands = []
    for _ in range(hung):
        commands.append(world.discord.use_video(PROMPT))
        await asyncio.sleep(0.05)
    await world.until(lambda: len(world.watch.since(begun, "POST")) >= hung, _SENT_WITHIN)
    await asyncio.sleep(5.0)
    return commands


async def _measure_leaving(world: World, commands: list[Command]) -> Leaving:
    begun = time.monotonic()
    world.discord.use_video(PROMPT)
    post = await _seconds(world, begun, lambda: bool(world.watch.since(begun, "POST")))

    begun = time.monotonic()
    card = next(command for command in commands if command.message_id is not None)
    world.discord.press_cancel(card.message_id or 0, card.channel, card.user)
    cancel = await _seconds(world, begun, lambda: bool(world.watch.since(begun, "DELETE")))

    world.api.faults.add(
        "POST", "/*/text-to-video", status=400, code="INVALID_PARAMETER", message=_REFUSAL
    )
    begun = time.monotonic()
    asked = world.discord.use_video(PROMPT)
    ending = await _seconds(world, begun, lambda: _is_edited(world, asked, begun))
    return Leaving(post=post, cancel=cancel, ending=ending)


def _is_edited(world: World, asked: Command, begun: float) -> bool:
    return any(
        edit.message_id == asked.message_id and edit.at >= begun
        for edit in world.discord.rest.edits
    )


async def _seconds(world: World, begun: float, is_so: Callable[[], bool]) -> float:
    found = await world.until(is_so, _READ_TIMEOUT)
    return time.monotonic() - begun if found else math.inf


def _is_question(request: web.Request) -> bool:
    return request.method == "GET" and "/tasks" in request.path


async def rows(world: World) -> list[Row]:
    """Measure both bots."""
    naive, ours = await measure(world, NAIVE), await measure(world, OURS)
    within = at_most(1.0, "within 1 s")
    return [
        Row(
            name=f"{HUNG} hung GETs: {what}",
            jobs=HUNG,
            unit="s",
            goal=within,
            naive=getattr(naive, field),
            ours=getattr(ours, field),
        )
        for field, what in (
            ("post", "command to POST"),
            ("cancel", "❌ to DELETE"),
            ("ending", "command to refusal on the card"),
        )
    ]
