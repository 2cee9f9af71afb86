"""Webhooks: from a signed webhook about a task that has ended to the edit of its card."""

import asyncio
import dataclasses
import hashlib
import hmac
import json
import math
import secrets
import socket
import time
from collections.abc import Sequence

import aiohttp

from sandbox.modelhunter.script import Script
from tests.benchmarks.bots import OURS
from tests.benchmarks.rows import Row, at_most, percentile
from tests.benchmarks.scenarios.whole_jobs import end_tasks, send_commands
from tests.benchmarks.world import World

JOBS = 100
_PATH = "/webhooks/modelhunter"
_APART = 0.2  # seconds between two webhooks
_FAILURE = "the provider has failed"
_SETTLED = 35.0  # seconds after which tasks are asked about together, and rarely
_SHOWN_WITHIN = 30.0


async def rows(world: World) -> list[Row]:
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
    async with (
        world.running(bot, world.folder / "webhooks.db"),
        aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session,
    ):
        await asyncio.sleep(2.0)
        await send_commands(world, JOBS)
        await asyncio.sleep(_SETTLED)
        sent = {task: await _end(world, session, secret, task) for task in list(world.api.tasks)}
        await world.until(lambda: len(_shown(world)) >= len(sent), _SHOWN_WITHIN)
        took = _took(world, sent)
    within = at_most(100.0, "under 100 ms")
    return [
        Row(name="webhook to edit sent: p50", jobs=JOBS, unit="ms", goal=within, ours=took[0]),
        Row(name="webhook to edit sent: p99", jobs=JOBS, unit="ms", goal=within, ours=took[1]),
    ]


async def _end(world: World, session: aiohttp.ClientSession, secret: str, task_id: str) -> float:
    """End a task and send the webhook about it; return when that was."""
    await asyncio.sleep(_APART)
    end_tasks(world, [task_id], failure=_FAILURE)
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


def _shown(world: World) -> dict[int, float]:
    """Return when the ending of each card was shown."""
    return {
        edit.message_id: edit.at
        for edit in reversed(world.discord.rest.edits)
        if _FAILURE in edit.text
    }


def _took(world: World, sent: dict[str, float]) -> Sequence[float]:
    """Return the median and the 99th percentile of the milliseconds from webhook to edit."""
    cards = {
        str(command.id): command.message_id for command in world.discord.rest.commands.values()
    }
    shown = _shown(world)
    times = []
    for task_id, begun in sent.items():
        job_id = str((world.api.tasks[task_id].metadata or {}).get("job_id"))
        times.append((shown.get(cards.get(job_id) or 0, math.inf) - begun) * 1000)
    return percentile(times, 50), percentile(times, 99)


def _free_port() -> int:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        port: int = bound.getsockname()[1]
    return port
