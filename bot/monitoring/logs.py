"""Logs: one event a line on standard error, without secrets.

Secrets reach log records by many ways: a library's error that quotes a request, an address in a
traceback, the repr of a record. So the masking is done where all of them pass, by a filter on the
handler that writes the finished text, and it looks for what secrets look like (`_SECRETS`) besides
the bot's own token and key. Libraries that write whole requests are quiet below WARNING (`_QUIET`).
"""

import logging
import re
import time
from collections.abc import Sequence
from traceback import format_exception

MASK = "***"
_HANDLER = "bot"
# The operator's own token and key, which may have any form. A shorter one would mask parts of
# ordinary words.
_own_secrets: list[str] = []
_SHORTEST = 8  # characters

# Each pattern keeps its first group, if it has one, and hides the rest of what it finds.
_SECRETS = tuple(
    re.compile(pattern)
    for pattern in (
        # A header as text, as an item of a dict, or as a pair of bytes.
        r"""(?i)(authorization["']?\s*[:=,]\s*(?:b(?=["']))?["']?)(?:(?:bearer|bot|basic)\s+)?[^\s"',)}\]]+""",
        r"(?i)(\bbearer\s+)[^\s\"',)}\]]{6,}",
        r"(\bBot\s+)[\w.-]{20,}",
        # A Discord bot token: id, time and signature in base64 (Discord docs: Authentication).
        r"()\b[\w-]{23,30}\.[\w-]{6,7}\.[\w-]{27,}",
        # An interaction token is base64 of "interaction:...".
        r"()\baW50ZXJhY3Rpb246[\w=+/-]+",
        r"(?i)((?:webhooks|interactions)(?:/|%2F)\d+(?:/|%2F))[^\s/?\"'<>]+",
        # The address of one job's webhook, which can't be guessed (`bot.jobs.webhook_addresses`).
        r"(?i)(webhooks(?:\\?/|%2F)modelhunter(?:\\?/|%2F))[^\s/?\"'<>]+",
        # ModelHunter docs: Authentication, Webhooks.
        r"()\briver_[\w-]+",
        r"()\bwhsec_[\w+/=-]+",
        # User name and password in an address, then everything after its question mark. The latter
        # pattern begins at the mark: one that began at each "https://" would take time that grows
        # with the square of the text, and the text may be written by users.
        r"(?i)(\b[a-z][a-z0-9+.-]{0,30}://)[^\s/@\"'<>]+(?=@)",
        # The bot's own invite link has nothing to hide.
        r"((?<!//discord\.com/oauth2/authorize)\?)[\w%~\"'<&=+/.-]*[\w%=]\S*",
        # A value after its name, as in the repr of a dict or a record.
        r"""(?i)((?:token|secret|password|sig|signature|api_?key)["']?\s*[:=]\s*(?:b(?=["']))?["']?)[^\s"',)}\]]+""",
    )
)

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


def configure_logging(level: str, secrets: Sequence[str] = ()) -> None:
    """Log events of *level* and above to stderr, masked; may be called again with another level.

    *secrets* are masked even if they match no pattern.
    """
    _own_secrets[:] = [secret for secret in secrets if len(secret) >= _SHORTEST]
    root = logging.getLogger()
    for handler in [each for each in root.handlers if each.get_name() == _HANDLER]:
        root.removeHandler(handler)
    root.addHandler(_masked_handler())
    root.setLevel(level)
    wanted = root.level
    logging.getLogger(_NO_DEBUG).setLevel(max(wanted, logging.INFO))
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(wanted, logging.WARNING))


def mask(text: str) -> str:
    """Return *text* with tokens, keys and the query strings of addresses replaced by asterisks."""
    for ours in _own_secrets:
        text = text.replace(ours, MASK)
    for secret in _SECRETS:
        text = secret.sub(rf"\g<1>{MASK}", text)
    return text


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


def _masked_handler() -> logging.Handler:
    handler = logging.StreamHandler()
    handler.set_name(_HANDLER)
    handler.addFilter(SecretFilter())
    formatter = logging.Formatter(
        "%(asctime)s %(levelname)s %(name)s %(message)s", datefmt="%Y-%m-%dT%H:%M:%SZ"
    )
    formatter.converter = time.gmtime
    handler.setFormatter(formatter)
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
