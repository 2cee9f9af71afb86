"""Access policy: may this be requested in this place, and in which context?"""

import discord

from bot.discord.interactions.context import context_of
from bot.discord.interactions.errors import (
    NotAMember,
    NotHere,
    NotInDirectMessages,
    PermissionsMissing,
)
from bot.discord.interactions.membership import is_member_of_any
from bot.discord.interactions.permissions import (
    card_kind,
    is_age_restricted,
    missing_permissions,
)
from bot.jobs.admission.requests import AdultModes, GenerationRequest, RequestContext
from db.records import CardKind


class AccessPolicy:
    """Policy of the operator and of the server's permissions."""

    def __init__(self, *, allowed_guild_ids: frozenset[int], allow_adult: bool) -> None:
        self._allowed_guild_ids = allowed_guild_ids
        self._allow_adult = allow_adult

    async def admit(
        self,
        interaction: discord.Interaction,
        request: GenerationRequest,
        *,
        home: int | None = None,
    ) -> RequestContext:
        """Return the context of *request*, whose answer will be the card.

        In direct messages, *home* is the server where what is tried again was requested, and the
        user must be a member of an allowed server.

        Raises:
            NotHere: The operator does not allow this server.
            MembershipUnknown: Discord does not say now whether the user is a member.
            PermissionsMissing: A result could not be shown in this channel.
        """
        self.check_server(interaction, home=home)
        await self._check_member(interaction, home)
        _check_permissions(interaction, private=request.private)
        return context_of(
            interaction, private=request.private, adult_modes=self.adult_modes(interaction)
        )

    def check_server(self, interaction: discord.Interaction, *, home: int | None = None) -> None:
        """Raise NotHere unless the operator allows this server, or *home* in direct messages."""
        in_server = interaction.guild_id is not None
        guild_id = interaction.guild_id if in_server else home
        if self._allowed_guild_ids and guild_id not in self._allowed_guild_ids:
            raise NotHere if in_server else NotInDirectMessages

    async def _check_member(self, interaction: discord.Interaction, home: int | None) -> None:
        """Raise NotAMember where a user in direct messages is in no allowed server any more.

        Elsewhere the interaction itself comes from a member of its server.
        """
        if not self._allowed_guild_ids or interaction.guild_id is not None:
            return
        nearest_first = sorted(self._allowed_guild_ids, key=lambda guild_id: guild_id != home)
        if not await is_member_of_any(interaction.client, nearest_first, interaction.user.id):
            raise NotAMember

    def adult_modes(self, interaction: discord.Interaction) -> AdultModes:
        """Return whether modes for adults may be used in this channel."""
        if not self._allow_adult:
            return AdultModes.OFF
        is_restricted = is_age_restricted(interaction.channel)
        return AdultModes.ALLOWED if is_restricted else AdultModes.NOT_HERE


def _check_permissions(interaction: discord.Interaction, *, private: bool) -> None:
    """Raise PermissionsMissing where a result could not be shown, before anything is sent."""
    if card_kind(interaction, private=private) is CardKind.TOKEN_ONLY or interaction.guild is None:
        return
    in_thread = isinstance(interaction.channel, discord.Thread)
    missing = missing_permissions(interaction.app_permissions, in_thread=in_thread)
    if missing:
        raise PermissionsMissing(missing)
