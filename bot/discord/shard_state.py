"""Shard state: discord.py's cache of servers, for the shards of this process as they come and go.

discord.py's own knows its shards from the start. Here each READY brings the servers of one shard, in
place of those that were known, and a shard that another process takes over leaves with its servers.
"""

from collections.abc import Iterable
from typing import Any

import discord
from discord.state import AutoShardedConnectionState

_ONLY = [0, 1]  # shard 0 of 1


class ShardState(AutoShardedConnectionState[discord.Client]):
    """State of one or several shards."""

    def parse_ready(self, data: Any) -> None:
        """Take the servers of the session's shard, in place of those of the session before."""
        shard = data.get("shard") or _ONLY
        self.forget_shard(shard[0])
        data["shard"] = shard
        super().parse_ready(data)

    def forget_shard(self, number: int) -> None:
        """Drop the servers of a shard."""
        for guild in tuple(self.guilds):
            if guild.shard_id == number:
                self._remove_guild(guild)

    def add_unavailable(self, guild_ids: Iterable[int]) -> None:
        """Note servers that the bot is in and of which nothing else is known."""
        for guild_id in guild_ids:
            if self._get_guild(guild_id) is None:
                self._add_guild_from_data({"id": str(guild_id), "unavailable": True})  # type: ignore[typeddict-item]
