"""What a user reads of an error that was not foreseen leads to its line in the log."""

import io
import json
import logging
import re
from collections.abc import Callable, Iterator

import discord
import pytest
from structlog.contextvars import clear_contextvars

from bot.discord.interactions.error_replies import reply_with_error
from bot.monitoring.log_format import LogFormat
from bot.monitoring.log_lines import line_formatter
from bot.monitoring.logs import SecretFilter
from db.errors import TooManyRunning
from tests.unit.discord.interactions.fake_interactions import ID, in_guild

ERROR_ID = re.compile(r"`([0-9a-f]{8})`")


class Stage:
    """What was said to the user, and what the log says."""

    def __init__(self) -> None:
        self.said = ""
        self.log = io.StringIO()


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """Take what would be sent to Discord."""
    stage = Stage()

    async def send(_response: object, content: str, **_more: object) -> None:
        stage.said = content

    monkeypatch.setattr(discord.InteractionResponse, "send_message", send)
    clear_contextvars()
    yield stage
    clear_contextvars()


@pytest.fixture
def log_as(stage: Stage) -> Iterator[Callable[[LogFormat], None]]:
    """Return what writes the bot's log in a format, until the test ends."""
    root, handler = logging.getLogger(), logging.StreamHandler(stage.log)
    handler.addFilter(SecretFilter())

    def begin(log_format: LogFormat) -> None:
        handler.setFormatter(line_formatter(log_format))
        root.addHandler(handler)

    yield begin
    root.removeHandler(handler)


async def test_the_name_of_an_error_finds_its_line_for_programs(
    stage: Stage, log_as: Callable[[LogFormat], None]
) -> None:
    """The line has the name that the user reads, the interaction, and the whole error."""
    log_as(LogFormat.JSON)
    await reply_with_error(in_guild(), RuntimeError("boom"))

    (name,) = ERROR_ID.findall(stage.said)
    (line,) = [json.loads(each) for each in stage.log.getvalue().splitlines()]
    assert line["error"] == name
    assert line["interaction"] == str(ID)
    assert line["level"] == "error"
    assert line["exception"].endswith("RuntimeError: boom")


async def test_the_name_of_an_error_finds_its_line_for_humans(
    stage: Stage, log_as: Callable[[LogFormat], None]
) -> None:
    """It is in the line as the page on troubleshooting says."""
    log_as(LogFormat.HUMAN)
    await reply_with_error(in_guild(), RuntimeError("boom"))

    (name,) = ERROR_ID.findall(stage.said)
    first, *traceback = stage.log.getvalue().splitlines()
    assert f" error {name}: interaction {ID} failed" in first
    assert traceback[-1].strip() == "RuntimeError: boom"


async def test_a_foreseen_error_has_no_name(
    stage: Stage, log_as: Callable[[LogFormat], None]
) -> None:
    """The sentence says what to do, and the operator need not know."""
    log_as(LogFormat.JSON)
    await reply_with_error(in_guild(), TooManyRunning(2, 2))

    assert ERROR_ID.findall(stage.said) == []
    assert stage.log.getvalue() == ""
