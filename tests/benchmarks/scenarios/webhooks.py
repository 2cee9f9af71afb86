"""Webhooks: from a signed webhook about a task that has ended to the edit of its card.

What is counted is the bot's own time: from the moment at which the webhook is sent to the one at which
Discord has received the edit, without the time in which the API works at its answers about that task.
"""

import asyncio
import dataclasses
import hashlib
import hmac
import itertools
import json
import math
import secrets
import socket
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import aiohttp

from sandbox.modelhunter.script import Script
from tests.benchmarks.api_watch import ApiCall
from tests.benchmarks.bots import OURS
from tests.benchmarks.discord.seen import Edit
from tests.benchmarks.rows import NO_GOAL, Goal, Row, at_most, percentile
from tests.benchmarks.scenarios.whole_jobs import end_tasks, send_commands
from tests.benchmarks.world import World

JOBS = 100
_PATH = "/webhooks/modelhunter"
_APART = 0.2  # seconds between two webhooks
_FAILURE = "the provider has failed"
_SETTLED = 35.0  # seconds after which tasks are asked about together, and rarely
_SHOWN_WITHIN = 30.0
_QUIET = 10.0  # seconds between two measures, in which the request pace recovers

IsEnding = Callable[[Edit], bool]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Webhooks that are sent one after the other, or all at once, and the endings they lead to."""

    name: str
    failure: str | None
    apart: float  # seconds between two
    goal: Goal
    is_ending: IsEnding


def _has_failed(edit: Edit) -> bool:
    return _FAILURE in edit.text


_WITHIN = at_most(100.0, "under 100 ms")
_PARTS = (
    Part(
        name="webhook to edit sent",
        failure=_FAILURE,
        apart=_APART,
        goal=_WITHIN,
        is_ending=_has_failed,
    ),
    Part(
        name="webhook to edit with its file sent",
        failure=None,
        apart=_APART,
        goal=NO_GOAL,
        is_ending=lambda edit: edit.has_file,
    ),
    Part(
        name="webhooks all at once, to edit sent",
        failure=_FAILURE,
        apart=0.0,
        goal=NO_GOAL,
        is_ending=_has_failed,
    ),
)


async def rows(world: World, profile: Path | None = None) -> list[Row]:
    """Measure our bot; the naive one takes no webhooks."""
    world.api.scripts.choose = lambda _task: Script.endless()
    secret, port = secrets.token_hex(16), _free_port()
    bot = dataclasses.replace(
        OURS,
        environment={
            **OURS.environment,
            "HTTP_PORT": str(port),
            "MODELHUNTER_WEBHOOK_SECRET": secret,
        },
    )
    found: list[Row] = []
    async with (
        world.running(bot, world.folder / "webhooks.db", profile=profile),
        aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session,
    ):
        await asyncio.sleep(2.0)
        for _ in _PARTS:
            await send_commands(world, JOBS)
            await asyncio.sleep(_QUIET)
        await asyncio.sleep(_SETTLED)
        tasks = iter(tuple(world.api.tasks))
        for part in _PARTS:
            chosen = list(itertools.islice(tasks, JOBS))
            found += _rows(part, await _measure(world, session, secret, part, chosen))
            await asyncio.sleep(_QUIET)
    return found


async def _measure(
    world: World, session: aiohttp.ClientSession, secret: str, part: Part, tasks: Sequence[str]
) -> Sequence[float]:
    """Return the bot's own milliseconds for each of *tasks*; infinite: its end was never shown."""
    if part.apart:
        sent = {}
        for task in tasks:
            await asyncio.sleep(part.apart)
            end_tasks(world, [task], failure=part.failure)
            sent[task] = await _send(session, secret, task)
    else:
        end_tasks(world, tasks, failure=part.failure)
        times = await asyncio.gather(*(_send(session, secret, task) for task in tasks))
        sent = dict(zip(tasks, times, strict=True))
    await world.until(
        lambda: _shown(world, part.is_ending).keys() >= _cards(world, tasks).keys(), _SHOWN_WITHIN
    )
    shown, cards = _shown(world, part.is_ending), _cards(world, tasks)
    return [
        own_time(sent[task], shown.get(card, math.inf), task, world.watch.calls) * 1000
        for card, task in cards.items()
    ]


async def _send(session: aiohttp.ClientSession, secret: str, task_id: str) -> float:
    """Send the webhook about a task; return when that began."""
    body = json.dumps(
        {"id": f"evt_{task_id}", "type": "task.failed", "data": {"task": {"id": task_id}}}
    ).encode()
    now = str(int(time.time()))
    digest = hmac.new(secret.encode(), now.encode() + b"." + body, hashlib.sha256).hexdigest()
    headers = {
        "Content-Type": "application/json",
        "X-Webhook-Timestamp": now,
        "X-Webhook-Signature": f"sha256={digest}",
    }
    begun = time.monotonic()
    async with session.post(_PATH, data=body, headers=headers) as response:
        response.raise_for_status()
    return begun


def own_time(begun: float, shown: float, task_id: str, calls: Sequence[ApiCall]) -> float:
    """Return the seconds between, without those in which the API worked at an answer about the task.

    Pure.
    """
    spans = sorted(
        (max(call.at, begun), min(call.answered_at, shown))
        for call in calls
        if task_id in call.path and call.at < shown and call.answered_at > begun
    )
    answering, until = 0.0, begun
    for start, end in spans:
        answering += max(0.0, end - max(start, until))
        until = max(until, end)
    return shown - begun - answering


def _shown(world: World, is_ending: IsEnding) -> dict[int, float]:
    """Return when the ending of each card was shown."""
    return {
        edit.message_id: edit.at for edit in reversed(world.discord.rest.edits) if is_ending(edit)
    }


def _cards(world: World, tasks: Sequence[str]) -> dict[int, str]:
    """Return the task that each card is about."""
    cards = {
        str(command.id): command.message_id for command in world.discord.rest.commands.values()
    }
    found = {}
    for task_id in tasks:
        job_id = str((world.api.tasks[task_id].metadata or {}).get("job_id"))
        found[cards.get(job_id) or 0] = task_id
    return found


def _rows(part: Part, times: Sequence[float]) -> list[Row]:
    return [
        Row(
            name=f"{part.name}: p{percent}",
            jobs=JOBS,
            unit="ms",
            goal=part.goal,
            ours=percentile(times, percent),
        )
        for percent in (50, 99)
    ]


def _free_port() -> int:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        port: int = bound.getsockname()[1]
    return port
