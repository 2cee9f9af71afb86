"""Table of settings: the name, type, default and meaning of each.

The descriptions are those of `.env.example`, word for word; a test compares them.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Self

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import SettingsConfigDict

from bot.monitoring.log_format import LogFormat
from bot.settings import value_types
from bot.settings.role import Role
from bot.settings.sources import MISTAKE, CheckedSettings
from bot.settings.value_types import (
    LOOPBACK,
    Amount,
    ApiAddress,
    Count,
    Host,
    Hosts,
    Ids,
    LogForm,
    LogLevel,
    Models,
    OptionalAmount,
    OptionalContact,
    OptionalDiscordApi,
    OptionalId,
    OptionalModel,
    OptionalPath,
    OptionalPort,
    OptionalProxy,
    OptionalPublicAddress,
    OptionalSecret,
    ProcessRole,
    Switch,
    WholeNumber,
)
from db.records import JobKind

# Addresses of a database that only the process itself has.
_IN_MEMORY = frozenset({"sqlite://", "sqlite:///:memory:"})


class Settings(CheckedSettings):
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
    modelhunter_url: ApiAddress = Field(
        default="https://api.modelhunter.ai/api/v1", description="Where the API is."
    )
    modelhunter_requests_per_second: Count = Field(
        default=10,
        description="How many questions a second the API is asked; creates and cancels go at once.",
    )
    database_url: str = Field(
        default="sqlite:///data/bot.db",
        description="Where jobs are kept: sqlite:///a/path (the image: sqlite:////data/bot.db),"
        " or postgresql://user:password@host/name.",
    )
    role: ProcessRole = Field(
        default=Role.ALL,
        description="What this process does: gateway (answers users), worker (takes jobs to their end)"
        " or all.",
    )
    http_host: Host = Field(
        default=LOOPBACK,
        description="The address on which /healthz, /readyz, /metrics and webhooks are served.",
    )
    http_port: OptionalPort = Field(
        default=None,
        description="The port of /healthz, /readyz, /metrics and webhooks; empty: there is no server"
        " (the image: 8080).",
    )
    public_url: OptionalPublicAddress = Field(
        default=None,
        description="Where ModelHunter reaches that port, https://bot.example.org;"
        " empty: the ends of jobs are found by polling alone.",
    )
    modelhunter_webhook_secret: OptionalSecret = Field(
        default=None,
        description="The secret of a registered webhook, which signs what it sends;"
        " empty: signed webhooks are refused.",
    )
    discord_api_url: OptionalDiscordApi = Field(
        default=None,
        description="A REST proxy that keeps Discord's limits for all processes: http://nirn-proxy:8080;"
        " empty: none.",
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
    default_video_model: OptionalModel = Field(
        default=None,
        description="The model of /video when none is chosen; empty: the cheapest of its kind.",
    )
    default_image_model: OptionalModel = Field(
        default=None,
        description="The model of /image when none is chosen; empty: the cheapest of its kind.",
    )
    default_speech_model: OptionalModel = Field(
        default=None,
        description="The model of /speech when none is chosen; empty: the cheapest of its kind.",
    )
    enable_undocumented_models: Models = Field(
        default=False,
        description="Models and options that ModelHunter's documentation does not show: true, or names"
        " of models, separated by commas.",
    )
    max_running_per_user: Count = Field(
        default=2, description="How many jobs one person may have running."
    )
    daily_budget_usd: Amount = Field(
        default=Decimal(20),
        description="US dollars that all jobs of a UTC day may cost together; 0: none is accepted.",
    )
    daily_budget_per_user_usd: OptionalAmount = Field(
        default=None,
        description="US dollars that one person's jobs of a UTC day may cost together;"
        " empty: as much as all jobs may.",
    )
    confirm_above_usd: Amount = Field(
        default=Decimal(1),
        description="A job that may cost more US dollars than this is asked about before it is sent.",
    )
    operator_contact: OptionalContact = Field(
        default=None,
        description="Who runs the bot and how to reach them, as /help shows it: up to 200 characters.",
    )
    retention_days: WholeNumber = Field(
        default=30,
        description="Days after which an ended job and its prompt are deleted.",
    )
    allow_adult_modes: Switch = Field(
        default=False,
        description="Whether options for adult content are offered, in age-restricted channels alone.",
    )
    https_proxy: OptionalProxy = Field(
        default=None,
        description="The proxy for Discord, the API and the results: http://host:port;"
        " empty: none.",
    )
    no_proxy: Hosts = Field(
        default="", description="Hosts that are reached without the proxy, separated by commas."
    )
    ssl_cert_file: OptionalPath = Field(
        default=None,
        description="The certificates of the authorities to trust, as a file; empty: the public ones.",
    )
    ssl_cert_dir: OptionalPath = Field(
        default=None,
        description="The same as a folder, made by openssl rehash; empty: the public ones.",
    )
    log_level: LogLevel = Field(default="INFO", description="DEBUG, INFO, WARNING or ERROR.")
    log_format: LogForm = Field(
        default=LogFormat.HUMAN,
        description="Who reads the log: human, a line each event; json, an object each event.",
    )

    @property
    def default_models(self) -> Mapping[JobKind, str | None]:
        """The model of each kind when none is chosen; None: the cheapest."""
        return {
            JobKind.VIDEO: self.default_video_model,
            JobKind.IMAGE: self.default_image_model,
            JobKind.SPEECH: self.default_speech_model,
        }

    def secrets(self) -> list[str]:
        """Return what must never be logged."""
        values = (getattr(self, name) for name in type(self).model_fields)
        return [value.get_secret_value() for value in values if isinstance(value, SecretStr)]

    @field_validator("discord_token")
    @classmethod
    def _is_token(cls, value: SecretStr) -> SecretStr:
        return value_types.token_of(value)

    @model_validator(mode="after")
    def _has_port_for_webhooks(self) -> Self:
        """Refuse an address at which nothing would listen."""
        given = {
            "PUBLIC_URL": self.public_url,
            "MODELHUNTER_WEBHOOK_SECRET": self.modelhunter_webhook_secret,
        }
        names = " and ".join(name for name, value in given.items() if value is not None)
        if names and self.http_port is None:
            text = f"{names} can do nothing without HTTP_PORT, where webhooks are received"
            raise PydanticCustomError(MISTAKE, "{text}", {"text": text})
        return self

    @model_validator(mode="after")
    def _has_other_half(self) -> Self:
        """Refuse half of the program on a database that no other process can reach."""
        if self.role is not Role.ALL and self.database_url in _IN_MEMORY:
            text = f"ROLE={self.role} can do nothing with a database that ends with the process"
            raise PydanticCustomError(MISTAKE, "{text}", {"text": text})
        return self

    @field_validator("modelhunter_key")
    @classmethod
    def _is_key(cls, value: SecretStr) -> SecretStr:
        return value_types.key_of(value)


class DatabaseSettings(CheckedSettings):
    """The one setting that commands without an account need."""

    model_config = Settings.model_config
    known_names = Settings.names()

    database_url: str = Settings.model_fields["database_url"].default


class WebSettings(CheckedSettings):
    """Where the bot's own web server is asked, which needs no account either."""

    model_config = Settings.model_config
    known_names = Settings.names()

    http_host: Host = Settings.model_fields["http_host"].default
    http_port: OptionalPort = Settings.model_fields["http_port"].default
