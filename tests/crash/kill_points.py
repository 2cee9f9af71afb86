"""The instants at which the bot is killed: each waits for its own, and tidies up after the death."""

import asyncio
import sqlite3
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from bot.locales.cards import STATES, STATUSES
from db.records import JobState
from sandbox.discord import Call, Hold
from sandbox.discord.calls import is_upload
from sandbox.discord.faults import Moment
from tests.crash.stage import Scene
from tests.crash.transcoders import transcoders

Reached = Callable[[], Awaitable[None]]
Instant = Callable[[Scene], AbstractAsyncContextManager[Reached]]

_ANSWERS = "/interactions/*/callback"
_EDITS = "/webhooks/*/messages/*"
_REACTIONS = "/channels/*/messages/*/reactions/*"
_POSTS = "/*/*"
# Longer than any life: the answer never comes.
_LONG = 30.0
_FOLLOWING = frozenset(said.title for said in STATUSES.values())


@asynccontextmanager
async def anywhere(scene: Scene) -> AsyncGenerator[Reached]:
    """Be at any time in the seconds in which the jobs go from command to result."""

    async def reached() -> None:
        await asyncio.sleep(scene.randomness.uniform(0.0, 4.0))

    yield reached


def discord_call(
    method: str,
    path: str,
    *,
    effect: str,
    wanted: Callable[[Call], bool] = lambda _: True,
) -> Instant:
    """Be amid a call to Discord whose effect is "never", "late" (after the death) or "unseen".

    "unseen" has had its effect, and its answer does not come.
    """

    @asynccontextmanager
    async def instant(scene: Scene) -> AsyncGenerator[Reached]:
        at: Moment = "after" if effect == "unseen" else "before"
        held: list[Hold] = []

        async def reached() -> None:
            hold = scene.discord.faults.hold(method, path, at=at, wanted=wanted)
            held.append(hold)
            await hold.reached.wait()

        yield reached
        if effect == "late":
            for hold in held:
                hold.release()
        else:
            scene.held.extend(held)

    return instant


def api_call(method: str, path: str, *, effect: bool) -> Instant:
    """Be amid a call to the API that has had its effect, or never has one."""

    @asynccontextmanager
    async def instant(scene: Scene) -> AsyncGenerator[Reached]:
        fault = scene.api.faults.add(method, path, delay=_LONG, cut=None if effect else "before")

        async def reached() -> None:
            await scene.until(lambda: fault.injected > 0)
            await _a_moment(scene)

        yield reached

    return instant


@asynccontextmanager
async def task_id_not_stored(scene: Scene) -> AsyncGenerator[Reached]:
    """Be where the task's id has come and the database has not taken it yet."""
    fault = scene.api.faults.add("POST", _POSTS, delay=0.3)
    posts = len(scene.api.calls("POST", _POSTS))
    database = _connect(scene)

    async def reached() -> None:
        await scene.until(lambda: fault.injected > 0)
        database.execute("BEGIN IMMEDIATE")
        await scene.until(lambda: len(scene.api.calls("POST", _POSTS)) > posts)
        await asyncio.sleep(0.1)

    try:
        yield reached
    finally:
        database.close()


@asynccontextmanager
async def row_not_written(scene: Scene) -> AsyncGenerator[Reached]:
    """Be where commands have come and the database has not taken their rows yet."""
    database = _connect(scene)
    database.execute("BEGIN IMMEDIATE")

    async def reached() -> None:
        await asyncio.sleep(0.2)

    try:
        yield reached
    finally:
        database.close()


@asynccontextmanager
async def card_not_noted(scene: Scene) -> AsyncGenerator[Reached]:
    """Be where Discord has acknowledged a card and the database does not know it yet."""
    before = len(_answered(scene))

    async def reached() -> None:
        await scene.until(lambda: len(_answered(scene)) > before)

    yield reached


@asynccontextmanager
async def transcoding(scene: Scene) -> AsyncGenerator[Reached]:
    """Be where a result is being made smaller, by a process of its own."""

    async def reached() -> None:
        await scene.until(lambda: bool(transcoders([it.job_id for it in scene.asked])))
        await _a_moment(scene)

    yield reached


def card_says(*titles: str) -> Instant:
    """Be where some card says one of these."""

    @asynccontextmanager
    async def instant(scene: Scene) -> AsyncGenerator[Reached]:
        async def reached() -> None:
            await scene.until(lambda: not set(titles).isdisjoint(scene.titles()))
            await _a_moment(scene)

        yield reached

    return instant


def _answered(scene: Scene) -> list[Call]:
    return [call for call in scene.discord.calls_to("POST", _ANSWERS) if call.status == 200]


def _connect(scene: Scene) -> sqlite3.Connection:
    return sqlite3.connect(scene.database, isolation_level=None, timeout=5)


async def _a_moment(scene: Scene) -> None:
    await asyncio.sleep(scene.randomness.uniform(0.0, 0.2))


def _has_no_upload(call: Call) -> bool:
    return not is_upload(call)


# The instants that need what happens before the bot is connected, or by a signal, are in `lives`.
STARTING = "while starting"
STOPPING = "while stopping (SIGTERM first)"
CANCELLED_INSTANTS: Mapping[str, Instant] = {
    "cancel: DELETE on its way, never arrives": api_call("DELETE", "/tasks/*", effect=False),
    "cancel: DELETE carried out, not answered": api_call("DELETE", "/tasks/*", effect=True),
}
BIG_INSTANTS: Mapping[str, Instant] = {"transcoding the result": transcoding}
PINGED_INSTANTS: Mapping[str, Instant] = {
    "closing: reply sent, not acknowledged": discord_call(
        "POST", "/channels/*/messages", effect="unseen"
    ),
}
NAMED: Mapping[str, Instant] = {
    "command received, row not written": row_not_written,
    "row written, card never arrives": discord_call("POST", _ANSWERS, effect="never"),
    "row written, card arrives after the death": discord_call("POST", _ANSWERS, effect="late"),
    "card shown, not acknowledged": discord_call("POST", _ANSWERS, effect="unseen"),
    "card acknowledged, not noted": card_not_noted,
    "❌ on its way": discord_call("PUT", _REACTIONS, effect="late"),
    "POST on its way, never arrives": api_call("POST", _POSTS, effect=False),
    "POST taken, not answered": api_call("POST", _POSTS, effect=True),
    "POST answered, task id not stored": task_id_not_stored,
    "following: card shows the status": card_says(*_FOLLOWING),
    "following: question on its way": api_call("GET", "/tasks*", effect=True),
    "progress edit on its way, never arrives": discord_call(
        "PATCH", _EDITS, effect="never", wanted=_has_no_upload
    ),
    "progress edit arrives after the death": discord_call(
        "PATCH", _EDITS, effect="late", wanted=_has_no_upload
    ),
    "progress edit shown, not acknowledged": discord_call(
        "PATCH", _EDITS, effect="unseen", wanted=_has_no_upload
    ),
    "delivering: card says so": card_says(STATES[JobState.DELIVERING].title),
    "downloading the result": api_call("GET", "/results/*", effect=True),
    "uploading, never arrives": discord_call("PATCH", _EDITS, effect="never", wanted=is_upload),
    "uploading, arrives after the death": discord_call(
        "PATCH", _EDITS, effect="late", wanted=is_upload
    ),
    "result shown, not acknowledged": discord_call(
        "PATCH", _EDITS, effect="unseen", wanted=is_upload
    ),
    "closing: ❌ not yet taken off": discord_call("DELETE", _REACTIONS, effect="never"),
    "closing: ❌ taken off, not acknowledged": discord_call("DELETE", _REACTIONS, effect="unseen"),
    "ending on the card": card_says(
        STATES[JobState.DELIVERED].title, STATES[JobState.FAILED].title
    ),
    **CANCELLED_INSTANTS,
    **BIG_INSTANTS,
    **PINGED_INSTANTS,
}
ANYWHERE = "any instant"
