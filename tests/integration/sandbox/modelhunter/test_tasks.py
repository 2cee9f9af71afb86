"""Creating, reading, listing and cancelling tasks of the sandbox API."""

from decimal import Decimal

import pytest

from sandbox.modelhunter import Script, Step
from tests.integration.sandbox.modelhunter.calls import FOX, Caller


async def test_a_created_task_is_answered_as_documented(caller: Caller) -> None:
    """The 202 has exactly the documented keys, and its type is the capability."""
    answer = await caller.call("POST", "/vidu/text-to-video", {**FOX, "metadata": {"job_id": "7"}})
    (task,) = caller.api.tasks.values()
    assert answer.status == 202
    assert answer.body == {
        "success": True,
        "data": {
            "id": task.id,
            "status": "pending",
            "type": "text-to-video",
            "provider": "vidu",
            "model": "viduq3-turbo",
            "created_at": "2026-01-15T10:00:00.000Z",
            "estimated_seconds": 30,
        },
    }
    assert (task.input, task.metadata) == (FOX["input"], {"job_id": "7"})


async def test_a_task_passes_through_its_statuses(caller: Caller) -> None:
    """Without a script a video is pending, queued, running with progress, and succeeds."""
    task_id = await caller.create(metadata={"job_id": "7"})
    seen = []
    for _ in range(10):
        task = await caller.task(task_id)
        seen.append(task["status"])
        if task["status"] == "running":
            assert 5 <= task["progress"] <= 95
        caller.clock.now += 1
    assert list(dict.fromkeys(seen)) == ["pending", "queued", "running", "succeeded"]
    assert task["type"] == "video"
    assert task["cost"] == 0.04
    assert task["metadata"] == {"job_id": "7"}
    assert task["started_at"] == "2026-01-15T10:00:02.000Z"
    assert [item["format"] for item in task["result"]] == ["mp4"]


async def test_a_failed_task_is_an_ordinary_answer(caller: Caller) -> None:
    """A failure is a 200 with the reason, and costs nothing."""
    task = await caller.task(await caller.create(Script.failing("Content policy violation")))
    assert task["status"] == "failed"
    assert task["error"] == {"code": "PROVIDER_ERROR", "message": "Content policy violation"}
    assert "cost" not in task
    assert "result" not in task


async def test_an_expired_result_is_there_at_the_second_get(caller: Caller) -> None:
    """A script may answer one GET with `expired`; the list does not use that up."""
    task_id = await caller.create(Script.expiring())
    listed = (await caller.call("GET", "/tasks")).body["data"][0]
    answers = [await caller.task(task_id) for _ in range(2)]
    assert listed["status"] == "expired"
    assert [answer["status"] for answer in answers] == ["expired", "succeeded"]
    assert "result" not in answers[0]
    assert (await caller.download(answers[1]["result"][0]["url"]))[0] == 200


async def test_a_script_may_use_undocumented_statuses(caller: Caller) -> None:
    """Statuses that are not documented are sent as the script has them."""
    script = Script(steps=(Step(0, "processing", 10), Step(5, "completed")))
    task_id = await caller.create(script)
    assert (await caller.task(task_id))["status"] == "processing"
    caller.clock.now += 5
    assert len((await caller.task(task_id))["result"]) == 1


async def test_a_sparse_script_keeps_numbers_for_the_list(caller: Caller) -> None:
    """With `detailed` off only the list has progress and cost; metadata can be left out."""
    script = Script(
        steps=(Step(0, "failed", 40),), cost=Decimal("0.3"), detailed=False, echoes_metadata=False
    )
    task = await caller.task(await caller.create(script, metadata={"job_id": "7"}))
    listed = (await caller.call("GET", "/tasks")).body["data"][0]
    assert "cost" not in task
    assert "progress" not in task
    assert (listed["cost"], listed["progress"]) == (0.3, 40)
    assert "metadata" not in listed


async def test_the_task_list_is_newest_first_and_has_no_results(caller: Caller) -> None:
    """List items carry cost and metadata, never the result, not even of a finished task."""
    for number in range(3):
        await caller.create(Script.quick(), metadata={"job_id": str(number)})
        caller.clock.now += 1
    answer = await caller.call("GET", "/tasks")
    items = answer.body["data"]
    assert [item["metadata"]["job_id"] for item in items] == ["2", "1", "0"]
    assert [item["cost"] for item in items] == [0.04] * 3
    assert not any("result" in item for item in items)
    assert answer.body["pagination"] == {"cursor": None, "hasMore": False, "total": 3}


async def test_the_task_list_is_paged_by_cursor(caller: Caller) -> None:
    """Each page ends with the creation time of its last task, from which the next goes on."""
    ids = []
    for _ in range(5):
        ids.append(await caller.create())
        caller.clock.now += 0.001
    first = await caller.call("GET", "/tasks", query={"limit": "3"})
    cursor = first.body["pagination"]["cursor"]
    second = await caller.call("GET", "/tasks", query={"limit": "3", "cursor": cursor})
    assert first.body["pagination"]["hasMore"]
    assert cursor == first.body["data"][-1]["created_at"]
    assert [item["id"] for item in first.body["data"] + second.body["data"]] == ids[::-1]
    assert not second.body["pagination"]["hasMore"]


async def test_a_running_task_can_be_cancelled_once(caller: Caller) -> None:
    """The first DELETE cancels, gives the money back and is recorded; the second is a conflict."""
    task_id = await caller.create(Script.endless())
    caller.clock.now += 60
    first = await caller.call("DELETE", f"/tasks/{task_id}")
    second = await caller.call("DELETE", f"/tasks/{task_id}")
    assert (first.status, first.body["data"]["status"]) == (200, "cancelled")
    assert second.status == 409
    assert caller.api.balance == 100
    assert caller.api.tasks[task_id].cancelled_at == caller.clock.now
    assert caller.api.status(task_id) == "cancelled"


async def test_a_cancelled_task_can_still_cost_something(caller: Caller) -> None:
    """What a script keeps of the price is shown as the cost and stays off the balance."""
    script = Script(steps=(Step(0, "running"),), cost=Decimal("0.5"), cancelled_cost=Decimal("0.2"))
    task_id = await caller.create(script)
    answer = await caller.call("DELETE", f"/tasks/{task_id}")
    assert answer.body["data"]["cost"] == 0.2
    assert caller.api.balance == Decimal("99.8")


@pytest.mark.parametrize(
    ("script", "status"),
    [
        (Script.quick(), "succeeded"),
        (Script.failing("no"), "failed"),
        (Script(steps=(Step(0, "running"),), cancellable=False), "running"),
    ],
)
async def test_an_ended_or_uncancellable_task_is_not_cancelled(
    caller: Caller, script: Script, status: str
) -> None:
    """A DELETE of a finished or uncancellable task is a 409 that changes nothing."""
    task_id = await caller.create(script)
    answer = await caller.call("DELETE", f"/tasks/{task_id}")
    assert (answer.status, answer.body["success"]) == (409, False)
    assert caller.api.status(task_id) == status


@pytest.mark.parametrize("method", ["GET", "DELETE"])
async def test_an_unknown_task_is_a_404(caller: Caller, method: str) -> None:
    """Reading and cancelling an unknown task have the same answer."""
    answer = await caller.call(method, "/tasks/task_unknown")
    assert (answer.status, answer.body["error"]["code"]) == (404, "TASK_NOT_FOUND")
