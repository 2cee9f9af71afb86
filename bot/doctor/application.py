"""The application as the Developer Portal has it (Discord docs: Application Object). Pure."""

from collections.abc import Mapping
from typing import Annotated

import discord
from pydantic import BaseModel, ConfigDict, Field

GUILD_INSTALL = "0"  # of the application integration types

# Each privileged intent: its name in the portal, discord.py's, and the two flags of an application
# that has it, in full and for fewer than a hundred servers (Discord docs: Application Flags).
PRIVILEGED = (
    ("Presence Intent", "presences", 1 << 12 | 1 << 13),
    ("Server Members Intent", "members", 1 << 14 | 1 << 15),
    ("Message Content Intent", "message_content", 1 << 18 | 1 << 19),
)


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class InstallParams(_Answer):
    """What the install link of the portal asks for."""

    scopes: tuple[str, ...] = ()
    permissions: Annotated[int, Field(ge=0)] = 0


class _Integration(_Answer):
    oauth2_install_params: InstallParams | None = None


class Application(_Answer):
    """What the operator has chosen in the portal."""

    id: int
    name: str
    bot_public: bool = False
    bot_require_code_grant: bool = False
    flags: int = 0
    interactions_endpoint_url: str | None = None
    install_params: InstallParams | None = None
    integration_types_config: Mapping[str, _Integration | None] | None = None
    approximate_guild_count: int | None = None

    @property
    def has_guild_install(self) -> bool:
        """Whether the bot can be added to a server."""
        config = self.integration_types_config
        return config is None or GUILD_INSTALL in config

    @property
    def install_link(self) -> InstallParams | None:
        """What the install link that Discord provides asks for, None if there is none."""
        integration = (self.integration_types_config or {}).get(GUILD_INSTALL)
        in_config = integration.oauth2_install_params if integration else None
        return in_config or self.install_params


def switched_on(flags: int) -> list[str]:
    """Return the portal's names of the privileged intents that are switched on."""
    return [name for name, _, both in PRIVILEGED if flags & both]


def wanted_of(intents: discord.Intents) -> list[str]:
    """Return the portal's names of the privileged intents among these."""
    return [name for name, flag, _ in PRIVILEGED if getattr(intents, flag)]
