"""Logs: one event a line on standard error, without secrets, for humans or as JSON.

The masking is done where all events pass, by a filter on the handler that writes the finished text
(`bot.monitoring.masking`). Only then is the text put into a line (`bot.monitoring.log_lines`), so that
no form of a line can hide from the patterns what it holds. Libraries that write whole requests are
quiet below WARNING (`_QUIET`).
"""

import logging
from collections.abc import Sequence
from traceback import format_exception

from bot.monitoring.log_format import LogFormat
from bot.monitoring.log_lines import line_formatter
from bot.monitoring.masking import hide, mask

_HANDLER = "bot"

# These write addresses, bodies, statements or parameters when they are allowed to.
_QUIET = (
    "httpx",
    "httpcore",
    "aiohttp.access",
    "alembic",
    "aiosqlite",
    "asyncio",
    "sqlalchemy",
    "discord.http",
    "discord.gateway",
    "discord.client",
    "discord.webhook",
)
# Never below INFO: its debug lines hold what users wrote.
_NO_DEBUG = "discord"


def configure_logging(
    level: str, secrets: Sequence[str] = (), *, log_format: LogFormat = LogFormat.HUMAN
) -> None:
    """Log events of *level* and above to stderr, masked; may be called again with another level.

    *secrets* are masked even if they match no pattern.
    """
    hide(secrets)
    root = logging.getLogger()
    for handler in [each for each in root.handlers if each.get_name() == _HANDLER]:
        root.removeHandler(handler)
    root.addHandler(_masked_handler(log_format))
    root.setLevel(level)
    wanted = root.level
    logging.getLogger(_NO_DEBUG).setLevel(max(wanted, logging.INFO))
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(wanted, logging.WARNING))


class SecretFilter(logging.Filter):
    """Filter that formats and masks message and traceback before any formatter sees them."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Replace the texts of *record* by masked ones; drop no record."""
        record.msg, record.args = _one_line(mask(_message(record))), None
        if record.exc_info and record.exc_info[0]:
            record.exc_text = _indented("".join(format_exception(record.exc_info[1])))
        elif record.exc_text:
            record.exc_text = _indented(record.exc_text)
        record.exc_info = None
        if record.stack_info:
            record.stack_info = _indented(record.stack_info)
        return True


def _masked_handler(log_format: LogFormat) -> logging.Handler:
    handler = logging.StreamHandler()
    handler.set_name(_HANDLER)
    handler.addFilter(SecretFilter())
    handler.setFormatter(line_formatter(log_format))
    return handler


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except Exception as error:  # an argument's own __str__ may raise any
        # The logging package would print the arguments to standard error, unmasked.
        return f"{record.msg} (arguments left out: {error!r})"


def _one_line(text: str) -> str:
    """Return *text* without line breaks, so that no text can look like another event."""
    return "\\n".join(text.splitlines())


def _indented(text: str) -> str:
    """Return a masked traceback, indented so that no line of it looks like an event."""
    return "\n".join(f"    {line}" for line in mask(text).splitlines())
