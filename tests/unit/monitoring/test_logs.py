"""No secret reaches the log, however it got into an event."""

import itertools
import json
import logging
import re
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.monitoring.log_format import LogFormat
from bot.monitoring.logs import configure_logging
from bot.monitoring.masking import mask

# Planted, and shaped like the real ones.
BOT_TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4OQ" + ".GaBcDe." + "abcdefghijklmnopqrstuvwxyz0123456789AB"
KEY = "river_live_0123456789abcdef0123456789abcdef"
TEST_KEY = "river_test_0123456789abcdef0123456789abcdef"
DASHED_KEY = "river_live_01234567-89abcdef-0123456789"
INTERACTION_TOKEN = "aW50ZXJhY3Rpb246MTIzNDU2Nzg5MDEyMzQ1Njc4OTphYmNkZWZnaGlqa2w"
SIGNATURE = "aB3-signature-of-an-address_%2F"
PASSWORD = "correct-horse"
SECRETS = (
    BOT_TOKEN,
    KEY,
    TEST_KEY,
    INTERACTION_TOKEN,
    SIGNATURE,
    PASSWORD,
    "opaque-token",
    "89abcdef-",
)
LEAKS = [
    f"Authorization: Bearer {KEY}",
    f"{{'Authorization': 'Bot {BOT_TOKEN}', 'User-Agent': 'x'}}",
    "authorization=opaque-token",
    "Authorization: Basic opaque-token",
    "[(b'authorization', b'Bearer opaque-token'), (b'accept', b'*/*')]",
    "Proxy said Bearer opaque-token was wrong",
    f"login with Bot {BOT_TOKEN}",
    f"the token {BOT_TOKEN}, alone",
    f"key {KEY} and {TEST_KEY}.",
    f"key {DASHED_KEY}.",
    f"GET https://cdn.example/results/a.mp4?signature={SIGNATURE} 200",
    f"URL('https://cdn.example/a.mp4?expires=1&signature={SIGNATURE}')",
    f'"GET /webhooks/modelhunter?sig={SIGNATURE} HTTP/1.1" 200',
    f"cdn.example/a.mp4?signature={SIGNATURE}",
    f"wss://gateway.example/?v=10&token={SIGNATURE}",
    "PATCH https://discord.com/api/v10/webhooks/123456/opaque-token/messages/@original",
    "POST https://discord.com/api/v10/interactions/123456/opaque-token/callback",
    "/webhooks/123456/opaque-token",
    f"the interaction {INTERACTION_TOKEN} is over",
    f"postgresql+asyncpg://bot:{PASSWORD}@db.example/bot refused",
    f"Job(id=1, token='{PASSWORD}')",
    f"HTTPS://cdn.example/a.mp4?{SIGNATURE}",
    f"https://cdn.example/a.mp4?{SIGNATURE}",
    f'https://cdn.example/a.mp4?expires=%22q"&signature={SIGNATURE}',
    f"https://cdn.example/a.mp4?a=<b>&c='d'&{SIGNATURE}",
    f"https://cdn.example/{'a/' * 3000}a.mp4?{SIGNATURE}",
    f"//cdn.example/a.mp4?<{SIGNATURE}>",
    f"the query was sig={SIGNATURE}",
    "webhooks/123456/opaque-token",
    "webhooks%2F123456%2Fopaque-token%2Fmessages",
    "a%2FWebhooks%2F123456%2Fopaque-token",
    f"POSTGRESQL://bot:{PASSWORD}@db.example/bot refused",
    f"river_{PASSWORD}",
    f"river_live_{PASSWORD}-and-more",
    f"whsec_{SIGNATURE}"[:12] + PASSWORD.replace("-", ""),
]
# Loggers that write bodies and addresses.
LIBRARIES = (
    "httpx",
    "httpcore.connection",
    "aiohttp.access",
    "aiosqlite",
    "sqlalchemy.engine.Engine",
    "discord.http",
    "discord.gateway",
    "discord.client",
    "discord.webhook.async_",
)


@pytest.fixture(autouse=True)
def logging_as_it_was() -> Iterator[None]:
    """Leave no handler and no level behind."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    levels = {
        name: logger.level
        for name, logger in logging.root.manager.loggerDict.items()
        if isinstance(logger, logging.Logger)
    }
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, logger in logging.root.manager.loggerDict.items():
        if isinstance(logger, logging.Logger):
            logger.setLevel(levels.get(name, logging.NOTSET))


def is_clean(text: str) -> bool:
    """Return whether *text* holds none of the planted secrets, nor a long part of one."""
    parts = [secret[start : start + 12] for secret in SECRETS for start in range(len(secret) - 11)]
    return not any(part in text for part in [*SECRETS, *parts])


def offenders(
    write: Callable[[logging.Logger, str], None],
    capsys: pytest.CaptureFixture[str],
    *,
    shown: Sequence[str],
) -> list[str]:
    """Return the leaks that are not hidden when they are written, or hide what must be *shown*.

    Each is written in every format, by its name.
    """
    found = []
    for log_format, leak in itertools.product(LogFormat, LEAKS):
        configure_logging("INFO", log_format=log_format)
        write(logging.getLogger("any"), leak)
        written = capsys.readouterr().err
        readable = "\n".join(json.loads(written).values()) if log_format == "json" else written
        if not is_clean(written) or any(text not in readable for text in shown):
            found.append(f"{log_format}: {leak}")
    return found


def test_log_messages_are_masked(capsys: pytest.CaptureFixture[str]) -> None:
    """A secret in the message itself is hidden."""

    def write(logger: logging.Logger, leak: str) -> None:
        logger.warning(leak)

    assert offenders(write, capsys, shown=["***"]) == []


def test_log_arguments_are_masked(capsys: pytest.CaptureFixture[str]) -> None:
    """A secret in an argument, or in an argument's own words, is hidden."""

    def write(logger: logging.Logger, leak: str) -> None:
        logger.warning("saw %s and %r", leak, [leak])

    assert offenders(write, capsys, shown=["saw ", " and "]) == []


def test_tracebacks_are_masked(capsys: pytest.CaptureFixture[str]) -> None:
    """A secret in an exception, its cause or its notes is hidden; the traceback stays."""

    def write(logger: logging.Logger, leak: str) -> None:
        try:
            try:
                raise ValueError(leak)
            except ValueError as cause:
                error = RuntimeError(f"because of {leak}")
                error.add_note(leak)
                raise error from cause
        except RuntimeError:
            logger.exception("failed")

    shown = ["RuntimeError: because of", "in write\n"]
    assert offenders(write, capsys, shown=shown) == []


def test_exc_info_given_by_hand_and_stacks_are_masked(capsys: pytest.CaptureFixture[str]) -> None:
    """An exception object handed to `exc_info`, and a stack, are hidden like any other."""

    def write(logger: logging.Logger, leak: str) -> None:
        logger.error("failed", exc_info=ValueError(leak), stack_info=True)

    assert offenders(write, capsys, shown=["ValueError: ", "Stack (most recent call last)"]) == []


def test_a_broken_log_event_is_masked_and_written(capsys: pytest.CaptureFixture[str]) -> None:
    """An event whose arguments don't fit is written without them, and raises nothing."""
    configure_logging("INFO")
    (handler,) = [each for each in logging.getLogger().handlers if each.get_name() == "bot"]
    handler.handle(
        logging.LogRecord("any", logging.ERROR, "file.py", 1, "one %s", (KEY, BOT_TOKEN), None)
    )

    written = capsys.readouterr().err
    assert is_clean(written)
    assert "one %s (arguments left out: TypeError(" in written


@pytest.mark.parametrize(
    "text",
    [
        "Bot started in 3 servers",
        "job 1234567890123456789 is now following",
        "GET https://api.example/v1/tasks/task_abc123 answered 503",
        "what is this? nobody knows",
        "version 1.2.3 of bot.modelhunter.client",
        "card 123.456.789 shown",
        "[SQL: INSERT INTO jobs VALUES (?, ?, ?)]",
        "('who?', 'me') and \"why?\" and ???",
    ],
)
def test_ordinary_log_text_is_left_alone(text: str) -> None:
    """The mask does not eat what operators need."""
    assert mask(text) == text


@pytest.mark.parametrize(
    "part", ["https://", "a://", "?", "http://a?", "authorization", "token: ", "-a", "webhooks/"]
)
def test_masking_takes_linear_time(part: str) -> None:
    """Masking runs on the event loop, and users choose the text."""
    parts, of_each = 20, 10_000 // len(part)

    def time_of(text: str, times: int) -> float:
        begun = time.process_time()
        for _ in range(times):
            mask(text)
        return time.process_time() - begun

    mask(part)
    assert time_of(part * of_each * parts, 1) < 5 * time_of(part * of_each, parts)


@pytest.mark.parametrize("log_format", list(LogFormat))
def test_the_operators_own_secrets_are_masked(
    log_format: LogFormat, capsys: pytest.CaptureFixture[str]
) -> None:
    """The token and the key are hidden as they are, within any other text."""
    configure_logging("INFO", ["plain words", "short"], log_format=log_format)
    logging.getLogger("any").warning("xplain wordsx in short")

    end = {LogFormat.HUMAN: " x***x in short\n", LogFormat.JSON: '"x***x in short"}\n'}
    assert capsys.readouterr().err.endswith(end[log_format])


def test_the_bot_hides_its_token_and_its_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What the settings hold is hidden from the first event on."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DISCORD_TOKEN", "MTIzNDU2Nzg5MDEyMzQ1Njc4.words.of-a-token")
    monkeypatch.setenv("MODELHUNTER_KEY", "words-of-a-key")
    monkeypatch.setenv("DATABASE_URL", "mysql://nothing")
    assert main(["run"]) == 2
    logging.getLogger("any").warning("MTIzNDU2Nzg5MDEyMzQ1Njc4.words.of-a-token, words-of-a-key")

    assert capsys.readouterr().err.endswith(" any ***, ***\n")


def test_masking_keeps_the_address_before_the_question_mark() -> None:
    """Which address failed stays readable, only its signature goes."""
    assert mask("https://cdn.example/a.mp4?signature=x y") == "https://cdn.example/a.mp4?*** y"


def test_a_log_event_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    """Time, level, logger and message are on one line; no text can pose as a second event."""
    configure_logging("INFO")
    logging.getLogger("bot.jobs").info("first\n2030-01-01T00:00:00Z ERROR bot forged\r\x85")

    (line,) = capsys.readouterr().err.splitlines()
    assert re.fullmatch(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ INFO bot\.jobs first\\n2030-.*forged.*", line
    )


def test_logging_configured_twice_writes_once(capsys: pytest.CaptureFixture[str]) -> None:
    """A second call changes the level and does not double the lines."""
    configure_logging("DEBUG")
    configure_logging("WARNING")
    logging.getLogger("any").info("unheard")
    logging.getLogger("any").warning("heard")

    assert capsys.readouterr().err.count("heard") == 1


@pytest.mark.parametrize("level", ["DEBUG", "INFO", "WARNING", "ERROR"])
def test_loggers_of_libraries_are_quiet(level: str) -> None:
    """Loggers that write bodies and addresses never go below WARNING, nor below what is wanted."""
    configure_logging(level)

    least = max(logging.WARNING, logging.getLevelNamesMapping()[level])
    levels = {name: logging.getLogger(name).getEffectiveLevel() for name in LIBRARIES}
    assert levels == dict.fromkeys(LIBRARIES, least)


def test_debug_events_are_the_bots_own(capsys: pytest.CaptureFixture[str]) -> None:
    """LOG_LEVEL=DEBUG is for the bot's own events, not for Discord's."""
    configure_logging("DEBUG")
    logging.getLogger("bot.jobs.worker.tracker").debug("asked")
    logging.getLogger("discord.state").debug("a message somebody wrote")

    written = capsys.readouterr().err
    assert "DEBUG bot.jobs.worker.tracker asked" in written
    assert "somebody" not in written
