"""What becomes of an answer to a create: refused, not taken, or unknown."""

import contextlib
import itertools
import logging

import pytest
from aiohttp.test_utils import TestServer

from bot.modelhunter import (
    ModelHunterClient,
    ModelHunterError,
    NotProcessed,
    OperatorMustAct,
    OutcomeUnknown,
    Rejected,
    Unavailable,
)
from tests.integration.modelhunter.script import CALLS, KEY, Script, client_of, create, envelope


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (400, "VALIDATION_ERROR"),
        (404, "MODEL_NOT_FOUND"),
        (404, "PROVIDER_NOT_FOUND"),
        (413, "TOO_LARGE"),
        (422, "INVALID_PARAMETER"),
    ],
)
async def test_a_rejected_create(
    script: Script, client: ModelHunterClient, status: int, code: str
) -> None:
    """What the API says about the request reaches the caller: code, words, field."""
    script.answer(status, envelope(code, field="prompt", reason="Required field is missing"))

    with pytest.raises(Rejected) as caught:
        await create(client)

    error = caught.value
    assert (error.status, error.code, error.field) == (status, code, "prompt")
    assert error.message == "Words: prompt: Required field is missing"
    assert str(error) == f"HTTP {status} {code}"


@pytest.mark.parametrize(
    ("message", "details", "words"),
    [
        ("Invalid", {"field": "size", "reason": "Out of range"}, "Invalid: size: Out of range"),
        ("Invalid size", {"field": "size", "reason": "Out of range"}, "Invalid size: Out of range"),
        ("Invalid", {"field": "size", "reason": "size is odd"}, "Invalid: size is odd"),
        ("Invalid", {"field": "size"}, "Invalid: size"),
        (None, {"field": "size"}, "size"),
        ("Invalid", {}, "Invalid"),
    ],
)
async def test_a_rejected_create_names_the_input(
    script: Script,
    client: ModelHunterClient,
    message: str | None,
    details: dict[str, str],
    words: str,
) -> None:
    """The words of a refusal name the input that must change, and name it once."""
    error = {"code": "VALIDATION_ERROR", "message": message, "details": details}
    script.answer(400, {"success": False, "error": error})

    with pytest.raises(Rejected) as caught:
        await create(client)

    assert caught.value.message == words


async def test_a_rejected_create_without_details(script: Script, client: ModelHunterClient) -> None:
    """Details are optional and may have any shape."""
    shapes: list[object] = [None, [], "text", {"field": 5}]
    for details in shapes:
        script.answer(
            400, {"success": False, "error": {"code": "X", "message": 5, "details": details}}
        )

        with pytest.raises(Rejected) as caught:
            await create(client)

        assert (caught.value.message, caught.value.field) == (None, None)


@pytest.mark.parametrize(
    ("error", "code"), [({"code": 40013, "message": "no"}, "40013"), ({"message": "no"}, None)]
)
async def test_create_rejected_with_an_odd_code(
    script: Script, client: ModelHunterClient, error: object, code: str | None
) -> None:
    """A code that is a number, or missing, does not make the outcome unknown."""
    script.answer(400, {"success": False, "error": error})

    with pytest.raises(Rejected) as caught:
        await create(client)

    assert (caught.value.code, caught.value.message) == (code, "no")


@pytest.mark.parametrize("status", [401, 402, 403])
async def test_a_create_that_needs_the_operator(
    script: Script, client: ModelHunterClient, status: int
) -> None:
    """401, 402 and 403 in the API's envelope are the operator's."""
    script.answer(status, envelope("INSUFFICIENT_BALANCE"))

    with pytest.raises(OperatorMustAct) as caught:
        await create(client)

    assert (caught.value.status, caught.value.code) == (status, "INSUFFICIENT_BALANCE")


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("header", "seconds"),
    [("30", 30.0), ("Sun, 06 Nov 1994 08:50:07 GMT", 30.0), ("soon", None), (None, None)],
)
async def test_a_create_that_was_not_processed(
    script: Script,
    client: ModelHunterClient,
    status: int,
    header: str | None,
    seconds: float | None,
) -> None:
    """429 and 503 in the API's own envelope say that it did not take the task."""
    sent = {"Date": "Sun, 06 Nov 1994 08:49:37 GMT"}
    script.answer(status, envelope(), {**sent, "Retry-After": header} if header else sent)

    with pytest.raises(NotProcessed) as caught:
        await create(client)

    assert (caught.value.status, caught.value.retry_after) == (status, seconds)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, ""),
        (202, "<html>"),
        (202, {"success": True}),
        (202, {"success": True, "data": {"status": "pending"}}),
        (202, {"success": True, "data": {"id": " "}}),
        (202, {"success": False, "error": {"code": "X"}}),
        (302, ""),
        (400, "<html>"),
        (401, "<html>"),
        (404, "Not Found"),
        (408, envelope()),
        (409, envelope()),
        (429, "<html>"),
        (429, {"message": "too many"}),
        (429, {"success": False, "error": "too many"}),
        (500, envelope()),
        (502, envelope("PROVIDER_ERROR")),
        (502, "<html>"),
        (503, "<html>"),
        (503, {"error": {"code": "X"}}),
        (504, envelope()),
    ],
)
async def test_a_create_of_unknown_outcome(
    script: Script, client: ModelHunterClient, status: int, body: object
) -> None:
    """An answer that does not prove the opposite means that the task may exist."""
    script.answer(status, body)

    with pytest.raises(OutcomeUnknown) as caught:
        await create(client)

    assert caught.value.status == status
    assert not isinstance(caught.value, Unavailable)
    assert len(script.asked) == 1


async def test_create_errors_hold_no_secret(
    script: Script, client: ModelHunterClient, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither logs nor errors hold the key, the prompt or what the API said about it."""
    with caplog.at_level(logging.DEBUG):
        for status in (200, 202, 302, 400, 401, 404, 409, 429, 500, 503):
            body = envelope()
            body["error"] = {"code": "X", "message": f"{KEY} a fox", "details": {"reason": "a fox"}}
            script.answer(status, body, {"Location": f"https://elsewhere/?key={KEY}"})
            for call in (*CALLS.values(), create):
                with contextlib.suppress(ModelHunterError):
                    await call(client)

    told = [record.getMessage() for record in caplog.records]
    assert not [line for line in told if KEY in line or "a fox" in line]

    script.answer(400, {"success": False, "error": {"code": "X", "message": f"{KEY} a fox"}})
    with pytest.raises(Rejected) as caught:
        await create(client)
    assert "fox" not in f"{caught.value} {caught.value!r}"
    assert KEY not in f"{caught.value} {caught.value!r}"


@pytest.mark.parametrize(("seconds", "is_sent"), [(13.0, True), (15.0, False), (7_200.0, False)])
async def test_a_create_whose_connection_comes_too_late(
    script: Script, server: TestServer, seconds: float, is_sent: bool
) -> None:
    """A machine that was suspended while it connected sends nothing on waking."""
    times = itertools.count(1_000.0, seconds)
    async with client_of(server, clock=lambda: next(times)) as client:
        if is_sent:
            script.answer(503, envelope("BUSY"))
        with pytest.raises(NotProcessed) as caught:
            await create(client)
    assert (caught.value.status, len(script.asked)) == ((503, 1) if is_sent else (None, 0))
