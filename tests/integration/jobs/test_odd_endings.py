"""Endings in another word or with an odd byte are recognised, and the result is delivered."""

import pytest

from db.records import JobState
from sandbox.modelhunter import Script
from tests.integration.jobs.process import Process
from tests.integration.jobs.task_answers import always, answer, followed, questions
from tests.integration.jobs.world import IMAGES, World

OVER = {"completed_at": "2026-01-01T00:00:00Z", "error": {"code": "X", "message": "over"}}
HEAD = b'{"success": true, "data": {"id": "{task_id}", "status": "failed", "error": {"message": "'
BODIES = {
    "half an emoji": HEAD + rb'a fox \ud83e"}}}',
    "NaN": b'{"success": true, "data": {"id": "{task_id}", "status": "failed", "progress": NaN}}',
    "byte order mark": b"\xef\xbb\xbf" + HEAD + b'no"}}}',
    "latin-1": HEAD + "refusé".encode("latin-1") + b'"}}}',
    "cut UTF-8": HEAD + b'\xf0\x9f\x98"}}}',
    "bare line break": HEAD + b'a\nb"}}}',
    "NUL": HEAD + b'a\x00b"}}}',
    "a word of another language": HEAD + b'no"}, "cost": undefined}}',
    "a huge number": HEAD + b'no"}, "cost": ' + b"9" * 5000 + b"}}",
    "a deep value": HEAD + b'no"}, "metadata": ' + b"[" * 5000 + b"]" * 5000 + b"}}",
    "wrong types": HEAD + b'no"}, "cost": [], "progress": "x", "metadata": 7, "result": {}}}',
}


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("canceled", JobState.CANCELLED),
        ("aborted", JobState.FAILED),
        ("error", JobState.FAILED),
        ("failure", JobState.FAILED),
        ("timeout", JobState.FAILED),
        ("success", JobState.FAILED),
        ("done", JobState.FAILED),
        ("zzz", JobState.FAILED),
        (None, JobState.FAILED),
        (7, JobState.FAILED),
    ],
)
async def test_an_ending_in_another_word(
    world: World, one: Process, word: object, state: JobState
) -> None:
    """An ending is recognised by its word or its evidence, at the next question."""
    job = await followed(world, one)
    always(world, answer(status=word, **OVER))
    asked = questions(world)
    ended = await one.run_until(job.id)
    assert ended.state is state
    assert ended.error_message == ("over" if state is JobState.FAILED else None)
    assert questions(world) - asked <= 2  # the task, and its cost


@pytest.mark.parametrize("word", ["success", "DONE", "zzz", None])
async def test_a_success_in_another_word(world: World, one: Process, word: object) -> None:
    """A result is delivered, however the API calls it."""
    world.api.scripts.next(Script.quick(20))
    job = await world.ask(one)
    await one.run_until(job.id, lambda it: it.state is JobState.FOLLOWING)
    world.clock.now += 30
    task = await world.client.get_task(world.only_task())
    always(world, answer(status=word, result=[{"url": task.result[0].url}], cost=0.04))
    assert (await one.run_until(job.id)).state is JobState.DELIVERED


@pytest.mark.parametrize("name", BODIES)
async def test_one_odd_byte_hides_no_ending(world: World, one: Process, name: str) -> None:
    """An odd byte or value costs its own field, and the ending beside it is read and stored."""
    job = await followed(world, one)
    always(world, BODIES[name])
    ended = await one.run_until(job.id)
    assert ended.state is JobState.FAILED
    assert (ended.error_message or "").encode().find(b"\x00") == -1


async def test_an_odd_task_of_another_stops_no_search(world: World, one: Process) -> None:
    """Of a list that holds an odd task of another user, ours is found beside it."""
    world.api.faults.add("POST", IMAGES, cut="after")
    job = await world.ask(one)
    await one.step(job.id)
    page = (
        b'{"success": true, "data": [{"id": "other", "metadata": {"p": "\\ud83e", "q": NaN, "r": oops}},'
        b' {"id": "%s", "metadata": {"job_id": "%d"}}], "pagination": {"hasMore": false}}'
    ) % (world.only_task().encode(), job.id)
    world.api.faults.add("GET", "/tasks", times=None, status=200, body=page)
    found = await one.run_until(job.id, lambda it: it.task_id is not None)
    assert (found.state, found.task_id) == (JobState.FOLLOWING, world.only_task())
