"""Records for the tests of this folder."""

import dataclasses
import random
from collections.abc import Mapping

from sandbox.modelhunter.endpoints import ENDPOINTS
from sandbox.modelhunter.records import NewTask, TaskRecord
from sandbox.modelhunter.script import Script


def dice(seed: int = 1) -> random.Random:
    """Build randomness that repeats itself."""
    return random.Random(seed)


def new_task(
    path: str = "vidu/text-to-video", given: Mapping[str, object] | None = None, model: str = ""
) -> NewTask:
    """Build a request to *path*, by default for its first model."""
    provider, capability = path.split("/")
    endpoint = ENDPOINTS[provider, capability]
    return NewTask(
        provider=provider,
        capability=capability,
        endpoint=endpoint,
        model=model or next(iter(endpoint.models)),
        input={"prompt": "a fox", **(given or {})},
    )


def record(
    task_id: str = "task_1",
    created_at: float = 1000.0,
    request: NewTask | None = None,
    script: Script | None = None,
    cancelled_at: float | None = None,
) -> TaskRecord:
    """Build a task."""
    return TaskRecord(
        id=task_id,
        request=request or new_task(),
        script=script or Script.endless(),
        created_at=created_at,
        cancelled_at=cancelled_at,
    )


def answered_expired(task: TaskRecord, times: int) -> TaskRecord:
    """Return *task* after so many answers that said `expired`."""
    return dataclasses.replace(task, expired_answers=times)
