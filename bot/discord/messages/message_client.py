"""The calls to Discord that job messages need, with its limits kept and its errors translated."""

import asyncio
import datetime
import logging
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

import discord

from bot.discord.messages.discord_errors import (
    CONNECTION_ERRORS,
    MALFORMED_RESPONSE,
    ban_seconds,
    card_error,
    is_dead_token,
)
from bot.discord.messages.message_parts import (
    Upload,
    files_of,
    message_id,
    nonce,
    only,
    reference_to,
)
from bot.discord.messages.rate_limit import BotRateLimit
from bot.jobs.cards import CardBusy, CardError, CardNeverSent, CardOutOfReach
from db.records import TOKEN_LIFETIME, CardKind, Job

log = logging.getLogger(__name__)

CANCEL_EMOJI = "\N{CROSS MARK}"

_EDIT_TIMEOUT = 60.0
_UPLOAD_TIMEOUT = 5 * 60.0
_UPLOADS_AT_ONCE = 4
# How far around a job's id its card is looked for.
_HISTORY = 50
# How many messages after its beginning a reply is looked for; clocks differ by less than a minute.
_LATER_HISTORY = 100
_CLOCK_MARGIN = 60.0


class MessageClient:
    """Send and edit job messages: by the interaction token while it lives, then as the bot."""

    def __init__(
        self,
        client: discord.Client,
        *,
        clock: Callable[[], float],
        rate_limit: BotRateLimit | None = None,
    ) -> None:
        self._client = client
        self._clock = clock
        self._rate_limit = rate_limit or BotRateLimit()
        self._channels: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._uploads = asyncio.Semaphore(_UPLOADS_AT_ONCE)
        self._dead_tokens: dict[int, float] = {}  # by job, when it was asked for
        self._banned_until = 0.0

    async def edit(
        self,
        job: Job,
        *,
        embed: discord.Embed,
        view: discord.ui.View | None,
        uploads: Sequence[Upload] | None = None,
    ) -> None:
        """Make the card of *job* look like this; *uploads* replace its files, None keeps them.

        Raises:
            CardError: It does not look like this; the kind of error says what to do.
        """
        if job.token_is_alive(self._clock()) and job.id not in self._dead_tokens:
            try:
                await self._edit_by_token(job, embed, view, uploads)
            except CardOutOfReach as error:
                if is_dead_token(error):
                    self._forget_token(job)
                # The token may die early; the bot's own way is open to cards in channels.
                if job.card_kind is CardKind.TOKEN_ONLY:
                    raise
            else:
                return
        if job.card_kind is CardKind.TOKEN_ONLY:
            raise CardOutOfReach("the interaction token has ended")
        async with self._turn(job, upload=uploads is not None), self._rate_limit:
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
        async with self._turn(job, upload=uploads is not None):
            await self._webhook(job).edit_message(
                message_id(job),
                content=None,
                embed=embed,
                view=view,
                attachments=files_of(uploads),
                allowed_mentions=discord.AllowedMentions.none(),
            )

    def _forget_token(self, job: Job) -> None:
        """Use the token no more: each 401 counts against the address (Discord docs: Rate Limits)."""
        oldest = self._clock() - TOKEN_LIFETIME
        young = {id_: born for id_, born in self._dead_tokens.items() if born > oldest}
        self._dead_tokens = {**young, job.id: job.created_at}

    async def original(self, job: Job) -> discord.Message:
        """Return the answer to the interaction of *job*, by its token.

        Raises:
            CardNeverSent: There is none.
            CardError: It can't be told now.
        """
        try:
            async with self._translated(_EDIT_TIMEOUT):
                # Discord takes this name for the answer's id; discord.py's annotation does not.
                return await self._webhook(job).fetch_message("@original")  # type: ignore[arg-type]
        except CardError as error:
            if isinstance(error.__cause__, discord.NotFound):
                raise CardNeverSent(str(error)) from error
            raise

    async def search(self, job: Job) -> int | None:
        """Return the id of the card of *job* from the channel's history around its birth."""
        user = self._client.user
        async with self._translated(_EDIT_TIMEOUT), self._rate_limit:
            around = discord.Object(job.id)
            async for message in self._channel(job).history(limit=_HISTORY, around=around):
                asked = message.interaction_metadata
                if message.author == user and asked is not None and asked.id == job.id:
                    return message.id
        return None

    async def react(self, job: Job) -> None:
        """Put the bot's ❌ under the card."""
        async with self._translated(_EDIT_TIMEOUT), self._rate_limit:
            await self._message(job).add_reaction(CANCEL_EMOJI)

    async def unreact(self, job: Job) -> None:
        """Take the bot's ❌ off the card."""
        if self._client.user is None:
            return
        async with self._translated(_EDIT_TIMEOUT), self._rate_limit:
            await self._message(job).remove_reaction(CANCEL_EMOJI, self._client.user)

    async def reply(self, job: Job, content: str, *, purpose: str) -> None:
        """Reply to the card and ping its requester; the same purpose twice is one message."""
        async with self._turn(job, upload=False), self._rate_limit:
            await self._channel(job).send(
                content,
                reference=reference_to(job, must_exist=False),
                nonce=nonce(job, purpose),
                allowed_mentions=only(job.user_id),
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
        """Reply to the card with files and ping its requester; the same job twice is one message.

        Raises:
            CardError: The reply is not there; `CardDeleted` when there is no card to reply to.
        """
        if await self._is_replied_to(job):
            return
        async with self._turn(job, upload=True), self._rate_limit:
            await self._channel(job).send(
                content,
                embed=embed,
                view=view,
                files=files_of(uploads),
                reference=reference_to(job, must_exist=True),
                nonce=nonce(job, "result"),
                allowed_mentions=only(job.user_id),
            )

    async def _is_replied_to(self, job: Job) -> bool:
        """Look for the reply of an earlier life: Discord forgets a nonce after some minutes."""

        def is_it(message: discord.Message) -> bool:
            card = message.reference.message_id if message.reference else None
            return card == job.message_id and bool(message.attachments)

        async with self._translated(_EDIT_TIMEOUT), self._rate_limit:
            return await self._has_sent(self._channel(job), job.reply_begun_at, is_it)

    async def is_sent_privately(self, job: Job) -> bool:
        """Look for the direct message of an earlier life, by the name that we gave its file.

        Raises:
            CardError: It can't be told now, or there can be no direct message.
        """

        def is_it(message: discord.Message) -> bool:
            return any(f"-{job.id}-" in file.filename for file in message.attachments)

        async with self._translated(_EDIT_TIMEOUT):
            requester = await self._requester(job)
            async with self._rate_limit:
                channel = await requester.create_dm()
            async with self._rate_limit:
                return await self._has_sent(channel, job.dm_begun_at, is_it)

    async def _has_sent(
        self,
        channel: discord.abc.Messageable,
        begun_at: float | None,
        is_it: Callable[[discord.Message], bool],
    ) -> bool:
        begun = (begun_at or self._clock()) - _CLOCK_MARGIN
        after = datetime.datetime.fromtimestamp(begun, datetime.UTC)
        async for message in channel.history(limit=_LATER_HISTORY, after=after):
            if message.author == self._client.user and is_it(message):
                return True
        return False

    async def _requester(self, job: Job) -> discord.User:
        known = self._client.get_user(job.user_id)
        if known is not None:
            return known
        async with self._rate_limit:
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
        """Send the requester a direct message; the same purpose twice is one message."""
        async with self._translated(_UPLOAD_TIMEOUT), self._uploads:
            requester = await self._requester(job)
            async with self._rate_limit:
                await requester.send(
                    content,
                    embed=embed,
                    view=view,
                    files=files_of(uploads),
                    nonce=nonce(job, purpose),
                )

    def _webhook(self, job: Job) -> discord.Webhook:
        if job.interaction_token is None or job.application_id is None:
            raise CardOutOfReach("no interaction token")
        return discord.Webhook.partial(
            job.application_id, job.interaction_token, client=self._client
        )

    def _channel(self, job: Job) -> discord.PartialMessageable:
        return self._client.get_partial_messageable(job.channel_id, guild_id=job.guild_id)

    def _message(self, job: Job) -> discord.PartialMessage:
        return self._channel(job).get_partial_message(message_id(job))

    @asynccontextmanager
    async def _turn(self, job: Job, *, upload: bool) -> AsyncGenerator[None]:
        """Wait for this job's turn: one edit at a time in a channel, uploads aside."""
        channel = self._channels.setdefault(job.channel_id, asyncio.Lock())
        timeout = _UPLOAD_TIMEOUT if upload else _EDIT_TIMEOUT
        async with self._uploads if upload else channel, self._translated(timeout):
            yield

    @asynccontextmanager
    async def _translated(self, timeout: float) -> AsyncGenerator[None]:
        left = self._banned_until - self._clock()
        if left > 0:
            raise CardBusy("Discord takes nothing from this address now", left)
        try:
            async with asyncio.timeout(timeout):
                yield
        except (discord.DiscordException, *CONNECTION_ERRORS, *MALFORMED_RESPONSE) as error:
            self._note(error)
            raise card_error(error) from error

    def _note(self, error: Exception) -> None:
        if isinstance(error, MALFORMED_RESPONSE):
            log.warning("an answer of Discord can't be read: %s", type(error).__name__)
        if ban := ban_seconds(error):
            log.error("Discord takes nothing from this address for %d s", ban)
            self._banned_until = max(self._banned_until, self._clock() + ban)
