"""Usage access: whose usage a user may see. Pure.

In a server that is the server's alone, for members with Manage Server and for operators; elsewhere it
is that of the whole bot, for operators alone. What the command and its buttons say does not count: a
custom_id can be forged, and a server may offer the command to anyone. Operators are those who own the
application at Discord: its owner, or of a team those who may change it (Discord docs: Teams).
"""

import discord

from bot.discord.interactions.errors import NotManagingServer, NotTheOperator

_CHANGING = frozenset({discord.TeamMemberRole.admin, discord.TeamMemberRole.developer})


def server_to_show(interaction: discord.Interaction) -> int | None:
    """Return the server whose usage is shown, None for all of them.

    Raises:
        NotManagingServer: The member does not have Manage Server here.
        NotTheOperator: This is no server, and the user is no operator.
    """
    is_operator = interaction.user.id in operators_of(interaction.client.application)
    if interaction.guild_id is None:
        if not is_operator:
            raise NotTheOperator
        return None
    if not (is_operator or interaction.permissions.manage_guild):
        raise NotManagingServer
    return interaction.guild_id


def operators_of(application: discord.AppInfo | None) -> frozenset[int]:
    """Return the users who run the bot; none before the login has shown them."""
    if application is None:
        return frozenset()
    team = application.team
    if team is None:
        return frozenset({application.owner.id})
    changing = {member.id for member in team.members if member.role in _CHANGING}
    return frozenset(changing | ({team.owner_id} if team.owner_id else set()))
