"""Filters and pages of the task list."""

from collections.abc import Sequence

import pytest

from sandbox.modelhunter.errors import ApiError
from sandbox.modelhunter.listing import page, parse_query
from sandbox.modelhunter.records import TaskRecord
from sandbox.modelhunter.script import Script
from tests.unit.sandbox.modelhunter.builders import new_task, record

TASKS = [
    record("task_a1", 1000.0, script=Script.quick()),
    record("task_a2", 1001.0, new_task("kling/text-to-video", model="kling-v3")),
    record("task_b1", 1002.0, new_task("vidu/text-to-video", model="viduq3-turbo")),
]


def _ids(tasks: Sequence[TaskRecord]) -> list[str]:
    return [task.id for task in tasks]


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ({}, ["task_b1", "task_a2", "task_a1"]),
        ({"status": "succeeded"}, ["task_a1"]),
        ({"status": "running"}, ["task_b1", "task_a2"]),
        ({"provider": "kling"}, ["task_a2"]),
        ({"modelId": "viduq3-turbo"}, ["task_b1"]),
        ({"search": "task_a"}, ["task_a2", "task_a1"]),
        ({"startDate": "1970-01-01T00:16:41Z"}, ["task_b1", "task_a2"]),
        ({"endDate": "1970-01-01T00:16:41"}, ["task_a2", "task_a1"]),
        ({"provider": "vidu", "search": "task_b"}, ["task_b1"]),
    ],
)
def test_list_filters_keep_the_tasks_they_name(query: dict[str, str], ids: list[str]) -> None:
    """Every filter narrows the list, newest first; a date without a zone is UTC."""
    assert _ids(page(TASKS, parse_query(query), 1100.0).records) == ids


def test_list_pages_meet_without_gap_or_overlap() -> None:
    """Following the cursor shows every task once, and the total never changes."""
    tasks = [record(f"task_{n}", 1000 + n * 0.001) for n in range(7)]
    query = {"limit": "3"}
    seen: list[str] = []
    while True:
        found = page(tasks, parse_query(query), 2000.0)
        seen += _ids(found.records)
        assert found.total == 7
        assert found.has_more is (found.cursor is not None)
        if found.cursor is None:
            break
        query["cursor"] = found.cursor
    assert seen == [f"task_{n}" for n in reversed(range(7))]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("limit", "0"),
        ("limit", "101"),
        ("limit", "many"),
        ("status", "done"),
        ("startDate", "yesterday"),
        ("cursor", "task_a1"),
    ],
)
def test_a_wrong_list_query_names_its_field(field: str, value: str) -> None:
    """A value outside its range or type is a 400 that says which one."""
    with pytest.raises(ApiError) as caught:
        parse_query({field: value})
    assert caught.value.status == 400
    assert caught.value.details is not None
    assert caught.value.details["field"] == field
