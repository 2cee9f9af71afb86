"""Run one gateway and two workers, kill some of them at random moments, and check what is left."""

import asyncio
import dataclasses
import tempfile
import time
from collections import Counter
from pathlib import Path

from bot.jobs.leases import LEASE
from tests.postgresql import Server
from tests.scale_out.world import GATEWAY, WORKER, Member, World, open_world

_MOST_PAUSE = 20.0  # seconds between two kills
_OUTAGE = 60.0  # for which the database is gone
_AT_ONCE = 8
_LOOK = 0.2


@dataclasses.dataclass(slots=True, kw_only=True)
class Outcome:
    """What a run came to."""

    jobs: int = 0
    kills: int = 0
    refused: int = 0  # calls that Discord answered with 429
    slowest: float = 0.0  # seconds until all jobs of a killed process had another owner
    broken: list[str] = dataclasses.field(default_factory=list)


async def run(
    server: Server,
    *,
    jobs: int,
    kills: int,
    seed: int,
    timeout: float,
    outages: tuple[float, ...] = (),
) -> Outcome:
    """Run the scenario; *outages* are the seconds for which the database is gone, one by one."""
    outcome = Outcome()
    with tempfile.TemporaryDirectory(prefix="scale-out-") as folder:
        async with open_world(server, Path(folder), seed) as world:
            await world.start(GATEWAY)
            for _ in range(2):
                await world.start(WORKER)
            async with asyncio.timeout(timeout):
                asking = asyncio.create_task(world.ask(jobs, at_once=_AT_ONCE), name="asking")
                try:
                    for _ in range(kills):
                        await _kill_one(world, outcome)
                    for seconds in outages:
                        await _take_away(server, seconds)
                    await asking
                finally:
                    asking.cancel()
                await _until_all_ended(world)
            outcome.broken += await _check(world)
            if not outages:  # a database that is away is reported with one
                outcome.broken += _tracebacks(world)
            outcome.jobs, outcome.refused = len(world.cards()), world.discord.rest.limits.refused
            if outcome.refused:
                outcome.broken.append(f"{outcome.refused} calls were answered with 429")
    return outcome


async def _kill_one(world: World, outcome: Outcome) -> None:
    """Kill a process at a random moment, start another, and see its jobs go to others."""
    await asyncio.sleep(world.randomness.uniform(0.0, _MOST_PAUSE))
    running = [member for member in world.members if member.process.exit_code is None]
    victim = world.randomness.choice(running)
    await victim.process.kill()
    killed_at = time.monotonic()
    outcome.kills += 1
    replaced = asyncio.create_task(_replace(world, victim), name="replacement")
    while await world.owned_by(victim):  # noqa: ASYNC110 - the database has no event for it
        await asyncio.sleep(_LOOK)
    seconds = time.monotonic() - killed_at
    outcome.slowest = max(outcome.slowest, seconds)
    if seconds > LEASE + 1 + _LOOK:
        outcome.broken.append(
            f"jobs of a killed {victim.role} had no other owner for {seconds:.1f} s"
        )
    await replaced


async def _replace(world: World, victim: Member) -> None:
    """Start another process; a gateway has its shard when the lease of the killed one has expired."""
    async with asyncio.timeout(LEASE * 3):
        await world.start(victim.role)


async def _take_away(server: Server, seconds: float) -> None:
    """Stop the database as if it was killed, and start it after so many seconds."""
    await asyncio.to_thread(server.stop, mode="immediate")
    await asyncio.sleep(seconds)
    await asyncio.to_thread(server.start)


async def _until_all_ended(world: World) -> None:
    while (await world.query("select count(*) from jobs where open"))[0][0]:  # noqa: ASYNC110
        await asyncio.sleep(1.0)


async def _check(world: World) -> list[str]:
    """Return what is broken: each job has one task, one card with its result, and one ending."""
    made = Counter(str((task.metadata or {}).get("job_id")) for task in world.api.tasks.values())
    found = [f"job {job}: {count} tasks" for job, count in made.items() if count > 1]
    states = await world.query("select id, state, message_id from jobs")
    known = {row["message_id"]: row for row in states}
    for card in world.cards():
        row = known.get(card.id)
        if row is None:
            found.append(f"card {card.id}: no job")
        elif row["state"] == "delivered" and len(card.attachments) != 1:
            found.append(f"job {row['id']}: {len(card.attachments)} files")
        elif row["state"] not in {"delivered", "refused", "cancelled"}:
            found.append(f"job {row['id']}: {row['state']}")
    uploads = Counter(call.path for call in world.discord.calls if call.uploads and call.happened)
    found += [f"{path}: {count} uploads" for path, count in uploads.items() if count > 2]
    return found


def _tracebacks(world: World) -> list[str]:
    logs = ((member.role, member.process.output()) for member in world.members)
    return [f"a traceback in the log of a {role}" for role, log in logs if "Traceback" in log]
