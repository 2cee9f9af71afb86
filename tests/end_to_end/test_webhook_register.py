"""`webhook register` shows the operator the secret once, and a second time is no surprise."""

import asyncio
import os
from pathlib import Path

import pytest

from tests.end_to_end.commands import run_command
from tests.end_to_end.world import World

URL = "https://bot.example.org"


async def register(world: World, *more: str, **settings: str) -> tuple[int, str, str]:
    """Run the command; return its exit code, its output and what it wrote to standard error."""
    given = {"PUBLIC_URL": URL, "HTTP_PORT": "8080", **settings}
    return await run_command(world, "webhook", "register", *more, **given)


async def test_a_registration_shows_its_secret_once(world: World) -> None:
    """The address and both events are registered; the secret is on the terminal and in no log."""
    code, said, errors = await register(world, LOG_LEVEL="DEBUG")
    (endpoint,) = world.api.webhooks.endpoints
    assert code == 0
    assert (endpoint.url, endpoint.events) == (
        f"{URL}/webhooks/modelhunter",
        ("task.completed", "task.failed"),
    )
    assert said.count(endpoint.secret) == 1
    assert endpoint.secret not in errors
    assert world.api.key not in said + errors
    assert "Put the secret into MODELHUNTER_WEBHOOK_SECRET and restart the bot." in said
    kept = await asyncio.to_thread(Path(world.database_path).read_bytes)
    assert endpoint.secret.encode() not in kept

    code, said, errors = await register(world)
    assert code == 2
    assert said == ""
    assert errors.count("\n") == 1
    assert "was registered before" in errors
    assert len(world.api.webhooks.endpoints) == 1

    code, _, _ = await register(world, "--again")
    assert code == 0
    assert len(world.api.webhooks.endpoints) == 2


@pytest.mark.parametrize(
    ("fault", "code", "said"),
    [
        ({"status": 401, "code": "AUTH_INVALID_TOKEN"}, 2, "ModelHunter refuses (HTTP 401"),
        ({"status": 422, "code": "VALIDATION_ERROR"}, 2, "does not take PUBLIC_URL (HTTP 422"),
        ({"status": 503}, 1, "Nothing was registered (HTTP 503): try again later."),
        ({"status": 500}, 1, "It is not known whether it was registered (HTTP 500)."),
        ({"cut": "after"}, 1, "It is not known whether it was registered"),
        ({"body": "html", "status": 200}, 1, "It is not known whether it was registered"),
    ],
)
async def test_a_registration_that_failed_is_one_sentence(
    world: World, fault: dict[str, object], code: int, said: str
) -> None:
    """The exit code says whether the operator must change something, and a refusal can be repeated."""
    world.api.faults.add("POST", "/webhooks", **fault)  # type: ignore[arg-type]
    ended, output, errors = await register(world)
    assert (ended, output) == (code, "")
    assert errors.count("\n") == 1
    assert said in errors
    again = () if "not known" not in said else ("--again",)
    assert (await register(world, *again))[0] == 0


async def test_an_answer_without_a_secret_is_shown(world: World) -> None:
    """What the API answers is shown as it is, but for signs that a terminal would carry out."""
    body = b'{"success": true, "data": {"webhook": {"id": 7, "note": "\\u001b[2Jhello"}}}'
    world.api.faults.add("POST", "/webhooks", body=body)
    code, said, _ = await register(world)
    assert code == 0
    assert "  webhook.id    7\n  webhook.note  [2Jhello\n" in said
    assert "There is no secret in it" in said


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"PUBLIC_URL": ""}, "PUBLIC_URL is not set"),
        ({"HTTP_PORT": ""}, "PUBLIC_URL can do nothing without HTTP_PORT"),
        ({"PUBLIC_URL": "http://bot.example.org"}, "PUBLIC_URL must be an address"),
        ({"MODELHUNTER_KEY": ""}, "MODELHUNTER_KEY is missing"),
    ],
)
async def test_settings_that_are_missing_are_named(
    world: World, settings: dict[str, str], said: str
) -> None:
    """Nothing is sent, and the line says what to set."""
    code, output, errors = await register(world, **settings)
    assert (code, output) == (2, "")
    assert said in errors
    assert world.api.webhooks.endpoints == []
    assert os.linesep not in errors.rstrip()
