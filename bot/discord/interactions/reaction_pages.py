"""Reaction pages: which cards of a channel have a ❌, by as few pages of its messages as will do.

A page has a hundred messages, each with how many users have reacted with what, so that one call answers
for many cards (Discord docs: Get Channel Messages, Reaction Object). Who has reacted is then asked for the
few cards that have more than the bot's own ❌. What a page does not show, or not plainly, is read by itself.
"""

from collections.abc import Callable, Collection, Mapping, Sequence

import discord

from bot.discord.interactions.cancel_reactions import offers_reaction
from bot.discord.messages.discord_calls import DiscordCalls
from bot.discord.messages.message_client import CANCEL_EMOJI
from bot.discord.messages.rate_limit import Turn
from bot.jobs.errors import CardBusy, CardError
from db.records import Job

_PAGE = 100


class ReactionPages:
    """Reader of the messages of channels that tells which cards have no ❌ but the bot's own."""

    def __init__(
        self, client: discord.Client, calls: DiscordCalls, known: Callable[[int], Job | None]
    ) -> None:
        """*known* returns the record of a job of this process, if there is one."""
        self._client = client
        self._calls = calls
        self._known = known

    def channel_of(self, job_id: int) -> int | None:
        """Return the channel of the card of a job, None if none is known to offer ❌."""
        job = self._known(job_id)
        is_of_use = job is not None and job.message_id is not None and offers_reaction(job)
        return job.channel_id if job is not None and is_of_use else None

    async def without_reactions(self, job_ids: Collection[int]) -> Collection[int]:
        """Return those of the jobs, all of one channel, whose cards have the bot's own ❌ alone.

        Raises:
            CardBusy: The channel can't be read now.
        """
        jobs = [job for job in map(self._known, job_ids) if job is not None]
        wanted = {job.message_id: job for job in jobs if job.message_id is not None}
        found: list[int] = []
        while wanted:
            newest = max(wanted)
            page = await self._page(wanted[newest].channel_id, before=newest + 1)
            reactions = {number: has_own_alone(each) for each in page if (number := id_of(each))}
            covered = min(reactions, default=newest) if len(page) >= _PAGE else 0
            found += [
                wanted[each].id
                for each, is_alone in reactions.items()
                if is_alone and each in wanted
            ]
            wanted = {each: job for each, job in wanted.items() if each < min(covered, newest)}
        return found

    async def _page(self, channel_id: int, *, before: int) -> Sequence[object]:
        try:
            async with self._calls.attempt(turn=Turn.SPARE):
                return await self._client.http.logs_from(channel_id, _PAGE, before=before)
        except CardBusy:
            raise
        except CardError:  # each card says for itself what that means
            return ()


def id_of(message: object) -> int:
    """Return the id of a message as Discord wrote it, 0 if it has none. Pure."""
    number = message.get("id") if isinstance(message, Mapping) else None
    return int(number) if isinstance(number, str) and number.isdecimal() else 0


def has_own_alone(message: object) -> bool:
    """Return whether *message* plainly has the bot's own ❌, and no other. Pure."""
    reactions = message.get("reactions") if isinstance(message, Mapping) else None
    for each in reactions if isinstance(reactions, list) else ():
        emoji = each.get("emoji") if isinstance(each, Mapping) else None
        if isinstance(emoji, Mapping) and emoji.get("name") == CANCEL_EMOJI:
            return each.get("me") is True and each.get("count") == 1
    return False
