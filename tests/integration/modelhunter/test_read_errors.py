"""What becomes of an answer to anything but a create."""

from decimal import Decimal

import pytest

from bot.modelhunter import (
    AlreadyFinished,
    Malformed,
    ModelHunterClient,
    OperatorMustAct,
    Rejected,
    TaskNotFound,
    TaskStatus,
    Unavailable,
)
from tests.integration.modelhunter.script import CALLS, Script, envelope


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("status", [401, 402, 403])
@pytest.mark.parametrize("body", ["<html>", envelope("KEY_EXPIRED")])
async def test_a_read_that_needs_the_operator(
    script: Script, client: ModelHunterClient, call: str, status: int, body: object
) -> None:
    """401, 402 and 403 are the operator's, with and without the API's envelope."""
    script.answer(status, body)

    with pytest.raises(OperatorMustAct) as caught:
        await CALLS[call](client)

    expected = (status, None if body == "<html>" else "KEY_EXPIRED")
    assert (caught.value.status, caught.value.code) == expected


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504, 520])
@pytest.mark.parametrize("body", ["<html>", envelope("RATE_LIMITED")])
async def test_a_read_to_be_tried_later(
    script: Script, client: ModelHunterClient, call: str, status: int, body: object
) -> None:
    """Limits and server errors mean: try later."""
    script.answer(status, body, {"Retry-After": "7"})

    with pytest.raises(Unavailable) as caught:
        await CALLS[call](client)

    assert (caught.value.status, caught.value.retry_after) == (status, 7.0)


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("status", [400, 422])
async def test_a_rejected_read(
    script: Script, client: ModelHunterClient, call: str, status: int
) -> None:
    """A complaint about the request itself is passed on."""
    script.answer(status, envelope("INVALID_PARAMETER"))

    with pytest.raises(Rejected) as caught:
        await CALLS[call](client)

    assert (caught.value.status, caught.value.code) == (status, "INVALID_PARAMETER")


@pytest.mark.parametrize("call", ["get", "cancel"])
@pytest.mark.parametrize("body", ["<html>", envelope("TASK_NOT_FOUND")])
async def test_a_read_of_an_unknown_task(
    script: Script, client: ModelHunterClient, call: str, body: object
) -> None:
    """404 on one task means that the API does not know it."""
    script.answer(404, body)

    with pytest.raises(TaskNotFound):
        await CALLS[call](client)


async def test_a_cancel_answered_with_409(script: Script, client: ModelHunterClient) -> None:
    """409 on a cancel means that the task has already finished."""
    script.answer(409, envelope())

    with pytest.raises(AlreadyFinished):
        await client.cancel_task("task_1")


@pytest.mark.parametrize("call", ["get", "list", "balance"])
@pytest.mark.parametrize(
    "body",
    [
        "",
        "<html><body>Welcome</body></html>",
        '{"success": true, "data": {"id": "task_1"',
        "[]",
        "null",
        "7",
        {"success": False, "error": {"code": "X"}},
        "[" * 100_000,
    ],
)
async def test_a_read_of_a_malformed_answer(
    script: Script, client: ModelHunterClient, call: str, body: object
) -> None:
    """A 200 that is no success envelope is nonsense."""
    script.answer(200, body)

    with pytest.raises(Malformed):
        await CALLS[call](client)


@pytest.mark.parametrize("data", [None, [], "text", 7, {}, {"id": None}, {"status": "running"}])
async def test_a_read_task_without_an_id(
    script: Script, client: ModelHunterClient, data: object
) -> None:
    """A success without a task that has an id is nonsense."""
    script.answer(200, {"success": True, "data": data})

    with pytest.raises(Malformed):
        await client.get_task("task_1")


@pytest.mark.parametrize("data", [None, {}, "text", 7])
async def test_a_task_list_that_is_no_list(
    script: Script, client: ModelHunterClient, data: object
) -> None:
    """A list that is no list is nonsense, not an empty list."""
    script.answer(200, {"success": True, "data": data})

    with pytest.raises(Malformed):
        await client.list_tasks()


@pytest.mark.parametrize("call", CALLS)
async def test_calls_to_the_api_follow_no_redirect(
    script: Script, client: ModelHunterClient, call: str
) -> None:
    """A redirect is malformed: following it would send the key to another server."""
    script.answer(302, "", {"Location": "/elsewhere"})

    with pytest.raises(Malformed):
        await CALLS[call](client)

    assert len(script.asked) == 1


async def test_a_task_whose_fields_are_odd(script: Script, client: ModelHunterClient) -> None:
    """An odd byte, number or text costs its own field, and the task is read."""
    script.answer(
        200, '{"data": {"id": "task_1", "status": "failed", "cost": NaN, "error": "\\ud83e"}}'
    )
    task = await client.get_task("task_1")
    assert (task.status, task.cost) == (TaskStatus.FAILED, None)
    assert task.error is not None
    assert task.error.message == "\ufffd"


async def test_another_task_than_the_one_asked_for(
    script: Script, client: ModelHunterClient
) -> None:
    """An answer about another task is not believed."""
    script.answer(200, {"success": True, "data": {"id": "task_2", "status": "failed"}})
    with pytest.raises(Malformed):
        await client.get_task("task_1")


async def test_each_entry_of_the_list_is_read_by_itself(
    script: Script, client: ModelHunterClient
) -> None:
    """Entries of which nothing can be used, or a field can't, leave the others as they are."""
    odd = '[null, 7, {"id": null}, {"id": "b", "metadata": {"p": "\\ud83e", "q": NaN}}, {"id": "c", "x": oops}'
    body = f'{odd}, {{"id": "a", "metadata": {{"job_id": "7"}}}}]'
    script.answer(200, f'{{"data": {body}, "pagination": {{"hasMore": false}}}}')
    page = await client.list_tasks()
    assert [task.id for task in page.tasks] == ["b", "c", "a"]
    assert page.tasks[-1].metadata == {"job_id": "7"}


@pytest.mark.parametrize(
    ("pagination", "expected"),
    [
        ({"hasMore": "true", "cursor": "c"}, ("c", True)),
        ({"hasMore": 1, "cursor": 7}, ("7", True)),
        ({"hasMore": None, "cursor": "c"}, ("c", True)),
        ({"hasMore": "perhaps", "cursor": "c"}, ("c", True)),
        ({"hasMore": "false", "cursor": "c"}, ("c", False)),
        ({"hasMore": [], "cursor": None}, (None, False)),
        ([], (None, False)),
        (None, (None, False)),
    ],
)
async def test_odd_pagination(
    script: Script,
    client: ModelHunterClient,
    pagination: object,
    expected: tuple[str | None, bool],
) -> None:
    """A page that may not be the last is not taken for the last."""
    script.answer(200, {"success": True, "data": [], "pagination": pagination})
    page = await client.list_tasks()
    assert (page.cursor, page.has_more) == expected


@pytest.mark.parametrize(
    ("balance", "expected"),
    [("12.5", Decimal("12.5")), (True, None), ("a lot", None), ([], None), ({}, None), (-3, -3)],
)
async def test_odd_balances(
    script: Script, client: ModelHunterClient, balance: object, expected: Decimal | None
) -> None:
    """A balance that is no amount is not reported."""
    script.answer(200, {"success": True, "data": {"balance": balance, "currency": None}})
    assert await client.balance() == expected
