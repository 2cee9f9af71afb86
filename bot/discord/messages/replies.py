"""Replies to cards and direct messages: what is sent beside a card, each of it once.

Every message carries a nonce, so that Discord does not create it twice when a response was lost
(Discord docs: Message resource, Create Message, `enforce_nonce`). Discord forgets a nonce after a
few minutes. A message with a result may be repeated much later, after a restart, so it is looked
for in the channel immediately before it is sent: between a look and a sending that waits for its
turn another process may have sent it.
"""

from collections.abc import Callable, Sequence

import discord

from bot.discord.messages.discord_calls import DiscordCalls
from bot.discord.messages.message_parts import (
    Upload,
    channel_of,
    files_of,
    mentioning_only,
    nonce,
    reference_to,
    size_of,
)
from bot.discord.messages.rate_limit import Turn
from bot.discord.messages.sent_messages import sent_since
from db.records import Job


class Replies:
    """Sender of replies in the card's channel and of direct messages to the requester."""

    def __init__(
        self, client: discord.Client, calls: DiscordCalls, *, clock: Callable[[], float]
    ) -> None:
        self._client = client
        self._calls = calls
        self._clock = clock

    async def reply(self, job: Job, content: str, *, purpose: str) -> None:
        """Reply to the card and mention its requester; the same purpose twice is one message.

        Raises:
            CardError: The reply is not there.
        """
        async with self._calls.write(job.channel_id, turn=Turn.URGENT):
            await channel_of(job, self._client).send(
                content,
                reference=reference_to(job, must_exist=False),
                nonce=nonce(job, purpose),
                allowed_mentions=mentioning_only(job.user_id),
            )

    async def reply_with_result(
        self,
        job: Job,
        content: str,
        embed: discord.Embed,
        uploads: Sequence[Upload],
        *,
        view: discord.ui.View,
    ) -> None:
        """Reply to the card with files and mention its requester; *job* twice is one message.

        Raises:
            CardError: The reply is not there; `CardDeleted` when there is no card to reply to.
        """
        size = size_of(uploads)
        async with self._calls.write(job.channel_id, turn=Turn.URGENT, upload=size):
            if await self._is_replied_to(job):
                return
            await channel_of(job, self._client).send(
                content,
                embed=embed,
                view=view,
                files=files_of(uploads),
                reference=reference_to(job, must_exist=True),
                nonce=nonce(job, "result"),
                allowed_mentions=mentioning_only(job.user_id),
            )

    async def _is_replied_to(self, job: Job) -> bool:
        """Whether the channel has a reply with the result already: a file that answers the card."""

        def is_result(message: discord.Message) -> bool:
            card = message.reference.message_id if message.reference else None
            return card == job.message_id and bool(message.attachments)

        async with self._calls.attempt(turn=Turn.URGENT):
            channel = channel_of(job, self._client)
            return await self._has_sent(channel, job, job.reply_begun_at, is_result)

    async def _is_sent_privately(self, job: Job) -> bool:
        """Whether the requester has the result by direct message: a file named after *job*.

        Raises:
            CardError: It is not known now, or there can be no direct message.
        """

        def is_result(message: discord.Message) -> bool:
            return any(f"-{job.id}-" in file.filename for file in message.attachments)

        async with self._calls.attempt():
            requester = await self._requester(job)
            await self._calls.wait_for(Turn.URGENT)
            channel = await requester.create_dm()
            await self._calls.wait_for(Turn.URGENT)
            return await self._has_sent(channel, job, job.dm_begun_at, is_result)

    async def _has_sent(
        self,
        channel: discord.abc.Messageable,
        job: Job,
        begun_at: float | None,
        is_result: Callable[[discord.Message], bool],
    ) -> bool:
        """Whether the bot has sent a message to *channel* that *is_result*, since *begun_at*."""
        begun = self._clock() if begun_at is None else begun_at
        async for message in sent_since(channel, job, begun):
            if message.author == self._client.user and is_result(message):
                return True
        return False

    async def _requester(self, job: Job) -> discord.User:
        known = self._client.get_user(job.user_id)
        if known is not None:
            return known
        await self._calls.wait_for(Turn.URGENT)
        return await self._client.fetch_user(job.user_id)

    async def send_privately(
        self,
        job: Job,
        content: str,
        embed: discord.Embed,
        uploads: Sequence[Upload] = (),
        *,
        view: discord.ui.View,
        purpose: str,
    ) -> None:
        """Send the requester a direct message; the same purpose twice is one message.

        One with files may be repeated when Discord has forgotten its nonce, so it is looked for.

        Raises:
            CardError: It could not be sent.
        """
        # The channel is the requester's alone, so that their id does for its own.
        upload = size_of(uploads or None)
        async with self._calls.write(job.user_id, turn=Turn.EXEMPT, upload=upload):
            if uploads and await self._is_sent_privately(job):
                return
            requester = await self._requester(job)
            await self._calls.wait_for(Turn.URGENT)
            await requester.send(
                content,
                embed=embed,
                view=view,
                files=files_of(uploads),
                nonce=nonce(job, purpose),
            )
