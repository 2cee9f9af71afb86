"""Membership: whether a user is a member of one of several servers now, asked of Discord.

In direct messages an interaction does not say of which servers its user is a member, and without the
privileged intent no event does. So Discord is asked (Discord docs: Get Guild Member).
"""

import asyncio
from collections.abc import Iterable

import discord

from bot.discord.interactions.errors import MembershipUnknown
from bot.discord.messages.discord_errors import CONNECTION_ERRORS, MALFORMED_RESPONSE

# Seconds for all servers together: Discord expects the answer to an interaction within 3 s.
_TIMEOUT = 1.0
# JSON error codes by which Discord says that there is no such member, or that the bot is not in the
# server and so can't know of one, https://docs.discord.com/developers/topics/opcodes-and-status-codes
_NO_MEMBER = frozenset(
    {
        10004,  # Unknown Guild
        10007,  # Unknown Member
        10013,  # Unknown User
        50001,  # Missing Access
    }
)


async def is_member_of_any(client: discord.Client, guild_ids: Iterable[int], user_id: int) -> bool:
    """Return whether the user is a member of one of the servers, asked in that order.

    Raises:
        MembershipUnknown: Discord did not answer in time, or in a way that says neither.
    """
    try:
        async with asyncio.timeout(_TIMEOUT):
            for guild_id in guild_ids:
                if await _is_member(client, guild_id, user_id):
                    return True
    except (discord.DiscordException, *CONNECTION_ERRORS, *MALFORMED_RESPONSE) as error:
        raise MembershipUnknown from error
    return False


def says_no_member(error: discord.HTTPException) -> bool:
    """Whether *error* means that the user is no member, rather than that the call failed."""
    return error.code in _NO_MEMBER


async def _is_member(client: discord.Client, guild_id: int, user_id: int) -> bool:
    guild = client.get_guild(guild_id)
    if guild is None:
        return False
    try:
        await guild.fetch_member(user_id)
    except discord.HTTPException as error:
        if says_no_member(error):
            return False
        raise
    return True
