"""Channel permissions: what a user may do in a channel, by what the session lists or Discord is asked.

A session lists the servers of its shards. A process without that session, as a worker has none, asks
for the server and the channel (Discord docs: Get Guild, Get Channel), which have roles and overwrites.
"""

from collections.abc import Callable

import discord

from bot.discord.messages.discord_calls import DiscordCalls
from bot.discord.messages.rate_limit import Turn
from bot.jobs.errors import CardBusy, CardError


class ChannelPermissions:
    """Reader of the permissions of members in channels of servers."""

    def __init__(
        self,
        client: discord.Client,
        calls: DiscordCalls,
        *,
        is_listed: Callable[[int], bool] = lambda _guild_id: True,
    ) -> None:
        """*is_listed* says whether this process's sessions list a server that the bot is in."""
        self._client = client
        self._calls = calls
        self._is_listed = is_listed

    async def of(
        self, guild_id: int, channel_id: int, user_id: int, member: discord.Member | None = None
    ) -> discord.Permissions | None:
        """Return the user's permissions in the channel, None if there are none.

        Raises:
            CardBusy: They can't be found out now.
        """
        guild = self._client.get_guild(guild_id)
        if (guild is None or guild.unavailable) and not self._is_listed(guild_id):
            return await self._asked(guild_id, channel_id, user_id)
        if guild is None or guild.unavailable:
            # During an outage Discord keeps a server back (Discord docs: Gateway, Guild Create).
            raise CardBusy("the server is not available now")
        channel = guild.get_channel_or_thread(channel_id)
        if channel is None:
            return None
        member = member or guild.get_member(user_id) or await self._fetch_member(guild, user_id)
        return None if member is None else channel.permissions_for(member)

    async def _asked(
        self, guild_id: int, channel_id: int, user_id: int
    ) -> discord.Permissions | None:
        try:
            async with self._calls.attempt(turn=Turn.URGENT):
                guild = await self._client.fetch_guild(guild_id, with_counts=False)
            async with self._calls.attempt(turn=Turn.URGENT):
                channel = await guild.fetch_channel(channel_id)
            if isinstance(channel, discord.Thread):
                # A thread has the permissions of its channel (Discord docs: Threads, Permissions).
                async with self._calls.attempt(turn=Turn.URGENT):
                    channel = await guild.fetch_channel(channel.parent_id)
        except CardBusy:
            raise
        except CardError:
            return None
        member = await self._fetch_member(guild, user_id)
        if member is None or isinstance(channel, discord.Thread):
            return None
        return channel.permissions_for(member)

    async def _fetch_member(self, guild: discord.Guild, user_id: int) -> discord.Member | None:
        """Return a member of *guild*, None if the user is none; raises CardBusy if not known now."""
        try:
            async with self._calls.attempt(turn=Turn.URGENT):
                return await guild.fetch_member(user_id)
        except CardBusy:
            raise
        except CardError:
            return None
