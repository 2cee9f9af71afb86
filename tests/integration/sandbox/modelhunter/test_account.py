"""Keys, balance, errors and the log of the sandbox API."""

from decimal import Decimal

import pytest

from sandbox.modelhunter import Script, open_sandbox_api
from tests.integration.sandbox.modelhunter.calls import FOX, Caller


@pytest.mark.parametrize(
    ("header", "status", "code"),
    [
        ("", 401, "AUTH_REQUIRED"),
        ("Basic cml2ZXI6", 401, "AUTH_REQUIRED"),
        ("Bearer river_test_wrong", 401, "AUTH_INVALID_TOKEN"),
        ("Bearer river_test_old", 403, "KEY_REVOKED"),
    ],
)
@pytest.mark.parametrize("path", ["/balance", "/tasks", "/tasks/task_1", "/nowhere"])
async def test_every_path_asks_for_the_key(
    caller: Caller, path: str, header: str, status: int, code: str
) -> None:
    """No key, a wrong one and a revoked one are refused before anything else is checked."""
    caller.api.barred_keys["river_test_old"] = "KEY_REVOKED"
    answer = await caller.call("GET", path, headers={"Authorization": header})
    assert (answer.status, answer.body["success"]) == (status, False)
    assert answer.body["error"]["code"] == code


async def test_the_balance_is_plain_dollars(caller: Caller) -> None:
    """The balance falls by the price of each accepted task."""
    await caller.create(Script.quick())
    answer = await caller.call("GET", "/balance")
    assert answer.body["data"]["balance"] == 99.96
    assert answer.body["data"]["billingMode"] == "prepaid"


async def test_too_little_money_is_a_402_and_makes_no_task(caller: Caller) -> None:
    """A price above the balance is refused, and the script waits for the next try."""
    caller.api.balance = Decimal("0.03")
    script = Script.quick()
    caller.api.scripts.next(script)
    refused = await caller.call("POST", "/vidu/text-to-video", FOX)
    assert (refused.status, refused.body["error"]["code"]) == (402, "INSUFFICIENT_BALANCE")
    assert not caller.api.tasks
    caller.api.balance = Decimal("0.04")
    assert caller.api.tasks[await caller.create()].script is script


async def test_a_missing_prompt_names_its_field(caller: Caller) -> None:
    """The envelope of a 400 says which input is wrong and why."""
    answer = await caller.call("POST", "/veo/text-to-video", {"model": "veo3", "input": {}})
    assert answer.status == 400
    assert answer.body == {
        "success": False,
        "error": {
            "code": "VALIDATION_ERROR",
            "message": "Invalid request parameters",
            "details": {"field": "prompt", "reason": "Required field is missing"},
        },
    }


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("POST", "/sora/text-to-video", 404, "PROVIDER_NOT_FOUND"),
        ("POST", "/veo/karaoke", 404, "NOT_FOUND"),
        ("GET", "/models", 404, "NOT_FOUND"),
        ("PUT", "/balance", 405, "METHOD_NOT_ALLOWED"),
    ],
)
async def test_a_wrong_path_has_the_envelope_too(
    caller: Caller, method: str, path: str, status: int, code: str
) -> None:
    """Also what the web framework refuses is answered in the API's own form."""
    answer = await caller.call(method, path, FOX if method == "POST" else None)
    assert (answer.status, answer.body["error"]["code"]) == (status, code)


async def test_a_body_that_is_no_json_is_a_400(caller: Caller) -> None:
    """A body that can't be parsed is answered with the envelope."""
    async with caller.session.post(
        f"{caller.api.url}/vidu/text-to-video",
        data=b"{",
        headers={"Authorization": f"Bearer {caller.api.key}"},
    ) as response:
        body = await response.json()
    assert (response.status, body["error"]["details"]["field"]) == (400, "body")


async def test_every_call_is_logged_without_its_query(caller: Caller) -> None:
    """The log has method, path below the API and status, and can be searched by pattern."""
    task_id = await caller.create()
    await caller.call("GET", "/tasks", query={"limit": "5"})
    await caller.call("GET", "/balance", headers={"Authorization": ""})
    await caller.task(task_id)
    assert list(caller.api.requests) == [
        ("POST", "/vidu/text-to-video", 202),
        ("GET", "/tasks", 200),
        ("GET", "/balance", 401),
        ("GET", f"/tasks/{task_id}", 200),
    ]
    assert len(caller.api.calls("GET", "/tasks*")) == 2


async def test_the_api_address_is_where_it_listens() -> None:
    """Host and port can be chosen; the chosen or free ones are in address and url."""
    async with open_sandbox_api(host="127.0.0.1") as api:
        host, port = api.address
        assert host == "127.0.0.1"
        assert port > 0
        assert api.url == f"http://127.0.0.1:{port}/api/v1"
        assert api.key == "river_test_sandbox"
