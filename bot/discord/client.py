"""The bot as Discord knows it: intents, extensions, events."""

import asyncio
import contextlib
import dataclasses
import logging
from collections.abc import Awaitable, Callable, Sequence

import discord
from discord.ext import commands

from bot.discord.command_sync import CommandSync
from bot.discord.command_tree import BotCommandTree
from bot.discord.interactions.autocomplete import Autocomplete
from bot.discord.interactions.button_actions import ButtonActions
from bot.discord.interactions.buttons import PersistentButton
from bot.discord.interactions.cancel_reactions import CancelReactions
from bot.discord.interactions.generation_requests import GenerationRequests
from bot.jobs.service import JobService
from bot.monitoring.health import Health
from db.records import Job
from db.repositories.key_values import KeyValues

log = logging.getLogger(__name__)

# The bot has no use for voice, nor for being told that it lacks the packages.
discord.VoiceClient.warn_nacl = False
discord.VoiceClient.warn_dave = False

EXTENSIONS = ("cogs.generate", "cogs.jobs", "cogs.cancel", "cogs.models", "cogs.forget")

# discord.py waits half a minute for a network that is gone; a container is killed after ten seconds.
_CLOSE_TIMEOUT = 2.0
_SESSION = "discord"
_NO_SESSION = "The bot is not connected to Discord."


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The pieces that commands and events are handed."""

    service: JobService
    requests: GenerationRequests
    button_actions: ButtonActions
    autocomplete: Autocomplete
    cancel_reactions: CancelReactions
    own_jobs: Callable[[], Awaitable[Sequence[Job]]]


class GenerationBot(commands.Bot):
    """Load the commands, and pass events on to those who know what to do."""

    parts: Parts

    def __init__(self, key_values: KeyValues, health: Health, *, guild_id: int | None) -> None:
        super().__init__(
            command_prefix=(),
            intents=_intents(),
            tree_cls=BotCommandTree,
            help_command=None,
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_ratelimit_timeout=60.0,
        )
        self._health = health
        self._sync = CommandSync(self.tree, key_values, guild_id=guild_id)
        health.report(_SESSION, _NO_SESSION)

    @property
    def button_actions(self) -> ButtonActions:
        """What the buttons do."""
        return self.parts.button_actions

    def announce_claimed(self, jobs: Sequence[Job]) -> None:
        """Have the taps on these jobs read, without holding up who claimed them."""
        self.dispatch("jobs_claimed", jobs)

    async def setup_hook(self) -> None:
        """Load the commands, and tell Discord of them if they have changed."""
        self.add_dynamic_items(PersistentButton)
        for extension in EXTENSIONS:
            await self.load_extension(extension)
        await self._sync.when_changed(self.application_id)

    def dispatch(self, event_name: str, /, *args: object, **kwargs: object) -> None:
        """Pass on no event of a session that has been closed: there is nobody left to hear it."""
        if not self.is_closed():
            super().dispatch(event_name, *args, **kwargs)

    async def on_error(self, event_method: str, /, *_args: object, **_kwargs: object) -> None:
        """Log what went wrong with an event, unless the end of the session cut it off."""
        if self.is_closed():
            log.info("%s was cut off by the end of the session", event_method)
        else:
            log.exception("%s failed", event_method)

    async def close(self) -> None:
        """Say goodbye to Discord, but not for longer than a stop may take."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_CLOSE_TIMEOUT):
                await super().close()

    async def on_message(self, _message: discord.Message, /) -> None:
        """Read nothing: the bot answers to slash commands alone."""

    async def on_ready(self) -> None:
        """Catch up with what happened while there was no session."""
        self._health.clear(_SESSION)
        log.info("connected to Discord as %s, in %d servers", self.user, len(self.guilds))
        await self._sync.when_changed(self.application_id)
        await self.on_jobs_claimed(await self.parts.own_jobs())

    async def on_resumed(self) -> None:
        """Note that the session goes on; Discord sends what was missed."""
        self._health.clear(_SESSION)

    async def on_disconnect(self) -> None:
        """Note that there is no session; discord.py is already connecting again."""
        self._health.report(_SESSION, _NO_SESSION)

    async def on_jobs_claimed(self, jobs: Sequence[Job]) -> None:
        """Obey the ❌ that were tapped under these jobs while nobody looked."""
        if not self.is_ready():
            return
        for job in jobs:
            await self.parts.cancel_reactions.read(job.id)

    async def on_raw_reaction_add(self, payload: discord.RawReactionActionEvent) -> None:
        """Cancel when ❌ is tapped."""
        await self.parts.cancel_reactions.added(payload)

    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        """Cancel the job whose card was deleted."""
        await self.parts.service.card_deleted(payload.message_id)

    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        """Cancel the jobs whose cards were deleted."""
        for message_id in payload.message_ids:
            await self.parts.service.card_deleted(message_id)

    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        """Cancel the jobs whose cards went with their channel."""
        await self._channel_gone(channel.id)

    async def on_raw_thread_delete(self, payload: discord.RawThreadDeleteEvent) -> None:
        """Cancel the jobs whose cards went with their thread."""
        await self._channel_gone(payload.thread_id)

    async def _channel_gone(self, channel_id: int) -> None:
        for job in await self.parts.own_jobs():
            if job.channel_id == channel_id and job.message_id is not None:
                await self.parts.service.card_deleted(job.message_id)


def _intents() -> discord.Intents:
    """Return what the bot listens to: nothing privileged (Discord docs: Gateway, Intents)."""
    intents = discord.Intents.none()
    intents.guilds = True
    # Deletions come with messages; their content does not, and is not read.
    intents.guild_messages = True
    intents.guild_reactions = True
    intents.dm_reactions = True
    return intents
