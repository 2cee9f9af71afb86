"""Bot shards: the bot's sessions with Discord, one for each shard that this process has.

What depends on a session is asked here: whether a server's events come to this process, and whether
the cache can be believed of it. A session that was resumed from another process listed no servers; so
those of its shard are asked for before it goes on, by name alone, and what else is wanted of them is
asked for when it is (`bot.discord.interactions.channel_permissions`).
"""

import asyncio
import logging
import math
from collections.abc import Callable, Collection

import discord

from bot.discord.gateway_session import GatewaySession
from bot.discord.identify_turns import IdentifyTurns
from bot.discord.messages.discord_errors import CONNECTION_ERRORS, MALFORMED_RESPONSE
from bot.discord.resumption import read_resumption
from bot.discord.session_starts import SessionStarts
from bot.discord.shard_sessions import ShardSessions
from bot.discord.shard_shares import describe, shard_of
from bot.discord.shard_state import ShardState
from bot.monitoring.health import Health
from db.repositories.leases import Leases, Shard

log = logging.getLogger(__name__)

SESSION = "discord"
_NO_SESSION = "The bot is not connected to Discord."
# Seconds for which Discord's number of shards is not asked for again, and for its answer.
_RECOMMENDATION_LASTS = 60 * 60.0
_ASK_AGAIN = 30.0
_ANSWER_TIMEOUT = 10.0
# Servers in one answer (Discord docs: Get Current User Guilds), and answers that are read before a
# session is begun anew instead, which lists its own servers.
_PAGE = 200
_MOST_PAGES = 25
_ERRORS = (discord.DiscordException, *CONNECTION_ERRORS, *MALFORMED_RESPONSE)


class BotShards:
    """The shards of this process, a `ShardListener`; without leases it has the only one."""

    def __init__(
        self,
        client: discord.Client,
        state: ShardState,
        health: Health,
        starts: SessionStarts,
        leases: Leases | None,
        *,
        monotonic: Callable[[], float],
    ) -> None:
        self._client = client
        self._state = state
        self._health = health
        self._starts = starts
        self._leases = leases
        self._monotonic = monotonic
        self._turns = None if leases is None else IdentifyTurns(leases, monotonic=monotonic)
        self._held: tuple[Shard, ...] = (Shard(1, 0),)
        self._is_spare = False
        self._connected: set[int] = set()
        self._listed: set[int] = set()  # whose servers a session of this process has listed
        self._recommended = 0
        self._asked_at = -math.inf
        health.report(SESSION, _NO_SESSION)

    @property
    def held(self) -> tuple[Shard, ...]:
        """The shards that this process has."""
        return self._held

    def lists(self, guild_id: int) -> bool:
        """Whether a session of this process lists the server, if the bot is in it."""
        return shard_of(guild_id, self._count) in self._listed

    def has_session_of(self, guild_id: int | None) -> bool:
        """Whether the events of a server, None for direct messages, come to this process now."""
        return shard_of(guild_id, self._count) in self._connected

    @property
    def _count(self) -> int:
        return self._held[0].count if self._held else max(1, self._state.shard_count or 1)

    async def run(self) -> None:
        """Keep the sessions until the client is closed.

        Raises:
            discord.ConnectionClosed: Discord said that no connection can succeed.
        """
        if self._leases is None or self._turns is None:
            session = GatewaySession(
                self._client,
                clock=self._monotonic,
                before_new=lambda: self._starts.before_session(self._start_limit),
            )
            return await session.run()
        return await ShardSessions(
            self._leases,
            self,
            recommended=self._ask_count,
            monotonic=self._monotonic,
            each_turn=self._turns.give_back,
        ).run()

    async def before_identify(self, shard: int) -> None:
        """Count the session that is about to start."""
        if self._turns is not None:
            self._turns.identified(shard)
        await self._starts.sessions.add()

    # --- What the sessions report -----------------------------------------------------------

    def ready(self, shard: int) -> None:
        """Take note that a session has listed the servers of its shard."""
        self._listed.add(shard)
        self.resumed(shard)

    def resumed(self, shard: int) -> None:
        """Take note that a session goes on; Discord sends what was missed."""
        self._connected.add(shard)
        self._report()

    def disconnected(self, shard: int) -> None:
        """Take note that a session has no connection; it is being connected again."""
        self._connected.discard(shard)
        self._report()

    def shards_held(self, shards: Collection[Shard], *, is_spare: bool) -> None:
        """Take note of the shards of this process."""
        if is_spare and not self._is_spare:
            log.info("other processes have every shard: this one waits to take over")
        self._held, self._is_spare = tuple(sorted(shards)), is_spare
        self._report()

    def shard_left(self, shard: Shard) -> None:
        """Forget the servers of a shard that is another process's."""
        self._connected.discard(shard.number)
        self._listed.discard(shard.number)
        self._state.forget_shard(shard.number)

    def _report(self) -> None:
        missing = [shard for shard in self._held if shard.number not in self._connected]
        if self._is_spare or (self._held and not missing):
            self._health.clear(SESSION)
        elif not self._held or self._count == 1:
            self._health.report(SESSION, _NO_SESSION)
        else:
            self._health.report(
                SESSION, f"The bot is not connected to Discord: {describe(missing)}."
            )

    # --- How sessions begin -----------------------------------------------------------------

    async def prepare(self, shard: Shard, detail: str | None) -> GatewaySession:
        """Return a session of *shard*, which goes on with what the one before has left."""
        self._state.shard_count = shard.count
        self._state.shard_ids = sorted({*self._state.shard_ids, shard.number})
        resumption = read_resumption(detail)
        if resumption is not None and not await self._has_listed(shard):
            resumption = None
        return GatewaySession(
            self._client,
            clock=self._monotonic,
            shard=shard.number,
            resumption=resumption,
            before_new=lambda: self._before_new(shard),
        )

    async def _before_new(self, shard: Shard) -> None:
        await self._starts.before_session(self._start_limit)
        if self._turns is not None:
            await self._turns.wait(shard.number)

    async def _start_limit(self) -> object:
        limit = (await self._client.http.get_bot_gateway())[2]
        if self._turns is not None and isinstance(concurrency := limit.get("max_concurrency"), int):
            self._turns.allow(concurrency)
        return limit

    async def _has_listed(self, shard: Shard) -> bool:
        """Note the servers of a shard whose session does not list them; return whether they are known."""
        found, after = list[int](), None
        try:
            async with asyncio.timeout(_ANSWER_TIMEOUT):
                for _ in range(_MOST_PAGES):
                    page = await self._client.http.get_guilds(_PAGE, after=after)
                    found += [int(guild["id"]) for guild in page]
                    if len(page) < _PAGE:
                        break
                    after = found[-1]
                else:
                    return False
        except _ERRORS as error:
            log.info(
                "a session begins anew, as its servers are not known: %s", type(error).__name__
            )
            return False
        self._state.add_unavailable(
            guild_id for guild_id in found if shard_of(guild_id, shard.count) == shard.number
        )
        return True

    async def _ask_count(self) -> int:
        """Return Discord's number of shards, 0 if it does not say (Discord docs: Get Gateway Bot)."""
        now = self._monotonic()
        lasts = _RECOMMENDATION_LASTS if self._recommended else _ASK_AGAIN
        if now - self._asked_at < lasts:
            return self._recommended
        self._asked_at = now
        try:
            async with asyncio.timeout(_ANSWER_TIMEOUT):
                count, _, _ = await self._client.http.get_bot_gateway()
        except _ERRORS as error:
            log.info("Discord does not say how many shards it wants: %s", type(error).__name__)
            return self._recommended
        self._recommended = count if isinstance(count, int) and count > 0 else self._recommended
        return self._recommended
