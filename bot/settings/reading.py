"""Reading of the settings: as one record, or as one line that says what is wrong with them."""

from collections.abc import Generator
from contextlib import contextmanager

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from bot.settings.settings import DatabaseSettings, Settings, WebSettings
from bot.settings.sources import MISTAKE


class SettingsError(Exception):
    """Settings can't be used: one is missing or wrong, or `.env` can't be read.

    The text is one line for the operator, and repeats no secret.
    """


def read_settings() -> Settings:
    """Return the settings; raises SettingsError."""
    with _raising_settings_error():
        return Settings()


def read_database_url() -> str:
    """Return DATABASE_URL alone, whether the other settings are there or not.

    Raises:
        SettingsError: `.env` can't be read.
    """
    with _raising_settings_error():
        return DatabaseSettings().database_url


def read_web_settings() -> WebSettings:
    """Return where the bot's web server is, whether the other settings are there or not.

    Raises:
        SettingsError: `.env` can't be read, or one of the two is wrong.
    """
    with _raising_settings_error():
        return WebSettings()


@contextmanager
def _raising_settings_error() -> Generator[None]:
    try:
        yield
    except ValidationError as error:
        raise SettingsError(explain(error)) from None  # the cause holds the values
    except UnicodeDecodeError as error:
        raise SettingsError("The file .env is not written in UTF-8: save it so.") from error
    except OSError as error:
        raise SettingsError(f"The file .env can't be read: {error.strerror}.") from error


def explain(error: ValidationError) -> str:
    """Return one line that says which settings are missing or wrong, without secrets."""
    problems = [
        _sentence(problem) for problem in error.errors(include_input=False, include_url=False)
    ]
    text = "; ".join(problems)
    which = "it" if len(problems) == 1 else "them"
    return f"{text[0].upper()}{text[1:]}. Set {which} in the environment or in .env (see .env.example)."


def _sentence(problem: ErrorDetails) -> str:
    if problem["type"] == MISTAKE:
        return problem["msg"]
    name = str(problem["loc"][0]).upper()
    if problem["type"] == "missing":
        return f"{name} is missing"
    words = problem["msg"].removeprefix("Value error, ")
    is_phrase = words.startswith(("is", "must", "has"))
    return f"{name} {words}" if is_phrase else f"{name}: {words}"
