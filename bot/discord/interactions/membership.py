"""Membership: whether a user is a member of one of several servers now, asked of Discord.

In direct messages an interaction does not say of which servers its user is a member, and without the
privileged intent no event does. So Discord is asked (Discord docs: Get Guild Member).
"""

import asyncio
from collections.abc import Iterable

import discord

from bot.discord.interactions.errors import MembershipUnknown
from bot.discord.messages.discord_errors import DISCORD_CANT_NOW, error_meaning
from bot.discord.messages.error_codes import Verdict

# Seconds for all servers together: Discord expects the answer to an interaction within 3 s.
_TIMEOUT = 1.0


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
    except DISCORD_CANT_NOW as error:
        raise MembershipUnknown from error
    return False


def says_no_member(error: discord.HTTPException) -> bool:
    """Whether *error* means that there is no such member, or that the bot is not in the server.

    Anything else, a refusal without a code too, may be an accident and says neither.
    """
    return error_meaning(error).verdict is Verdict.NEVER


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
