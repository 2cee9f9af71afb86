"""What the API answers about a task, and jobs that follow it."""

import json

from db.records import Job, JobState
from sandbox.modelhunter import Script
from tests.integration.jobs.process import Process
from tests.integration.jobs.world import World


def answer(**fields: object) -> bytes:
    """Return the API's answer about the task that is asked for."""
    return json.dumps({"success": True, "data": {"id": "{task_id}", **fields}}).encode()


def always(world: World, body: bytes) -> None:
    """Answer every question about a task with *body*."""
    world.api.faults.add("GET", "/tasks/*", times=None, status=200, body=body)


async def followed(world: World, one: Process) -> Job:
    """Ask for a job whose task goes on."""
    world.api.scripts.next(Script.endless())
    job = await world.ask(one)
    return await one.run_until(job.id, lambda it: it.state is JobState.FOLLOWING)


def questions(world: World) -> int:
    """Return how often the API was asked about a task."""
    return len([call for call in world.api.calls("GET") if call.path.startswith("/tasks")])
