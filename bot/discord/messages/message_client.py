"""Message client: the calls to Discord that edit a card, find it, and put ❌ under it."""

from collections.abc import Callable, Sequence

import discord

from bot.discord.messages.discord_calls import DiscordCalls
from bot.discord.messages.discord_errors import error_meaning, is_token_expired
from bot.discord.messages.error_codes import Meaning
from bot.discord.messages.message_parts import (
    Upload,
    channel_of,
    files_of,
    is_card_of,
    message_id,
    size_of,
)
from bot.discord.messages.rate_limit import Turn
from bot.discord.messages.upload_limit import upload_limit
from bot.jobs.errors import (
    CardAwaited,
    CardBusy,
    CardError,
    CardNeverSent,
    CardNotOurs,
    CardOutOfReach,
)
from bot.recent_keys import RecentKeys
from db.records import TOKEN_LIFETIME, CardKind, Job

CANCEL_EMOJI = "\N{CROSS MARK}"

# How many messages are read around a job's id in search of its card.
_HISTORY = 50


class MessageClient:
    """Client for cards: by the interaction token while that is valid, then by the bot's own."""

    def __init__(
        self,
        client: discord.Client,
        calls: DiscordCalls,
        *,
        clock: Callable[[], float],
        is_listed: Callable[[int], bool] = lambda _guild_id: True,
    ) -> None:
        """*is_listed* says whether this process's sessions list a server that the bot is in."""
        self._is_listed = is_listed
        self._client = client
        self._calls = calls
        self._clock = clock
        self._expired_tokens = RecentKeys[int](TOKEN_LIFETIME, monotonic=clock)  # by job id

    async def edit(
        self,
        job: Job,
        *,
        embed: discord.Embed,
        view: discord.ui.View | None,
        uploads: Sequence[Upload] | None = None,
        turn: Turn = Turn.URGENT,
    ) -> None:
        """Make the card of *job* look like this; *uploads* replace its files, None keeps them.

        *turn* is that of the bot's token, when the interaction token is not valid any more.

        Raises:
            CardError: It does not look like this; the kind of error says what to do.
        """
        if job.token_is_alive(self._clock()) and job.id not in self._expired_tokens:
            try:
                await self._edit_by_token(job, embed, view, uploads)
            except CardOutOfReach as error:
                if is_token_expired(error):
                    # Not used again: each 401 counts towards the invalid request limit.
                    self._expired_tokens.note(job.id)
                # The token may expire early; a card in a channel can still be edited by the bot's.
                if job.card_kind is CardKind.TOKEN_ONLY:
                    raise
            else:
                return
        if job.card_kind is CardKind.TOKEN_ONLY:
            raise CardOutOfReach("the interaction token has ended")
        async with self._calls.write(job.channel_id, turn=turn, upload=size_of(uploads)):
            await self._message(job).edit(
                content=None,
                embed=embed,
                view=view,
                attachments=files_of(uploads),
                allowed_mentions=discord.AllowedMentions.none(),
            )

    async def _edit_by_token(
        self,
        job: Job,
        embed: discord.Embed,
        view: discord.ui.View | None,
        uploads: Sequence[Upload] | None,
    ) -> None:
        upload = size_of(uploads)
        async with self._calls.write(job.channel_id, turn=Turn.EXEMPT, upload=upload):
            await self._webhook(job).edit_message(
                message_id(job),
                content=None,
                embed=embed,
                view=view,
                attachments=files_of(uploads),
                allowed_mentions=discord.AllowedMentions.none(),
            )

    async def find(self, job: Job) -> int:
        """Return the message id of the card of *job*, by its token or from the channel's history.

        Raises:
            CardAwaited: The answer was deferred, and is to be edited into the card.
            CardNotOurs: Discord has the question or the card of another bot with this token.
            CardNeverSent: There is no card.
            CardError: It is not known now.
        """
        if job.token_is_alive(self._clock(), margin=0.0):
            try:
                return await self._answer_of(job)
            except CardOutOfReach as error:
                # The token may expire early, which says nothing about the card.
                if job.card_kind is CardKind.TOKEN_ONLY or not is_token_expired(error):
                    raise
        if job.card_kind is CardKind.TOKEN_ONLY:
            raise CardNeverSent("the interaction token has ended")
        found = await self._search(job)
        if found is None:
            raise CardNeverSent("the channel's history has no card")
        return found

    async def _answer_of(self, job: Job) -> int:
        """Return the message id of the answer to the interaction of *job*, if it is its card."""
        message = await self._original(job)
        if message.flags.loading:
            raise CardAwaited(message.id)
        # An answer without an embed is a refusal, perhaps this process's own.
        if not message.embeds:
            raise CardNeverSent("the answer is no card")
        if not is_card_of(job, message):
            raise CardNotOurs("the answer is not this card")
        return message.id

    async def _original(self, job: Job) -> discord.Message:
        """Return the answer to the interaction of *job*; raises CardNeverSent if there is none."""
        try:
            async with self._calls.attempt():
                # Discord takes this name for the answer's id; discord.py's annotation does not.
                return await self._webhook(job).fetch_message("@original")  # type: ignore[arg-type]
        except CardError as error:
            # Without an answer Discord does not know the token's webhook (10015) or has no such
            # message (10008). Any other 404 may be an accident.
            cause = error.__cause__
            if isinstance(cause, discord.NotFound) and error_meaning(cause) is not Meaning.LATER:
                raise CardNeverSent(str(error)) from error
            raise

    async def _search(self, job: Job) -> int | None:
        """Return the bot's message that answered the interaction, of those around its time."""
        user = self._client.user
        async with self._calls.attempt(turn=Turn.URGENT):
            # A job's id is its interaction's id: a snowflake, as are the ids of messages.
            around = discord.Object(job.id)
            async for message in channel_of(job, self._client).history(
                limit=_HISTORY, around=around
            ):
                asked = message.interaction_metadata
                if message.author == user and asked is not None and asked.id == job.id:
                    return message.id if is_card_of(job, message) else None
        return None

    async def add_reaction(self, job: Job) -> None:
        """Put the bot's ❌ under the card.

        Raises:
            CardError: It is not there.
        """
        async with self._calls.attempt(turn=Turn.SPARE):
            await self._message(job).add_reaction(CANCEL_EMOJI)

    async def remove_reaction(self, job: Job) -> None:
        """Take the bot's ❌ off the card.

        Raises:
            CardError: It may still be there.
        """
        if self._client.user is None:
            return
        async with self._calls.attempt(turn=Turn.SPARE):
            await self._message(job).remove_reaction(CANCEL_EMOJI, self._client.user)

    def announce_found(self, job: Job) -> None:
        """Dispatch the event `card_found` for a job whose card was found again."""
        self._client.dispatch("card_found", job)

    async def is_answering(self) -> bool:
        """Whether Discord answers the question who the bot is, which needs no permission."""
        if self._client.user is None:
            return False
        try:
            async with self._calls.attempt(turn=Turn.URGENT):
                await self._client.fetch_user(self._client.user.id)
        except CardBusy:
            return False
        except CardError:
            return True
        return True

    async def upload_limit(self, job: Job) -> int:
        """Return how many bytes one file on the card of *job* may have.

        The server is asked for where no session of this process lists it, as a worker has none.
        """
        now = self._clock()
        guild = self._client.get_guild(job.guild_id) if job.guild_id else None
        counts = job.card_kind is not CardKind.TOKEN_ONLY and not job.token_is_alive(now)
        is_known = guild is not None and not guild.unavailable
        if counts and not is_known and job.guild_id and not self._is_listed(job.guild_id):
            guild = await self._fetch_guild(job.guild_id) or guild
        return upload_limit(job, guild, now=now)

    async def _fetch_guild(self, guild_id: int) -> discord.Guild | None:
        """Return the server as Discord has it, None if that can't be known now."""
        try:
            async with self._calls.attempt(turn=Turn.URGENT):
                return await self._client.fetch_guild(guild_id, with_counts=False)
        except CardError:
            return None

    def _webhook(self, job: Job) -> discord.Webhook:
        if job.interaction_token is None or job.application_id is None:
            raise CardOutOfReach("no interaction token")
        return discord.Webhook.partial(
            job.application_id, job.interaction_token, client=self._client
        )

    def _message(self, job: Job) -> discord.PartialMessage:
        return channel_of(job, self._client).get_partial_message(message_id(job))
