"""Tasks are read tolerantly, but never without an id."""

import logging
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from pydantic import ValidationError

from bot.modelhunter import Task, TaskError, TaskStatus


@pytest.mark.parametrize("status", list(TaskStatus))
def test_documented_task_statuses(status: TaskStatus) -> None:
    """Each documented status is read as itself."""
    assert status is Task.model_validate({"id": "t", "status": status.value}).status


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("processing", TaskStatus.RUNNING),
        ("completed", TaskStatus.SUCCEEDED),
        (" SUCCEEDED ", TaskStatus.SUCCEEDED),
    ],
)
def test_task_statuses_in_other_words(word: str, status: TaskStatus) -> None:
    """The words of the model pages, and odd spelling, are understood."""
    assert status is Task.model_validate({"id": "t", "status": word}).status


def test_an_unknown_task_status_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    """An unknown status is not understood, and logged once, however often it is polled."""
    with caplog.at_level(logging.WARNING, "bot.modelhunter"):
        tasks = [Task.model_validate({"id": "t", "status": "marinating"}) for _ in range(3)]

    assert [(task.status, task.is_understood) for task in tasks] == [
        (TaskStatus.UNKNOWN, False)
    ] * 3
    assert len([r for r in caplog.records if "marinating" in r.getMessage()]) == 1


@pytest.mark.parametrize("status", [None, 7, [], {"a": 1}, True, 3.5, ["failed"]])
def test_a_task_status_of_another_type(status: object) -> None:
    """A status that is no word is not understood, and does not take the task with it."""
    task = Task.model_validate({"id": "t", "status": status, "progress": 5})
    assert (task.status, task.is_understood, task.progress) == (TaskStatus.UNKNOWN, False, 5.0)


def test_a_task_without_a_status() -> None:
    """A task that shows neither word nor evidence is not understood."""
    task = Task.model_validate({"id": "t"})
    assert (task.status, task.is_understood) == (TaskStatus.UNKNOWN, False)


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"result": [{"url": "https://cdn/a"}]}, TaskStatus.SUCCEEDED),
        ({"result": {"url": "https://cdn/a"}}, TaskStatus.SUCCEEDED),
        ({"result": [{"url": None}], "error": "no"}, TaskStatus.FAILED),
        ({"error": {"code": 500}}, TaskStatus.FAILED),
        ({"error": {"kind": "filtered"}}, TaskStatus.FAILED),
        ({"completed_at": "2026-01-01T00:00:00Z"}, TaskStatus.SUCCEEDED),
        ({"completed_at": "0001-01-01T00:00:00Z", "error": {}, "result": []}, TaskStatus.UNKNOWN),
        ({"completed_at": "soon", "error": 5, "result": "x"}, TaskStatus.UNKNOWN),
        ({"completed_at": 0, "error": {"code": 0, "message": "OK"}}, TaskStatus.UNKNOWN),
        ({"completed_at": None, "error": "None", "result": None}, TaskStatus.UNKNOWN),
    ],
)
def test_the_evidence_of_a_task(fields: dict[str, object], status: TaskStatus) -> None:
    """What a task shows besides its word is evidence only if it says something."""
    assert Task.model_validate({"id": "t", "status": "zzz", **fields}).status is status


def test_the_final_cost_of_a_task() -> None:
    """A cost is final only when it is reported with an ending."""
    for word, final in (("running", None), ("zzz", None), ("failed", Decimal(0))):
        assert Task.model_validate({"id": "t", "status": word, "cost": 0}).final_cost == final


@pytest.mark.parametrize(
    ("metadata", "belongs"),
    [({}, True), (None, True), ({"job_id": "7"}, True), ({"job_id": 7}, True)]
    + [({"job_id": other}, False) for other in ("8", 8, "", " 7", [7], True)],
)
def test_the_job_of_a_task(metadata: object, belongs: bool) -> None:
    """A task whose metadata names another job is not ours; one that names none may be."""
    assert Task.model_validate({"id": "t", "metadata": metadata}).may_be_for("7") is belongs


def test_a_whole_task_is_read() -> None:
    """Every documented field is read, and what is new is ignored."""
    task = Task.model_validate(
        {
            "id": "task_1",
            "type": "video",
            "status": "succeeded",
            "provider": "vidu",
            "model": "viduq3-turbo",
            "result": [
                {"url": "https://cdn/x.mp4?s=1", "duration": 5, "format": "mp4", "size_bytes": 9}
            ],
            "progress": 100,
            "cost": 0.32,
            "created_at": "2026-01-15T09:50:00Z",
            "started_at": "2026-01-15T11:50:01+02:00",
            "completed_at": "2026-01-15T09:51:00",
            "metadata": {"job_id": "123"},
            "estimated_seconds": 30,
            "brand_new": {"x": 1},
        }
    )

    assert (
        task.id,
        task.type,
        task.provider,
        task.model,
    ) == ("task_1", "video", "vidu", "viduq3-turbo")
    assert Decimal("0.32") == task.cost
    assert datetime(2026, 1, 15, 9, 50, tzinfo=UTC) == task.created_at
    assert datetime(2026, 1, 15, 9, 50, 1, tzinfo=UTC) == task.started_at
    assert datetime(2026, 1, 15, 9, 51, tzinfo=UTC) == task.completed_at
    assert task.metadata == {"job_id": "123"}
    assert [item.url for item in task.result] == ["https://cdn/x.mp4?s=1"]
    assert (
        task.result[0].duration,
        task.result[0].format,
        task.result[0].size_bytes,
    ) == (5.0, "mp4", 9)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("progress", "abc"),
        ("progress", 250),
        ("progress", -1),
        ("progress", float("nan")),
        ("cost", "a lot"),
        ("cost", -3),
        ("cost", float("inf")),
        ("cost", 1e20),
        pytest.param("cost", 10**5000, id="cost-endless"),
        ("cost", "1e999999"),
        ("cost", 100_000.01),
        ("cost", True),
        ("progress", True),
        ("progress", 10**39),
        ("progress", "half"),
        ("progress", float("inf")),
        ("estimated_seconds", True),
        ("estimated_seconds", "soon"),
        ("estimated_seconds", 86_401),
        ("estimated_seconds", 1e300),
        ("estimated_seconds", float("nan")),
        ("created_at", "0001-01-01T00:00:00+14:00"),
        ("created_at", "9999-12-31T23:59:59-14:00"),
        ("created_at", 1e300),
        ("created_at", 10**39),
        ("started_at", float("nan")),
        ("completed_at", True),
        ("completed_at", "0001-01-01T00:00:00Z"),
        ("completed_at", "1970-01-01T00:00:00Z"),
        ("completed_at", ""),
        ("created_at", "yesterday"),
        ("completed_at", []),
        ("estimated_seconds", {"a": 1}),
        ("estimated_seconds", -5),
        ("provider", 5),
        ("error", 5),
    ],
)
def test_odd_task_fields_count_as_absent(field: str, value: object) -> None:
    """An optional field that makes no sense does not take the task with it."""
    assert None is getattr(Task.model_validate({"id": "t", field: value}), field)


def test_an_implausible_cost_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    """The log has a cost that is not believed once, and not at every poll."""
    for _ in range(3):
        Task.model_validate({"id": "t", "cost": 2.5e21})
    assert [it.getMessage() for it in caplog.records] == [
        "a task's cost (2.5e+21) makes no sense and is taken for not reported"
    ]


def test_a_missing_cost_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    """A task without a cost is usual, and nothing to log."""
    assert Task.model_validate({"id": "t", "cost": None}).cost is None
    assert caplog.records == []


@pytest.mark.parametrize("metadata", [None, "text", 5, []])
def test_odd_metadata_is_empty(metadata: object) -> None:
    """Metadata that is no object counts as empty."""
    assert Task.model_validate({"id": "t", "metadata": metadata}).metadata == {}


def test_results_without_address_are_left_out() -> None:
    """Only results that can be fetched are kept, in their order."""
    raw = [
        {"url": "a"},
        {"format": "mp4"},
        "text",
        {"url": ""},
        None,
        {"url": "b", "duration": "x"},
    ]

    task = Task.model_validate({"id": "t", "result": raw})

    assert [(item.url, item.duration) for item in task.result] == [("a", None), ("b", None)]


@pytest.mark.parametrize(
    "result",
    [
        "https://cdn/a",
        {"url": "https://cdn/a"},
        ["https://cdn/a"],
        [None, {"url": "https://cdn/a"}],
    ],
)
def test_results_of_another_shape(result: object) -> None:
    """An address is a result also where it is in no list, or nothing but itself."""
    task = Task.model_validate({"id": "t", "result": result})
    assert [item.url for item in task.result] == ["https://cdn/a"]


@pytest.mark.parametrize("result", [None, {}, "text", 1, {"url": None}, {"url": ["a"]}, [[], [{}]]])
def test_results_that_are_no_list(result: object) -> None:
    """A result that is no list counts as none."""
    assert Task.model_validate({"id": "t", "result": result}).result == ()


def test_a_task_error_as_object_and_as_sentence() -> None:
    """The reason of a failure is read as the documented object, and as a bare sentence."""
    documented = Task.model_validate(
        {"id": "t", "error": {"code": "PROVIDER_ERROR", "message": "m"}}
    )
    sentence = Task.model_validate({"id": "t", "error": "It broke"})

    listed = Task.model_validate({"id": "t", "error": [None, {"code": 7, "message": ["m"]}]})

    assert TaskError(code="7", message=None) == listed.error
    assert TaskError(code="PROVIDER_ERROR", message="m") == documented.error
    assert TaskError(code=None, message="It broke") == sentence.error


@pytest.mark.parametrize("task_id", [None, "", "   ", [], {}, "x" * 300])
def test_a_task_without_an_id_is_refused(task_id: object) -> None:
    """A task without a usable id is no task."""
    with pytest.raises(ValidationError):
        Task.model_validate({"id": task_id, "status": "running"})


def test_task_repr_and_errors_hide_private_parts() -> None:
    """Signed addresses, metadata and the words of an error, which may repeat the prompt, stay out."""
    task = Task.model_validate(
        {
            "id": "t",
            "result": [{"url": "https://cdn/x?signature=SECRET"}],
            "error": {"message": "prompt contains SECRET"},
            "metadata": {"a": "SECRET"},
        }
    )
    with pytest.raises(ValidationError) as caught:
        Task.model_validate({"result": [{"url": "https://cdn/x?signature=SECRET"}]})

    assert "SECRET" not in repr(task)
    assert "SECRET" not in str(caught.value)
