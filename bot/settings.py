"""Every setting: its name, type, default and meaning."""

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
    """Turn "1, 2" into a list, as people write lists in `.env` files."""
    if isinstance(value, str):
        return [part for part in value.replace(",", " ").split() if part]
    return value


def _nothing(value: object) -> object:
    """Take an empty variable for an absent one, as `.env.example` has them."""
    return None if value == "" else value


# What may stand in a header. Dashboards shorten what they show with an ellipsis.
_SECRET = re.compile(r"[!-~]+")
_NO_ADDRESS = "must be an address such as https://api.modelhunter.ai/api/v1"

# An empty address would mean all of them.
_HERE = "127.0.0.1"
Host = Annotated[str, BeforeValidator(lambda value: value or _HERE)]
OptionalAmount = Annotated[Annotated[Decimal, Field(ge=0)] | None, BeforeValidator(_nothing)]
Ids = Annotated[frozenset[int], NoDecode, BeforeValidator(_split)]
OptionalText = Annotated[str | None, BeforeValidator(_nothing)]
OptionalId = Annotated[int | None, BeforeValidator(_nothing)]
OptionalPort = Annotated[Annotated[int, Field(ge=1, le=65535)] | None, BeforeValidator(_nothing)]


class Settings(BaseSettings):
    """What the operator decides, from the environment or `.env`."""

    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", extra="ignore", frozen=True
    )

    discord_token: SecretStr
    modelhunter_key: SecretStr
    modelhunter_url: str = "https://api.modelhunter.ai/api/v1"
    database_url: str = "sqlite:///data/bot.db"
    http_host: Host = _HERE
    http_port: OptionalPort = None
    discord_guild_id: OptionalId = None
    allowed_guild_ids: Ids = frozenset()
    default_video_model: OptionalText = None
    default_image_model: OptionalText = None
    default_speech_model: OptionalText = None
    max_running_per_user: int = Field(default=2, ge=1)
    daily_budget_usd: Decimal = Field(default=Decimal(20), ge=0)
    daily_budget_per_user_usd: OptionalAmount = None
    confirm_above_usd: Decimal = Field(default=Decimal(1), ge=0)
    retention_days: int = Field(default=30, ge=0)
    allow_adult_modes: bool = False
    log_level: str = "INFO"

    @property
    def default_models(self) -> Mapping[JobKind, str | None]:
        """The model to be taken when none is chosen; None: the cheapest."""
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
            raise ValueError(_NO_ADDRESS) from error
        if not is_address or re.search(r"\s", value):
            raise ValueError(_NO_ADDRESS)
        return value.rstrip("/")

    @field_validator("log_level")
    @classmethod
    def _is_level(cls, value: str) -> str:
        level = value.upper()
        if level not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
            raise ValueError("must be DEBUG, INFO, WARNING or ERROR")
        return level


class SettingsUnreadable(Exception):
    """The file `.env` can't be read; says why in one sentence."""


@contextmanager
def reading_settings() -> Generator[None]:
    """Raise SettingsUnreadable where the block can't read the file `.env`."""
    try:
        yield
    except UnicodeDecodeError as error:
        raise SettingsUnreadable("The file .env is not written in UTF-8: save it so.") from error
    except OSError as error:
        raise SettingsUnreadable(f"The file .env can't be read: {error.strerror}.") from error


def explain(error: ValidationError) -> str:
    """Say in one line which settings are missing or wrong, without repeating any value."""
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
