"""Card removal: deletes the card of an ended job, and what the bot has sent in reply to it."""

import discord

from bot.discord.messages.discord_calls import DiscordCalls
from bot.discord.messages.message_parts import channel_of, message_id
from bot.discord.messages.rate_limit import Turn
from bot.discord.messages.sent_messages import sent_since
from bot.jobs.errors import CardDeleted
from db.records import Job


class CardRemoval:
    """Removal of cards in channels; one that is gone already counts as removed."""

    def __init__(self, client: discord.Client, calls: DiscordCalls) -> None:
        self._client = client
        self._calls = calls

    async def remove(self, job: Job) -> None:
        """Delete the card of *job* and every reply of the bot's to it, the result among them.

        The replies go first: without the card there would be no button to try it again.

        Raises:
            CardError: Something is still there; the kind of error says what to do.
        """
        for reply in await self._replies_to(job):
            await self._delete(job, reply)
        await self._delete(job, message_id(job))

    async def _delete(self, job: Job, message: int) -> None:
        try:
            async with self._calls.write(job.channel_id, turn=Turn.URGENT):
                await channel_of(job, self._client).get_partial_message(message).delete()
        except CardDeleted:
            pass

    async def _replies_to(self, job: Job) -> list[int]:
        begun = [at for at in (job.reply_begun_at, job.pinged_at) if at is not None]
        if not begun:
            return []
        async with self._calls.attempt(turn=Turn.URGENT):
            channel = channel_of(job, self._client)
            return [
                message.id
                async for message in sent_since(channel, job, min(begun))
                if message.author == self._client.user
                and message.reference is not None
                and message.reference.message_id == job.message_id
            ]
