"""What each call sends and what it makes of a success."""

import logging
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from aiohttp.test_utils import TestServer

from bot.modelhunter import (
    Malformed,
    ModelHunterClient,
    TaskNotFound,
    TaskStatus,
)
from tests.integration.modelhunter.script import KEY, Script, client_of, closed_port, create


async def test_create_sends_the_body_and_returns_the_task(
    script: Script, client: ModelHunterClient
) -> None:
    """A create POSTs JSON with the key to the endpoint and reads the 202."""
    script.answer(
        202,
        {"success": True, "data": {"id": "task_1", "status": "pending", "estimated_seconds": 30}},
    )

    task = await client.create_task(
        "vidu/text-to-video", {"model": "m", "input": {"prompt": "🦊"}, "metadata": {"job_id": "1"}}
    )

    assert (task.id, task.status, task.estimated_seconds) == ("task_1", TaskStatus.PENDING, 30.0)
    assert script.asked == [
        (
            "POST",
            "/api/v1/vidu/text-to-video",
            {"model": "m", "input": {"prompt": "🦊"}, "metadata": {"job_id": "1"}},
        )
    ]
    assert script.headers[0]["Authorization"] == f"Bearer {KEY}"
    assert script.headers[0]["Content-Type"] == "application/json"


async def test_creates_share_no_connection_with_reads(
    script: Script, client: ModelHunterClient
) -> None:
    """A connection of the reads rests for many seconds, and may be closing just now."""
    script.answer(202, {"success": True, "data": {"id": "task_1"}})

    await client.get_task("task_1")
    await create(client)
    await client.get_task("task_1")

    read, created, read_again = script.peers
    assert read == read_again != created


async def test_get_reads_the_task(script: Script, client: ModelHunterClient) -> None:
    """A GET returns the task with its results."""
    script.answer(
        200,
        {
            "success": True,
            "data": {"id": "task_1", "status": "succeeded", "result": [{"url": "https://cdn/a"}]},
        },
    )

    task = await client.get_task("task_1")

    assert script.asked == [("GET", "/api/v1/tasks/task_1", None)]
    assert (task.status, task.result[0].url) == (TaskStatus.SUCCEEDED, "https://cdn/a")


async def test_a_read_of_a_failed_task(script: Script, client: ModelHunterClient) -> None:
    """A failed task arrives as a 200 and is returned, not raised."""
    script.answer(
        200,
        {
            "success": True,
            "data": {"id": "t", "status": "failed", "error": {"code": "PROVIDER_ERROR"}},
        },
    )

    task = await client.get_task("t")

    assert task.status is TaskStatus.FAILED
    assert task.error is not None
    assert task.error.code == "PROVIDER_ERROR"


@pytest.mark.parametrize(
    ("task_id", "path"),
    [
        ("a/b", "a%2Fb"),
        ("../balance", "..%2Fbalance"),
        ("a?limit#x", "a%3Flimit%23x"),
        ("a b%2F", "a%20b%252F"),
        ("é", "%C3%A9"),
    ],
)
async def test_task_ids_are_quoted(
    script: Script, client: ModelHunterClient, task_id: str, path: str
) -> None:
    """Any character of an id stays within its own segment of the path."""
    script.answer(200, {"success": True, "data": {"id": task_id, "status": "running"}})

    await client.get_task(task_id)
    await client.cancel_task(task_id)

    assert [asked[1] for asked in script.asked] == [f"/api/v1/tasks/{path}"] * 2


@pytest.mark.parametrize("task_id", ["", ".", ".."])
async def test_a_task_id_that_names_another_resource(
    script: Script, client: ModelHunterClient, task_id: str
) -> None:
    """An id that would climb out of the path is not even asked for."""
    with pytest.raises(TaskNotFound):
        await client.cancel_task(task_id)

    assert script.asked == []


async def test_the_task_list_is_asked_by_date_and_cursor(
    script: Script, client: ModelHunterClient
) -> None:
    """A list sends its filters unharmed and returns tasks, cursor and whether there is more."""
    script.answer(
        200,
        {
            "success": True,
            "data": [{"id": "b", "cost": 0.5, "metadata": {"job_id": "9"}}, {"id": "a"}],
            "pagination": {"cursor": "2026-01-15T09:50:00Z", "hasMore": True, "total": 42},
        },
    )

    page = await client.list_tasks(
        start=datetime(2026, 1, 15, 9, 40, tzinfo=UTC), cursor="2026-01-15T10:00:00+00:00&a=%2B"
    )

    assert script.queries == [
        {
            "limit": "100",
            "startDate": "2026-01-15T09:40:00Z",
            "cursor": "2026-01-15T10:00:00+00:00&a=%2B",
        }
    ]
    assert [task.id for task in page.tasks] == ["b", "a"]
    assert (page.tasks[0].cost, page.tasks[0].metadata) == (Decimal("0.5"), {"job_id": "9"})
    assert (page.cursor, page.has_more) == ("2026-01-15T09:50:00Z", True)


@pytest.mark.parametrize(
    "pagination", [None, {"hasMore": False}, {"cursor": None, "hasMore": False}, "text"]
)
async def test_the_last_page_of_the_task_list(
    script: Script, client: ModelHunterClient, pagination: object
) -> None:
    """A page that does not say that there is more is the last one."""
    script.answer(200, {"success": True, "data": [{"id": "a"}], "pagination": pagination})

    page = await client.list_tasks()

    assert (len(page.tasks), page.cursor, page.has_more) == (1, None, False)


async def test_a_page_without_a_cursor_to_the_rest_is_malformed(
    script: Script, client: ModelHunterClient
) -> None:
    """More without a cursor is no end of the list: a task on the next page would look absent."""
    script.answer(200, {"success": True, "data": [], "pagination": {"hasMore": True}})

    with pytest.raises(Malformed):
        await client.list_tasks()


async def test_tasks_without_an_id_are_left_out_of_a_page(
    script: Script, client: ModelHunterClient, caplog: pytest.LogCaptureFixture
) -> None:
    """One bad entry does not take the page with it."""
    script.answer(200, {"success": True, "data": [{"id": "a"}, {}, None, 5, {"id": "b"}]})

    with caplog.at_level(logging.WARNING):
        page = await client.list_tasks()

    assert [task.id for task in page.tasks] == ["a", "b"]
    assert len([r for r in caplog.records if r.name == "bot.modelhunter.responses"]) == 3


@pytest.mark.parametrize("body", ["", "not JSON", {"success": True}, {"data": None}])
async def test_cancel_takes_any_success(
    script: Script, client: ModelHunterClient, body: object
) -> None:
    """The body of a cancel is not documented, so any 2xx means cancelled."""
    script.answer(200, body)

    await client.cancel_task("task_1")

    assert script.asked == [("DELETE", "/api/v1/tasks/task_1", None)]


@pytest.mark.parametrize(
    ("data", "balance"),
    [
        ({"balance": 12.34, "billingMode": "prepaid"}, Decimal("12.34")),
        ({"balance": 12.34, "billingMode": 7}, Decimal("12.34")),
        ({"balance": 0, "billingMode": "postpaid"}, None),
        ({"balance": 0, "billing_mode": "postpaid"}, None),
        ({"balance": "12.34", "currency": "USD"}, Decimal("12.34")),
        ({"balance": -1}, Decimal(-1)),
        ({"balance": None}, None),
        ({"balance": "much"}, None),
        ({}, None),
        (None, None),
        ([], None),
    ],
)
async def test_the_balance_is_read(
    script: Script, client: ModelHunterClient, data: object, balance: Decimal | None
) -> None:
    """The balance is read from both documented shapes, and is absent where it makes no sense."""
    script.answer(200, {"success": True, "data": data})

    assert await client.balance() == balance
    assert script.asked == [("GET", "/api/v1/balance", None)]


async def test_proxies_of_the_environment_are_not_used(
    script: Script, server: TestServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No proxy of the environment gets to see the key."""
    script.answer(200, {"success": True, "data": {"balance": 1}})
    with closed_port() as port:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{port}")
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        async with client_of(server) as client:
            assert await client.balance() == Decimal(1)
