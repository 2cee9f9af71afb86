"""Client: the bot as Discord knows it: intents, session, commands. Events have cogs of their own."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import discord
from discord.ext import commands

from bot.discord.bot_shards import BotShards
from bot.discord.call_names import call_name
from bot.discord.command_sync import CommandSync
from bot.discord.command_translator import command_translator
from bot.discord.command_tree import BotCommandTree
from bot.discord.gateway_frames import UNUSED_EVENTS
from bot.discord.response_dates import date_trace
from bot.discord.session_starts import SessionStarts
from bot.discord.shard_state import ShardState
from bot.locales.translate import bundled
from bot.monitoring.health import Health
from bot.outgoing import Outgoing
from bot.outgoing.measured_calls import Observe, measure_calls
from db.records import Job
from db.repositories.key_values import KeyValues
from db.repositories.leases import Leases

log = logging.getLogger(__name__)

# The bot has no use for voice, nor for warnings that its packages are missing.
discord.VoiceClient.warn_nacl = False
discord.VoiceClient.warn_dave = False

# discord.py waits half a minute for a network that is gone; a container is killed after ten seconds.
_CLOSE_TIMEOUT = 2.0


class GenerationBot(commands.Bot):
    """discord.py's bot, with the intents, caches and limits that this program needs."""

    def __init__(
        self,
        key_values: KeyValues,
        health: Health,
        *,
        guild_id: int | None,
        has_gateway: bool = True,
        leases: Leases | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        starts: SessionStarts | None = None,
        read_date: Callable[[str | None], None] = lambda _date: None,
        global_limit: Callable[[float], None] = lambda _seconds: None,
        outgoing: Outgoing | None = None,
        observe_call: Observe = lambda _call, _outcome, _seconds: None,
    ) -> None:
        """Without *has_gateway* it makes REST calls alone, and has no commands of its own.

        *leases* say which shards it has; without them it has the only one.
        """
        super().__init__(
            command_prefix=(),
            intents=bot_intents(),
            tree_cls=BotCommandTree,
            help_command=None,
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_ratelimit_timeout=60.0,
            http_trace=measure_calls(
                date_trace(read_date, global_limit),
                observe_call,
                name_of=call_name,
                monotonic=monotonic,
            ),
        )
        for event in UNUSED_EVENTS:
            self._connection.parsers.pop(event, None)
        self._sync = CommandSync(self.tree, key_values, health, guild_id=guild_id)
        self._outgoing = outgoing or Outgoing()
        self.starts = starts or SessionStarts(key_values, health)
        self.shards = (
            BotShards(self, self._shard_state, health, self.starts, leases, monotonic=monotonic)
            if has_gateway
            else None
        )

    def _get_state(self, **options: Any) -> Any:
        self._shard_state = ShardState(
            dispatch=self.dispatch,
            handlers=self._handlers,
            hooks=self._hooks,
            http=self.http,
            **options,
        )
        return self._shard_state

    async def login(self, token: str) -> None:
        """Log in, by the bot's own way to the internet; if it is one of too many, wait first."""
        await self.starts.before_login()
        # A login that failed has closed the connector of the one before.
        self.http.connector = self._outgoing.connector(limit=0)
        await super().login(token)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Count the session that is about to start; `GatewaySession` has waited until it may."""
        del initial
        if self.shards is not None:
            await self.shards.before_identify(shard_id or 0)

    def lists_guild(self, guild_id: int) -> bool:
        """Whether a session of this process lists the server, if the bot is in it."""
        return self.shards is not None and self.shards.lists(guild_id)

    def has_session_of(self, guild_id: int | None) -> bool:
        """Whether a server's events, None for direct messages, come to this process now."""
        return self.shards is not None and self.shards.has_session_of(guild_id)

    def of_own_shards(
        self, of_shard: Callable[[int, int], Awaitable[Sequence[int]]]
    ) -> Callable[[], Awaitable[Sequence[int]]]:
        """Return what reads the jobs of this process's shards by what reads those of one."""

        async def of_all() -> Sequence[int]:
            held = () if self.shards is None else self.shards.held
            return [job for shard in held for job in await of_shard(shard.number, shard.count)]

        return of_all

    def announce_claimed(self, jobs: Sequence[Job]) -> None:
        """Dispatch the event `jobs_claimed`, without holding up the caller."""
        self.dispatch("jobs_claimed", jobs)

    async def setup_hook(self) -> None:
        """Have Discord know the commands and their translations, or learn which it knows."""
        await self.tree.set_translator(command_translator(bundled))
        if self.shards is not None:
            await self._sync.when_changed(self.application_id)
        else:
            await self._sync.learn(self.application_id)

    async def sync_again(self) -> float:
        """Compare the commands again after a failure; return the seconds until the next look."""
        return await self._sync.again(self.application_id)

    def dispatch(self, event_name: str, /, *args: object, **kwargs: object) -> None:
        """Pass on no event of a session that has been closed."""
        if not self.is_closed():
            super().dispatch(event_name, *args, **kwargs)

    async def on_error(self, event_method: str, /, *_args: object, **_kwargs: object) -> None:
        """Log what went wrong with an event, unless the end of the session cut it off."""
        if self.is_closed():
            log.info("%s was cut off by the end of the session", event_method)
        else:
            log.exception("%s failed", event_method)

    async def connect(self, *, reconnect: bool = True) -> None:
        """Keep sessions until the bot is closed; *reconnect* is not asked for.

        Raises:
            discord.ConnectionClosed: Discord said that no connection can succeed.
        """
        del reconnect
        if self.shards is not None:
            await self.shards.run()

    async def close(self) -> None:
        """Close the session, within the time that a stop may take."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_CLOSE_TIMEOUT):
                await super().close()

    async def on_shard_ready(self, shard_id: int) -> None:
        """Record that there is a session, and compare the commands, if that was not just done."""
        if self.shards is None:
            return
        self.shards.ready(shard_id)
        log.info("connected to Discord as %s, in %d servers", self.user, len(self.guilds))
        if shard_id == min((shard.number for shard in self.shards.held), default=0):
            await self._sync.at_new_session(self.application_id)

    async def on_guild_join(self, guild: discord.Guild, /) -> None:
        """Send the commands if this server is the one that has them: it came without any."""
        await self._sync.when_joined(guild.id, self.application_id)

    async def on_guild_available(self, guild: discord.Guild, /) -> None:
        """Do the same: discord.py calls a join so when Discord says `unavailable: false`."""
        await self._sync.when_joined(guild.id, self.application_id)

    async def on_guild_remove(self, guild: discord.Guild, /) -> None:
        """Remember that the commands of a server end with the bot's membership."""
        self._sync.when_left(guild.id)

    async def on_shard_resumed(self, shard_id: int) -> None:
        """Record that a session goes on; Discord sends what was missed."""
        if self.shards is not None:
            self.shards.resumed(shard_id)

    async def on_shard_disconnect(self, shard_id: int) -> None:
        """Record that there is no session; it is being connected again."""
        if self.shards is not None:
            self.shards.disconnected(shard_id)


def bot_intents() -> discord.Intents:
    """Return what the bot listens to: nothing privileged (Discord docs: Gateway, Intents)."""
    intents = discord.Intents.none()
    intents.guilds = True
    # Deletions come with messages; their content does not, and is not read.
    intents.guild_messages = True
    intents.guild_reactions = True
    intents.dm_reactions = True
    return intents
