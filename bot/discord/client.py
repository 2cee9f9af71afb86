"""Client: the bot as Discord knows it: intents, session, commands. Events have cogs of their own."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Sequence

import discord
from discord.ext import commands

from bot.clock import monotonic
from bot.discord.call_names import call_name
from bot.discord.command_sync import CommandSync
from bot.discord.command_translator import command_translator
from bot.discord.command_tree import BotCommandTree
from bot.discord.gateway_frames import UNUSED_EVENTS
from bot.discord.gateway_session import GatewaySession
from bot.discord.response_dates import date_trace
from bot.discord.session_starts import SessionStarts
from bot.locales.translate import bundled
from bot.monitoring.health import Health
from bot.outgoing import Outgoing
from bot.outgoing.measured_calls import Observe, measure_calls
from db.records import Job
from db.repositories.key_values import KeyValues

log = logging.getLogger(__name__)

# The bot has no use for voice, nor for warnings that its packages are missing.
discord.VoiceClient.warn_nacl = False
discord.VoiceClient.warn_dave = False

# discord.py waits half a minute for a network that is gone; a container is killed after ten seconds.
_CLOSE_TIMEOUT = 2.0
_SESSION = "discord"
_NO_SESSION = "The bot is not connected to Discord."


class GenerationBot(commands.Bot):
    """discord.py's bot, with the intents, caches and limits that this program needs."""

    def __init__(
        self,
        key_values: KeyValues,
        health: Health,
        *,
        guild_id: int | None,
        starts: SessionStarts | None = None,
        read_date: Callable[[str | None], None] = lambda _date: None,
        outgoing: Outgoing | None = None,
        observe_call: Observe = lambda _call, _outcome, _seconds: None,
    ) -> None:
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
                date_trace(read_date), observe_call, name_of=call_name, monotonic=monotonic
            ),
        )
        for event in UNUSED_EVENTS:
            self._connection.parsers.pop(event, None)
        self._health = health
        self._sync = CommandSync(self.tree, key_values, health, guild_id=guild_id)
        self._outgoing = outgoing or Outgoing()
        self.starts = starts or SessionStarts(key_values, health)
        health.report(_SESSION, _NO_SESSION)

    async def login(self, token: str) -> None:
        """Log in, by the bot's own way to the internet; if it is one of too many, wait first."""
        await self.starts.before_login()
        # A login that failed has closed the connector of the one before.
        self.http.connector = self._outgoing.connector(limit=0)
        await super().login(token)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Count the session that is about to start; `GatewaySession` has waited until it may."""
        await super().before_identify_hook(shard_id, initial=initial)
        await self.starts.sessions.add()

    async def _session_start_limit(self) -> object:
        return (await self.http.get_bot_gateway())[2]

    def announce_claimed(self, jobs: Sequence[Job]) -> None:
        """Dispatch the event `jobs_claimed`, without holding up the caller."""
        self.dispatch("jobs_claimed", jobs)

    async def setup_hook(self) -> None:
        """Have Discord know the commands and their translations."""
        await self.tree.set_translator(command_translator(bundled))
        await self._sync.when_changed(self.application_id)

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
        """Keep a session until the bot is closed; *reconnect* is not asked for.

        Raises:
            discord.ConnectionClosed: Discord said that no connection can succeed.
        """
        del reconnect
        await GatewaySession(
            self,
            clock=time.monotonic,
            before_new=lambda: self.starts.before_session(self._session_start_limit),
        ).run()

    async def close(self) -> None:
        """Close the session, within the time that a stop may take."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_CLOSE_TIMEOUT):
                await super().close()

    async def on_ready(self) -> None:
        """Record that there is a session, and compare the commands, if that was not just done."""
        self._health.clear(_SESSION)
        log.info("connected to Discord as %s, in %d servers", self.user, len(self.guilds))
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

    async def on_resumed(self) -> None:
        """Record that the session goes on; Discord sends what was missed."""
        self._health.clear(_SESSION)

    async def on_disconnect(self) -> None:
        """Record that there is no session; discord.py is already connecting again."""
        self._health.report(_SESSION, _NO_SESSION)


def bot_intents() -> discord.Intents:
    """Return what the bot listens to: nothing privileged (Discord docs: Gateway, Intents)."""
    intents = discord.Intents.none()
    intents.guilds = True
    # Deletions come with messages; their content does not, and is not read.
    intents.guild_messages = True
    intents.guild_reactions = True
    intents.dm_reactions = True
    return intents
