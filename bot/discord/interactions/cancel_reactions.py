"""Cancel reactions: ❌ under a card cancels its job.

The gateway sends reactions as events while there is a session. Those that were added without one
are read from the message: after jobs were claimed, after a card was found again, and after each new
session. That is one call for a card (`missed_reactions` decides when).
"""

import logging
from collections.abc import Sequence

import discord

from bot.discord.cards.button_table import is_cancellable
from bot.discord.interactions.channel_permissions import ChannelPermissions
from bot.discord.interactions.permissions import may_cancel
from bot.discord.messages.discord_calls import DiscordCalls
from bot.discord.messages.discord_errors import is_code
from bot.discord.messages.error_codes import UNKNOWN_EMOJI
from bot.discord.messages.message_client import CANCEL_EMOJI, MessageClient
from bot.discord.messages.rate_limit import Turn
from bot.jobs.actions import JobActions
from bot.jobs.errors import (
    AlreadyEnded,
    CardBusy,
    CardDeleted,
    CardOutOfReach,
    NotCancellable,
    UnknownJob,
)
from bot.jobs.queries import JobQueries
from db.records import CancelControl, Job

log = logging.getLogger(__name__)

# Users in one answer, and answers that are read of one card.
_PAGE = 100
_MOST_PAGES = 10


class CancelReactions:
    """Reader of the ❌ of those who may cancel: as events, and from messages after an absence."""

    def __init__(
        self,
        client: discord.Client,
        queries: JobQueries,
        actions: JobActions,
        calls: DiscordCalls,
        messages: MessageClient,
        permissions: ChannelPermissions | None = None,
    ) -> None:
        self._client = client
        self._queries = queries
        self._actions = actions
        self._calls = calls
        self._messages = messages
        self._permissions = permissions or ChannelPermissions(client, calls)

    async def added(self, payload: discord.RawReactionActionEvent) -> int | None:
        """Cancel the job under whose card ❌ was added.

        Returns the id of a job of which it can't be said now whether the user may cancel it.
        """
        if str(payload.emoji) != CANCEL_EMOJI or self._is_bot(payload.user_id):
            return None
        if payload.member is not None and payload.member.bot:
            return None
        job = await self._queries.find_by_message(payload.message_id)
        if job is None or job.channel_id != payload.channel_id:
            return None
        try:
            if await self._may(job, payload.user_id, payload.member):
                await self._cancel(job, payload.user_id)
        except CardBusy as error:
            log.info("job %d: a reaction is looked at later: %s", job.id, error)
            return job.id
        return None

    async def read(self, job_id: int) -> None:
        """Carry out the ❌ that no event has brought, and add the bot's own if it is missing.

        Raises:
            CardBusy: It can't be read now; what could be read was carried out.
        """
        try:
            job = await self._queries.find(job_id)
        except UnknownJob:
            return
        if not offers_reaction(job) or job.message_id is None or job.state.is_final:
            return
        try:
            users = await self._users(job, job.message_id)
            if not await self._carry_out(job, [user for user in users if not self._is_bot(user)]):
                await self._offer_again(job, users)
        except CardDeleted:
            await self._actions.card_deleted(job.message_id)
        except CardOutOfReach as error:
            log.warning("job %d: its reactions can't be read: %s", job.id, error)

    async def _users(self, job: Job, message_id: int) -> list[int]:
        """Return who has reacted with ❌, but for other bots (Discord docs: Get Reactions)."""
        found: list[int] = []
        after: int | None = None
        for _ in range(_MOST_PAGES):
            try:
                async with self._calls.attempt(turn=Turn.SPARE):
                    page = await self._client.http.get_reaction_users(
                        job.channel_id, message_id, CANCEL_EMOJI, _PAGE, after
                    )
                    ids = {int(user["id"]): bool(user.get("bot")) for user in page}
            except CardOutOfReach as error:
                if is_code(error, UNKNOWN_EMOJI):
                    break
                raise
            found += [id_ for id_, is_bot in ids.items() if self._is_bot(id_) or not is_bot]
            if len(page) < _PAGE:
                break
            after = max(ids)
        return found

    async def _carry_out(self, job: Job, users: Sequence[int]) -> bool:
        """Cancel *job* if one of *users* may; return whether one has.

        Raises:
            CardBusy: None of those of whom it is known may.
        """
        busy: CardBusy | None = None
        for user_id in sorted(users, key=lambda it: it != job.user_id):
            try:
                if await self._may(job, user_id, None):
                    await self._cancel(job, user_id)
                    return True
            except CardBusy as error:
                busy = error
        if busy is not None:
            raise busy
        return False

    async def _offer_again(self, job: Job, users: Sequence[int]) -> None:
        """Put the bot's ❌ under a card without it, unless the job has ended by then."""
        if any(self._is_bot(user) for user in users):
            return
        await self._messages.add_reaction(job)
        try:
            has_ended = (await self._queries.find(job.id)).state.is_final
        except UnknownJob:
            has_ended = True
        if has_ended:
            await self._messages.remove_reaction(job)

    async def _cancel(self, job: Job, by: int) -> None:
        try:
            await self._actions.cancel(job.id, by)
        except (AlreadyEnded, NotCancellable, UnknownJob):
            # After the end ❌ does nothing, and the card says when ModelHunter will not cancel.
            return

    async def _may(self, job: Job, user_id: int, member: discord.Member | None) -> bool:
        if user_id == job.user_id:
            return True
        if job.guild_id is None:
            return False
        permissions = await self._permissions.of(job.guild_id, job.channel_id, user_id, member)
        return permissions is not None and may_cancel(job, user_id, permissions)

    def _is_bot(self, user_id: int) -> bool:
        return self._client.user is not None and user_id == self._client.user.id


def offers_reaction(job: Job) -> bool:
    """Whether the card of *job* should have a ❌ that means something."""
    return job.cancel_control is CancelControl.REACTION and is_cancellable(job)
