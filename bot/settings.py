"""Settings: the name, type, default and meaning of each, from the environment or `.env`.

The descriptions are those of `.env.example`, word for word; a test compares them.
"""

import re
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from db.records import JobKind


def _split(value: object) -> object:
    """Turn "1, 2" into a list, as lists are written in `.env` files."""
    if isinstance(value, str):
        return [part for part in value.replace(",", " ").split() if part]
    return value


def _empty_is_unset(value: object) -> object:
    """Read an empty variable as one that is not set, as `.env.example` has them."""
    return None if value == "" else value


# The characters that an HTTP header may have. Dashboards shorten the keys they show by an ellipsis,
# which is none of them, so that a key copied in its shortened form is noticed.
_SECRET = re.compile(r"[!-~]+")
_NOT_AN_ADDRESS = "must be an address such as https://api.modelhunter.ai/api/v1"

# The default also for an empty value, which would mean every address of the machine.
_LOOPBACK = "127.0.0.1"
Host = Annotated[str, BeforeValidator(lambda value: value or _LOOPBACK)]
OptionalAmount = Annotated[Annotated[Decimal, Field(ge=0)] | None, BeforeValidator(_empty_is_unset)]
Ids = Annotated[frozenset[int], NoDecode, BeforeValidator(_split)]
OptionalText = Annotated[str | None, BeforeValidator(_empty_is_unset)]
OptionalId = Annotated[int | None, BeforeValidator(_empty_is_unset)]
OptionalPort = Annotated[
    Annotated[int, Field(ge=1, le=65535)] | None, BeforeValidator(_empty_is_unset)
]


class Settings(BaseSettings):
    """What the operator decides, from the environment or `.env`."""

    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", extra="ignore", frozen=True
    )

    discord_token: SecretStr = Field(
        description="The bot's token: Discord Developer Portal, your application, Bot, Reset Token."
    )
    modelhunter_key: SecretStr = Field(
        description="The API key: ModelHunter.AI, your account, API keys."
    )
    modelhunter_url: str = Field(
        default="https://api.modelhunter.ai/api/v1", description="Where the API is."
    )
    database_url: str = Field(
        default="sqlite:///data/bot.db",
        description="Where jobs are kept: sqlite:///a/path (the image: sqlite:////data/bot.db).",
    )
    http_host: Host = Field(
        default=_LOOPBACK, description="The address on which /healthz and /readyz are served."
    )
    http_port: OptionalPort = Field(
        default=None,
        description="The port of /healthz and /readyz; empty: there is no server (the image: 8080).",
    )
    discord_guild_id: OptionalId = Field(
        default=None,
        description="One server that gets the commands at once, for trying things out;"
        " empty: commands are global.",
    )
    allowed_guild_ids: Ids = Field(
        default=frozenset(),
        description="The servers that may use the bot, separated by commas;"
        " empty: every server it is added to.",
    )
    default_video_model: OptionalText = Field(
        default=None,
        description="The model of /video when none is chosen; empty: the cheapest of its kind.",
    )
    default_image_model: OptionalText = Field(
        default=None,
        description="The model of /image when none is chosen; empty: the cheapest of its kind.",
    )
    default_speech_model: OptionalText = Field(
        default=None,
        description="The model of /speech when none is chosen; empty: the cheapest of its kind.",
    )
    max_running_per_user: int = Field(
        default=2, ge=1, description="How many jobs one person may have running."
    )
    daily_budget_usd: Decimal = Field(
        default=Decimal(20),
        ge=0,
        description="US dollars that all jobs of a UTC day may cost together; 0: none is accepted.",
    )
    daily_budget_per_user_usd: OptionalAmount = Field(
        default=None,
        description="US dollars that one person's jobs of a UTC day may cost together;"
        " empty: as much as all jobs may.",
    )
    confirm_above_usd: Decimal = Field(
        default=Decimal(1),
        ge=0,
        description="A job that may cost more US dollars than this is asked about before it is sent.",
    )
    retention_days: int = Field(
        default=30,
        ge=0,
        description="Days after which an ended job and its prompt are deleted.",
    )
    allow_adult_modes: bool = Field(
        default=False,
        description="Whether options for adult content are offered, in age-restricted channels alone.",
    )
    log_level: str = Field(default="INFO", description="DEBUG, INFO, WARNING or ERROR.")

    @property
    def default_models(self) -> Mapping[JobKind, str | None]:
        """The model of each kind when none is chosen; None: the cheapest."""
        return {
            JobKind.VIDEO: self.default_video_model,
            JobKind.IMAGE: self.default_image_model,
            JobKind.SPEECH: self.default_speech_model,
        }

    @field_validator("discord_token", "modelhunter_key")
    @classmethod
    def _is_present(cls, value: SecretStr) -> SecretStr:
        secret = value.get_secret_value().strip()
        if not secret:
            raise ValueError("is empty")
        if not _SECRET.fullmatch(secret):
            raise ValueError("is no whole copy: it has a blank or a character that no key has")
        return SecretStr(secret)

    @field_validator("modelhunter_url")
    @classmethod
    def _is_address(cls, value: str) -> str:
        try:
            parts = urlsplit(value)
            is_address = parts.scheme in {"https", "http"} and parts.hostname and parts.port != 0
        except ValueError as error:
            raise ValueError(_NOT_AN_ADDRESS) from error
        if not is_address or re.search(r"\s", value):
            raise ValueError(_NOT_AN_ADDRESS)
        return value.rstrip("/")

    @field_validator("log_level")
    @classmethod
    def _is_level(cls, value: str) -> str:
        level = value.upper()
        if level not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
            raise ValueError("must be DEBUG, INFO, WARNING or ERROR")
        return level


class _DatabaseSettings(BaseSettings):
    """The one setting that commands without an account need."""

    model_config = Settings.model_config

    database_url: str = Settings.model_fields["database_url"].default


class SettingsError(Exception):
    """Settings can't be used: one is missing or wrong, or `.env` can't be read.

    The text is one line for the operator, and repeats no value.
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
        return _DatabaseSettings().database_url


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
    """Return one line that says which settings are missing or wrong, without their values."""
    problems = []
    for problem in error.errors(include_input=False, include_url=False):
        name = str(problem["loc"][0]).upper()
        words = (
            "is missing"
            if problem["type"] == "missing"
            else problem["msg"].removeprefix("Value error, ")
        )
        problems.append(
            f"{name} {words}" if words.startswith(("is", "must")) else f"{name}: {words}"
        )
    return "; ".join(problems) + ". Set it in the environment or in .env (see .env.example)."
