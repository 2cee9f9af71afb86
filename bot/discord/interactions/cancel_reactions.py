"""Cancel reactions: ❌ under a card cancels its job.

The gateway sends reactions as events while there is a session. Those that were added without one
are read from the message: after jobs were claimed, after a card was found again, and after each new
session.
"""

import logging

import discord

from bot.discord.cards.card import is_cancellable
from bot.discord.interactions.permissions import may_cancel
from bot.discord.messages.discord_errors import CONNECTION_ERRORS
from bot.discord.messages.message_client import CANCEL_EMOJI
from bot.discord.messages.rate_limit import BotRateLimit
from bot.jobs.actions import JobActions
from bot.jobs.errors import AlreadyEnded, NotCancellable, UnknownJob
from bot.jobs.queries import JobQueries
from db.records import CancelControl, Job

log = logging.getLogger(__name__)


class CancelReactions:
    """Reader of the ❌ of those who may cancel: as events, and from messages after an absence."""

    def __init__(
        self,
        client: discord.Client,
        queries: JobQueries,
        actions: JobActions,
        rate_limit: BotRateLimit,
    ) -> None:
        self._client = client
        self._queries = queries
        self._actions = actions
        self._rate_limit = rate_limit

    async def added(self, payload: discord.RawReactionActionEvent) -> None:
        """Cancel the job under whose card ❌ was added."""
        if str(payload.emoji) != CANCEL_EMOJI or self._is_bot(payload.user_id):
            return
        if payload.member is not None and payload.member.bot:
            return
        job = await self._queries.find_by_message(payload.message_id)
        if job is None or job.channel_id != payload.channel_id:
            return
        if await self._may(job, payload.user_id, payload.member):
            await self._cancel(job, payload.user_id)

    async def read(self, job_id: int) -> None:
        """Carry out the ❌ that was added without a session, and add the bot's own if it is missing."""
        try:
            job = await self._queries.find(job_id)
        except UnknownJob:
            return
        if not offers_reaction(job) or job.message_id is None:
            return
        if job.state.is_final:
            return
        channel = self._client.get_partial_messageable(job.channel_id, guild_id=job.guild_id)
        try:
            async with self._rate_limit:
                message = await channel.fetch_message(job.message_id)
            own = discord.utils.find(lambda it: str(it.emoji) == CANCEL_EMOJI, message.reactions)
            if own is None or not own.me:
                await self._offer_again(job, message)
            if own is not None:
                await self._read_users(job, own)
        except discord.NotFound:
            await self._actions.card_deleted(job.message_id)
        except (discord.HTTPException, *CONNECTION_ERRORS) as error:
            log.warning("job %d: its reactions can't be read: %s", job.id, type(error).__name__)

    async def _offer_again(self, job: Job, message: discord.Message) -> None:
        """Put the bot's ❌ under the card, and remove it again if the job has ended by then."""
        async with self._rate_limit:
            await message.add_reaction(CANCEL_EMOJI)
        try:
            has_ended = (await self._queries.find(job.id)).state.is_final
        except UnknownJob:
            has_ended = True
        if has_ended and self._client.user is not None:
            async with self._rate_limit:
                await message.remove_reaction(CANCEL_EMOJI, self._client.user)

    async def _read_users(self, job: Job, reaction: discord.Reaction) -> None:
        # The bot's own ❌ may have been added after the count: one more than that is requested.
        async with self._rate_limit:
            users = [user async for user in reaction.users(limit=reaction.count + 1)]
        for user in users:
            if not user.bot and await self._may(job, user.id, None):
                await self._cancel(job, user.id)
                return

    async def _cancel(self, job: Job, by: int) -> None:
        try:
            await self._actions.cancel(job.id, by)
        except (AlreadyEnded, NotCancellable, UnknownJob):
            # After the end ❌ does nothing, and the card says when ModelHunter will not cancel.
            return

    async def _may(self, job: Job, user_id: int, member: discord.Member | None) -> bool:
        if user_id == job.user_id:
            return True
        permissions = await self._permissions(job, user_id, member)
        return permissions is not None and may_cancel(job, user_id, permissions)

    async def _permissions(
        self, job: Job, user_id: int, member: discord.Member | None
    ) -> discord.Permissions | None:
        """Return the user's permissions in the job's channel, None if they can't be found out."""
        guild = self._client.get_guild(job.guild_id) if job.guild_id else None
        channel = guild.get_channel_or_thread(job.channel_id) if guild else None
        if guild is None or channel is None:
            return None
        try:
            member = member or guild.get_member(user_id)
            if member is None:
                async with self._rate_limit:
                    member = await guild.fetch_member(user_id)
        except (discord.HTTPException, *CONNECTION_ERRORS):
            return None
        return channel.permissions_for(member)

    def _is_bot(self, user_id: int) -> bool:
        return self._client.user is not None and user_id == self._client.user.id


def offers_reaction(job: Job) -> bool:
    """Whether the card of *job* should have a ❌ that means something."""
    return job.cancel_control is CancelControl.REACTION and is_cancellable(job)
