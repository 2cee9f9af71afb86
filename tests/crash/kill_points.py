"""Kill points: the moments at which the bot is killed. Each waits for its own, and cleans up afterwards."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from bot.locales.card_texts import STATES, STATUSES
from db.records import JobState
from sandbox.discord import Call, Hold
from sandbox.discord.calls import is_upload
from sandbox.discord.faults import Moment
from tests.crash.database_locks import open_lock
from tests.crash.stage import Stage
from tests.crash.transcoders import transcoders

Reached = Callable[[], Awaitable[None]]
KillPoint = Callable[[Stage], AbstractAsyncContextManager[Reached]]

_ANSWERS = "/interactions/*/callback"
_EDITS = "/webhooks/*/messages/*"
_REACTIONS = "/channels/*/messages/*/reactions/*"
_POSTS = "/*/*-to-*"
# Seconds; longer than any run, so that the answer never comes.
_LONG = 30.0
_FOLLOWING = frozenset(said.title.english for said in STATUSES.values())


@asynccontextmanager
async def anywhere(stage: Stage) -> AsyncGenerator[Reached]:
    """Kill at any time in the seconds in which the jobs go from command to result."""

    async def reached() -> None:
        await asyncio.sleep(stage.randomness.uniform(0.0, 4.0))

    yield reached


def discord_call(
    method: str,
    path: str,
    *,
    effect: str,
    wanted: Callable[[Call], bool] = lambda _: True,
) -> KillPoint:
    """Kill amid a call to Discord whose effect is "never", "late" (after the kill) or "unseen".

    "unseen" has had its effect, and its answer does not come.
    """

    @asynccontextmanager
    async def kill_point(stage: Stage) -> AsyncGenerator[Reached]:
        at: Moment = "after" if effect == "unseen" else "before"
        held: list[Hold] = []

        async def reached() -> None:
            hold = stage.discord.faults.hold(method, path, at=at, wanted=wanted)
            held.append(hold)
            await hold.reached.wait()

        yield reached
        if effect == "late":
            for hold in held:
                hold.release()
        else:
            stage.held.extend(held)

    return kill_point


def api_call(method: str, path: str, *, effect: bool) -> KillPoint:
    """Kill amid a call to the API that has had its effect, or never has one."""

    @asynccontextmanager
    async def kill_point(stage: Stage) -> AsyncGenerator[Reached]:
        fault = stage.api.faults.add(method, path, delay=_LONG, cut=None if effect else "before")

        async def reached() -> None:
            await stage.until(lambda: fault.injected > 0)
            await _pause(stage)

        yield reached

    return kill_point


@asynccontextmanager
async def task_id_not_stored(stage: Stage) -> AsyncGenerator[Reached]:
    """Kill where the task's id has come and is not stored yet, because the database is locked."""
    fault = stage.api.faults.add("POST", _POSTS, delay=0.3)
    posts = len(stage.api.calls("POST", _POSTS))
    lock = await open_lock(stage.database)

    async def reached() -> None:
        await stage.until(lambda: fault.injected > 0)
        await lock.take()
        await stage.until(lambda: len(stage.api.calls("POST", _POSTS)) > posts)
        await asyncio.sleep(0.1)

    try:
        yield reached
    finally:
        await lock.close()


@asynccontextmanager
async def row_not_written(stage: Stage) -> AsyncGenerator[Reached]:
    """Kill where commands have come and their rows are not stored yet, because the database is locked."""
    lock = await open_lock(stage.database)
    await lock.take()

    async def reached() -> None:
        await asyncio.sleep(0.2)

    try:
        yield reached
    finally:
        await lock.close()


@asynccontextmanager
async def card_not_noted(stage: Stage) -> AsyncGenerator[Reached]:
    """Kill where Discord has acknowledged a card and its id is not stored yet."""
    before = len(_answered(stage))

    async def reached() -> None:
        await stage.until(lambda: len(_answered(stage)) > before)

    yield reached


@asynccontextmanager
async def transcoding(stage: Stage) -> AsyncGenerator[Reached]:
    """Kill where a result is being transcoded, by a process of its own."""

    async def reached() -> None:
        await stage.until(lambda: bool(transcoders([request.job_id for request in stage.requests])))
        await _pause(stage)

    yield reached


def card_says(*titles: str) -> KillPoint:
    """Kill where some card says one of these."""

    @asynccontextmanager
    async def kill_point(stage: Stage) -> AsyncGenerator[Reached]:
        async def reached() -> None:
            await stage.until(lambda: not set(titles).isdisjoint(stage.titles()))
            await _pause(stage)

        yield reached

    return kill_point


def _answered(stage: Stage) -> list[Call]:
    return [call for call in stage.discord.calls_to("POST", _ANSWERS) if call.status == 200]


async def _pause(stage: Stage) -> None:
    await asyncio.sleep(stage.randomness.uniform(0.0, 0.2))


def _has_no_upload(call: Call) -> bool:
    return not is_upload(call)


# Those that come before the bot is connected, or by a signal, are carried out in `run_and_kill`.
STARTING = "while starting"
STOPPING = "while stopping (SIGTERM first)"
CANCEL_KILL_POINTS: Mapping[str, KillPoint] = {
    "cancel: DELETE on its way, never arrives": api_call("DELETE", "/tasks/*", effect=False),
    "cancel: DELETE carried out, not answered": api_call("DELETE", "/tasks/*", effect=True),
}
UPLOAD_KILL_POINTS: Mapping[str, KillPoint] = {
    "handing a file over, never arrives": api_call("PUT", "/uploads/*", effect=False),
    "file handed over, not answered": api_call("POST", "/files/*/complete", effect=True),
}
TRANSCODING_KILL_POINTS: Mapping[str, KillPoint] = {"transcoding the result": transcoding}
REPLY_KILL_POINTS: Mapping[str, KillPoint] = {
    "closing: reply sent, not acknowledged": discord_call(
        "POST", "/channels/*/messages", effect="unseen"
    ),
}
KILL_POINTS: Mapping[str, KillPoint] = {
    "command received, row not written": row_not_written,
    "row written, card never arrives": discord_call("POST", _ANSWERS, effect="never"),
    "row written, card arrives after the kill": discord_call("POST", _ANSWERS, effect="late"),
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
    "progress edit arrives after the kill": discord_call(
        "PATCH", _EDITS, effect="late", wanted=_has_no_upload
    ),
    "progress edit shown, not acknowledged": discord_call(
        "PATCH", _EDITS, effect="unseen", wanted=_has_no_upload
    ),
    "delivering: card says so": card_says(STATES[JobState.DELIVERING].title.english),
    "downloading the result": api_call("GET", "/results/*", effect=True),
    "uploading, never arrives": discord_call("PATCH", _EDITS, effect="never", wanted=is_upload),
    "uploading, arrives after the kill": discord_call(
        "PATCH", _EDITS, effect="late", wanted=is_upload
    ),
    "result shown, not acknowledged": discord_call(
        "PATCH", _EDITS, effect="unseen", wanted=is_upload
    ),
    "closing: ❌ not yet taken off": discord_call("DELETE", _REACTIONS, effect="never"),
    "closing: ❌ taken off, not acknowledged": discord_call("DELETE", _REACTIONS, effect="unseen"),
    "ending on the card": card_says(
        STATES[JobState.DELIVERED].title.english, STATES[JobState.FAILED].title.english
    ),
    **UPLOAD_KILL_POINTS,
    **CANCEL_KILL_POINTS,
    **TRANSCODING_KILL_POINTS,
    **REPLY_KILL_POINTS,
}
ANYWHERE = "any moment"
