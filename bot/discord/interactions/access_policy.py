"""What must be in order here before a request is looked at."""

import discord

from bot.catalogue import AdultOption
from bot.discord.interactions.error_texts import (
    AdultSwitchedOff,
    NotHere,
    NotInDirectMessages,
    PermissionsMissing,
)
from bot.discord.interactions.permissions import (
    card_kind,
    is_age_restricted,
    missing_permissions,
    permission_name,
)
from db.records import CardKind


class AccessPolicy:
    """Let requests in where the operator and the server's permissions allow them."""

    def __init__(self, *, allowed_guild_ids: frozenset[int], allow_adult: bool) -> None:
        self._allowed_guild_ids = allowed_guild_ids
        self._allow_adult = allow_adult

    def check_guild(self, interaction: discord.Interaction, *, home: int | None = None) -> None:
        """Raise NotHere unless the operator lets this server in; a user's own use counts as well.

        In direct messages, *home* is the server where what they speak of was asked for.
        """
        in_server = interaction.guild_id is not None
        guild_id = interaction.guild_id if in_server else home
        if self._allowed_guild_ids and guild_id not in self._allowed_guild_ids:
            raise NotHere if in_server else NotInDirectMessages

    def check_permissions(self, interaction: discord.Interaction, *, private: bool) -> None:
        """Raise PermissionsMissing where a result could not be shown, before anything is sent."""
        if (
            card_kind(interaction, private=private) is CardKind.TOKEN_ONLY
            or interaction.guild is None
        ):
            return
        in_thread = isinstance(interaction.channel, discord.Thread)
        missing = missing_permissions(interaction.app_permissions, in_thread=in_thread)
        if missing:
            raise PermissionsMissing([permission_name(flag) for flag in missing])

    def adult_refusal(self, refused: AdultOption) -> Exception:
        """Return *refused*, or that no channel would do because the operator has it off."""
        return refused if self._allow_adult else AdultSwitchedOff(refused)

    def allows_adult(self, interaction: discord.Interaction) -> bool:
        """Whether modes for adults may be used in this channel."""
        return self._allow_adult and is_age_restricted(interaction.channel)
