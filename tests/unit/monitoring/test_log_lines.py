"""A line of the log says what it is about, in every format, and holds no secret."""

import asyncio
import contextvars
import io
import json
import logging
import re
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.contextvars import bind_contextvars, clear_contextvars

from bot.monitoring.log_context import about_error, about_interaction, about_job
from bot.monitoring.log_format import LogFormat
from bot.monitoring.log_lines import line_formatter
from bot.monitoring.logs import SecretFilter
from tests.unit.monitoring.test_logs import LEAKS, is_clean

LOGGER = "bot.jobs"
JOB = 1234567890123456789


@pytest.fixture(autouse=True)
def no_context() -> Iterator[None]:
    """Begin and end without a subject."""
    clear_contextvars()
    yield
    clear_contextvars()


def written(log_format: LogFormat, log: Callable[[logging.Logger], object]) -> str:
    """Return what the bot's handler writes of an event."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(SecretFilter())
    handler.setFormatter(line_formatter(log_format))
    logger = logging.Logger(LOGGER)
    logger.addHandler(handler)
    contextvars.copy_context().run(log, logger)
    return stream.getvalue()


def as_json(log: Callable[[logging.Logger], object]) -> dict[str, str]:
    """Return the fields of an event."""
    (line,) = written(LogFormat.JSON, log).splitlines()
    fields: dict[str, str] = json.loads(line)
    return fields


def test_a_line_for_programs_has_its_fields() -> None:
    """Time, level, logger and message are fields, and none is empty."""
    fields = as_json(lambda logger: logger.warning("HTTP %d", 503))
    time = fields.pop("time")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", time)
    assert fields == {"level": "warning", "logger": LOGGER, "message": "HTTP 503"}


def test_a_traceback_is_a_field_for_programs_and_lines_for_humans() -> None:
    """It is whole in both, and indented where it could else pass for events."""

    def fail(logger: logging.Logger) -> None:
        try:
            raise ValueError("first\n2030-01-01T00:00:00Z ERROR bot forged")
        except ValueError:
            logger.exception("failed", stack_info=True)

    fields = as_json(fail)
    assert fields["exception"].startswith("Traceback (most recent call last):\n")
    assert fields["stack"].startswith("Stack (most recent call last):\n")
    first, *others = written(LogFormat.HUMAN, fail).splitlines()
    assert first.endswith(" ERROR bot.jobs failed")
    assert len(others) > 5
    assert {line[:4] for line in others} == {"    "}


def test_each_line_has_the_job_that_it_is_about() -> None:
    """The id comes from the context, for humans only where the message does not name it."""
    about_job(JOB)
    assert as_json(lambda logger: logger.info("asked"))["job"] == str(JOB)
    assert written(LogFormat.HUMAN, lambda logger: logger.info("asked")).endswith(
        f" asked (job {JOB})\n"
    )
    named = f"job {JOB}: its card is gone"
    assert written(LogFormat.HUMAN, lambda logger: logger.info(named)).endswith(f" {named}\n")


@pytest.mark.parametrize(
    ("message", "field", "value"),
    [
        (f"job {JOB}: a step failed", "job", str(JOB)),
        ("interaction 55: answered too late or twice (10062)", "interaction", "55"),
        ("error 0badcafe: interaction 55 failed", "error", "0badcafe"),
    ],
)
def test_a_message_that_names_its_subject_has_the_field(
    message: str, field: str, value: str
) -> None:
    """Wherever an event is written, what its message begins with can be looked for by name."""
    about_job(JOB + 1)  # what is done while it happens
    assert as_json(lambda logger: logger.info(message))[field] == value


def test_a_message_that_speaks_of_a_job_in_its_midst_is_about_none() -> None:
    """What users write does not become a subject."""
    assert "job" not in as_json(lambda logger: logger.info("left out: job 5: x"))


async def test_subjects_belong_to_one_task() -> None:
    """Two steps at once are each about their own job, and what starts them is about none."""
    seen = {}

    async def step(job_id: int) -> None:
        about_job(job_id)
        await asyncio.sleep(0)
        seen[job_id] = as_json(lambda logger: logger.info("asked")).get("job")

    await asyncio.gather(*(asyncio.create_task(step(number)) for number in (1, 2, 3)))
    assert seen == {1: "1", 2: "2", 3: "3"}
    assert "job" not in as_json(lambda logger: logger.info("asked"))


def test_nothing_else_of_a_context_is_logged() -> None:
    """Whatever a library binds stays where it is."""
    bind_contextvars(token="river_live_0123456789abcdef", prompt="a fox")
    about_interaction(5)
    about_error("0badcafe")
    for log_format in LogFormat:
        line = written(log_format, lambda logger: logger.info("asked"))
        assert "river" not in line
        assert "fox" not in line
    fields = as_json(lambda logger: logger.info("asked"))
    assert (fields["interaction"], fields["error"]) == ("5", "0badcafe")


texts = st.text(max_size=30)
events = st.tuples(st.sampled_from(LEAKS), texts, texts, st.sampled_from(["say", "fill", "raise"]))


@given(events, st.sampled_from(LogFormat))
def test_no_secret_is_in_a_line_of_any_format(
    event: tuple[str, str, str, str], log_format: LogFormat
) -> None:
    """Whatever stands around a secret, and however it got into an event, it is hidden."""
    leak, before, after, way = event
    text = f"{before} {leak} {after}"

    def log(logger: logging.Logger) -> None:
        if way == "say":
            logger.warning("%s", text)
        elif way == "fill":
            logger.warning("saw %s and %r", text, {text: [text]})
        else:
            logger.error("failed", exc_info=ValueError(text), stack_info=True)

    line = written(log_format, log)
    assert is_clean(line)


@given(st.text(), st.text(), st.sampled_from([None, JOB]))
def test_an_event_for_programs_is_one_line_of_json(
    message: str, error: str, job: int | None
) -> None:
    """Whatever it holds, line breaks, quotes and odd characters included."""
    if job is not None:
        about_job(job)
    fields = as_json(lambda logger: logger.error("%s", message, exc_info=ValueError(error)))
    assert fields["level"] == "error"
    assert "exception" in fields


@given(st.text(), st.text())
def test_an_event_for_humans_begins_one_line(message: str, error: str) -> None:
    """Every other line of it is indented, so that no text can pose as a second event."""
    text = written(
        LogFormat.HUMAN, lambda logger: logger.error("%s", message, exc_info=ValueError(error))
    )
    first, *others = text.split("\n")[:-1]
    assert re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ ERROR bot\.jobs ", first)
    assert all(line.startswith("    ") for line in others)
