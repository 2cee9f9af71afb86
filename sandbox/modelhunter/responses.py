"""Responses: the JSON that the API answers for a task. Pure."""

from collections.abc import Sequence

from sandbox.modelhunter.records import TaskRecord
from sandbox.modelhunter.script import Moment
from sandbox.modelhunter.timestamps import to_iso

Json = dict[str, object]


def accepted(record: TaskRecord) -> Json:
    """Return the answer to a POST; its `type` is the capability, unlike everywhere else."""
    return {
        "id": record.id,
        "status": record.script.at(0).status,
        "type": record.capability,
        "provider": record.provider,
        "model": record.model,
        "created_at": to_iso(record.created_at),
        "estimated_seconds": record.request.endpoint.estimated_seconds,
    }


def listed(record: TaskRecord, moment: Moment) -> Json:
    """Return a task as the list shows it: with progress and cost, without the result."""
    return {**_common(record, moment), **_numbers(record, moment)}


def detailed(record: TaskRecord, moment: Moment, results: Sequence[Json]) -> Json:
    """Return a task as its own page shows it, with the result once it has one."""
    task = _common(record, moment)
    if record.script.detailed:
        task |= _numbers(record, moment)
    if moment.has_result and record.script.result is not None:
        task["result"] = list(results)
    return task


def _common(record: TaskRecord, moment: Moment) -> Json:
    task: Json = {
        "id": record.id,
        "type": record.kind.medium,
        "status": moment.status,
        "provider": record.provider,
        "model": record.model,
        "created_at": to_iso(record.created_at),
    }
    if moment.started_after is not None:
        task["started_at"] = to_iso(record.created_at + moment.started_after)
    if moment.finished_after is not None:
        task["completed_at"] = to_iso(record.created_at + moment.finished_after)
    if record.metadata is not None and record.script.echoes_metadata:
        task["metadata"] = dict(record.metadata)
    if moment.status == "failed" and record.script.error is not None:
        error = record.script.error
        task["error"] = {"code": error.code, "message": error.message}
    return task


def _numbers(record: TaskRecord, moment: Moment) -> Json:
    numbers: Json = {}
    if moment.progress is not None:
        numbers["progress"] = moment.progress
    script = record.script
    cost = script.cancelled_cost if moment.status == "cancelled" else script.cost
    shown = cost if moment.is_final else script.running_cost
    if shown is not None:
        numbers["cost"] = float(shown)
    return numbers
