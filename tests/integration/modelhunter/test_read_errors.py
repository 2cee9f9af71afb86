"""What becomes of an answer to anything but a create."""

import pytest

from bot.modelhunter import (
    AlreadyFinished,
    Malformed,
    ModelHunterClient,
    OperatorMustAct,
    Rejected,
    TaskNotFound,
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
        '{"data": {"id": "a", "cost": NaN}}',
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
