"""Card events: reactions and deletions that concern the cards of jobs."""

from collections.abc import Callable, Sequence

import discord
from discord.ext import commands

from bot.discord.interactions.cancel_reactions import CancelReactions
from bot.discord.interactions.missed_reactions import MissedReactions
from bot.jobs.actions import JobActions
from db.records import Job


class CardEvents(commands.Cog):
    """Listeners for what happens to cards on Discord."""

    def __init__(
        self,
        has_session_of: Callable[[int | None], bool],
        cancel_reactions: CancelReactions,
        missed_reactions: MissedReactions,
        actions: JobActions,
    ) -> None:
        self._has_session_of = has_session_of
        self._cancel_reactions = cancel_reactions
        self._missed_reactions = missed_reactions
        self._actions = actions

    @commands.Cog.listener()
    async def on_shard_ready(self, _shard_id: int) -> None:
        """Read the ❌ that were added while there was no session."""
        self._missed_reactions.want_all()

    @commands.Cog.listener()
    async def on_jobs_claimed(self, jobs: Sequence[Job]) -> None:
        """Read the ❌ that were added to these jobs while no process followed them."""
        self._missed_reactions.want(job.id for job in jobs if self._has_session_of(job.guild_id))

    @commands.Cog.listener()
    async def on_raw_reaction_add(self, payload: discord.RawReactionActionEvent) -> None:
        """Cancel when ❌ is added."""
        try:
            later = await self._cancel_reactions.added(payload)
        except Exception:
            # A tap is not lost with its event: it is still under the card.
            self._missed_reactions.want_all()
            raise
        if later is not None:
            self._missed_reactions.want_later(later)

    @commands.Cog.listener()
    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        """Cancel the job whose card was deleted."""
        await self._actions.card_deleted(payload.message_id)

    @commands.Cog.listener()
    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        """Cancel the jobs whose cards were deleted."""
        for message_id in payload.message_ids:
            await self._actions.card_deleted(message_id)

    @commands.Cog.listener()
    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        """Cancel the jobs whose cards went with their channel."""
        await self._actions.channel_deleted(channel.id)

    @commands.Cog.listener()
    async def on_raw_thread_delete(self, payload: discord.RawThreadDeleteEvent) -> None:
        """Cancel the jobs whose cards went with their thread."""
        await self._actions.channel_deleted(payload.thread_id)
