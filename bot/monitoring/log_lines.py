"""Log lines: how an event, masked before, becomes a line for humans or an object of JSON.

Any module logs by the standard library. structlog's formatter takes each event, adds what it is about,
which asyncio's context holds (`bot.monitoring.log_context`), and writes it:

    human  2026-11-28T12:00:00Z INFO bot.jobs.worker.tracker HTTP 503 (job 1234567890123456789)
    json   {"time": "2026-11-28T12:00:00.000Z", "level": "info", "logger": "bot.jobs.worker.tracker",
            "message": "HTTP 503", "job": "1234567890123456789"}

An id that the message names is not added for humans. In JSON it is a text: a snowflake is larger than
the numbers that many readers of JSON take. A traceback is lines of its own for humans, each indented,
and the field `exception` in JSON, where an event is one line whatever it holds.
"""

import datetime
import json
import logging
import re
import textwrap
from typing import cast

from structlog.stdlib import ProcessorFormatter
from structlog.typing import EventDict, WrappedLogger

from bot.monitoring.log_context import NAMES, subjects
from bot.monitoring.log_format import LogFormat

# What a message begins with that is about one thing, whatever the context is.
_NAMED = re.compile(rf"(?P<name>{'|'.join(NAMES)}) (?P<value>[0-9a-f]+): ")
# Keys of an event.
_EVENT, _RECORD, _STACK = "event", "_record", "stack_info"  # the formatter's own
_SUBJECTS, _EXCEPTION = "subjects", "exception"


def line_formatter(log_format: LogFormat) -> logging.Formatter:
    """Return the formatter of events whose texts are masked."""
    render = _as_json if log_format is LogFormat.JSON else _for_humans
    return ProcessorFormatter(
        foreign_pre_chain=[_add_traceback, _add_subjects], processors=[render]
    )


def _add_traceback(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """Keep the traceback as it was masked; the formatter takes it from the record after this."""
    event[_EXCEPTION] = cast(logging.LogRecord, event[_RECORD]).exc_text or ""
    return event


def _add_subjects(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    about = dict(subjects())
    if (named := _NAMED.match(event[_EVENT])) is not None:
        about[named["name"]] = named["value"]
    event[_SUBJECTS] = about
    return event


def _for_humans(_logger: WrappedLogger, _name: str, event: EventDict) -> str:
    record = cast(logging.LogRecord, event[_RECORD])
    time, message = _time(record), event[_EVENT]
    left = [f"{name} {value}" for name, value in event[_SUBJECTS].items() if value not in message]
    about = f" ({', '.join(left)})" if left else ""
    first = f"{time:%Y-%m-%dT%H:%M:%SZ} {record.levelname} {record.name} {message}{about}"
    return "\n".join(filter(None, (first, event[_EXCEPTION], event.get(_STACK))))


def _as_json(_logger: WrappedLogger, _name: str, event: EventDict) -> str:
    record = cast(logging.LogRecord, event[_RECORD])
    fields = {
        "time": _time(record).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "level": record.levelname.lower(),
        "logger": record.name,
        "message": event[_EVENT],
        **event[_SUBJECTS],
        "exception": textwrap.dedent(event[_EXCEPTION]),
        "stack": textwrap.dedent(event.get(_STACK, "")),
    }
    return json.dumps({name: value for name, value in fields.items() if value})


def _time(record: logging.LogRecord) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(record.created, datetime.UTC)
