"""Shard sessions: the sessions of those shards that this process has by leases.

Once a second the leases are looked at (`db.repositories.leases`): free shards are taken up to this
process's share (`shard_shares`), each with a session of its own, which is resumed where another process
has left one; sessions of shards that another process has by now are ended, and what a session is
resumed by is stored. While the database does not answer, the sessions go on.
"""

import asyncio
import dataclasses
import logging
import math
from collections.abc import Awaitable, Callable, Collection
from typing import Protocol

from bot.discord.gateway_session import GatewaySession
from bot.discord.shard_shares import describe, has_others, is_covered, to_leave, to_take
from db.errors import StoreFailed
from db.repositories.leases import Leases, Shard, ShardLease, ShardTable

log = logging.getLogger(__name__)

_TICK = 1.0  # seconds
_FIRST_TICK = 0.05  # until this process is known to the others
# Seconds for which others must have had a place for a shard before it is left to them.
_LEAVE_AFTER = 30.0
# Seconds between two notes of how far a session has come.
_NOTE_AFTER = 5.0


class ShardListener(Protocol):
    """What is told which shards this process has."""

    def shards_held(self, shards: Collection[Shard], *, is_spare: bool) -> None:
        """Take note of them; *is_spare* if other processes have them all."""

    async def prepare(self, shard: Shard, detail: str | None) -> GatewaySession:
        """Return a session of *shard*, which goes on with what the one before has left."""

    def shard_left(self, shard: Shard) -> None:
        """Take note that the shard is another process's from now on."""


@dataclasses.dataclass(slots=True)
class _Running:
    """A session, and the task that keeps it."""

    task: asyncio.Task[None]
    session: GatewaySession | None = None  # once it is prepared
    noted: str | None = None
    noted_at: float = -math.inf


class ShardSessions:
    """Keeper of the sessions; `run` ends with the first that can't be kept."""

    def __init__(
        self,
        leases: Leases,
        listener: ShardListener,
        *,
        recommended: Callable[[], Awaitable[int]],
        monotonic: Callable[[], float],
        each_turn: Callable[[], Awaitable[None]],
    ) -> None:
        """*recommended* is Discord's number of shards, 0 if it does not say."""
        self._leases = leases
        self._listener = listener
        self._recommended = recommended
        self._monotonic = monotonic
        self._each_turn = each_turn
        self._running: dict[Shard, _Running] = {}
        self._too_many_since: float | None = None
        self._table: ShardTable | None = None
        self._has_failed = False

    async def run(self) -> None:
        """Keep sessions until cancelled.

        Raises:
            discord.ConnectionClosed: Discord said of one of them that no connection can succeed.
        """
        try:
            while True:
                pause = await self._turn()
                await self._wait(pause)
        finally:
            await self._end_all()

    async def _wait(self, pause: float) -> None:
        """Wait for the next turn; raises what has ended a session."""
        tasks = {running.task for running in self._running.values()}
        if not tasks:
            await asyncio.sleep(pause)
            return
        done, _ = await asyncio.wait(tasks, timeout=pause, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
        if done:  # the client was closed
            await asyncio.sleep(pause)

    async def _turn(self) -> float:
        await self._each_turn()
        try:
            self._table = table = await self._leases.take_shards(
                await self._recommended(), lambda table: to_take(table, self._leases.owner)
            )
            await self._follow(table)
        except (StoreFailed, OSError) as error:
            if not self._has_failed:
                log.warning("the shards can't be looked at: %s", type(error).__name__)
            self._has_failed = True
            return _TICK
        self._has_failed = False
        return _TICK if self._leases.owner in table.running else _FIRST_TICK

    async def _follow(self, table: ShardTable) -> None:
        """Have sessions of exactly those shards that are this process's."""
        own = {lease.shard: lease for lease in table.of(self._leases.owner)}
        for shard in [shard for shard in self._running if shard not in own]:
            log.warning("shard %d is another process's now", shard.number)
            await self._end(shard, is_left=True)
        for shard in self._to_leave(table):
            await self._leave(shard)
            own.pop(shard, None)
        for lease in own.values():
            if lease.shard not in self._running:
                self._begin(lease)
        is_spare = is_covered(table, self._leases.owner)
        self._listener.shards_held(list(own), is_spare=is_spare)
        await self._note_all()

    def _to_leave(self, table: ShardTable) -> Collection[Shard]:
        if not (leaving := to_leave(table, self._leases.owner)):
            self._too_many_since = None
            return ()
        now = self._monotonic()
        self._too_many_since = now if self._too_many_since is None else self._too_many_since
        return leaving if now - self._too_many_since >= _LEAVE_AFTER else ()

    def _begin(self, lease: ShardLease) -> None:
        log.info("takes %s", describe([lease.shard]))
        name = f"session of shard {lease.shard.number}"
        task = asyncio.create_task(self._keep(lease), name=name)
        self._running[lease.shard] = _Running(task)

    async def _keep(self, lease: ShardLease) -> None:
        session = await self._listener.prepare(lease.shard, lease.detail)
        self._running[lease.shard].session = session
        await session.run()

    async def _leave(self, shard: Shard) -> None:
        """Leave a shard to another process, with what its session is resumed by."""
        log.info("leaves %s to another process", describe([shard]))
        session = self._running[shard].session if shard in self._running else None
        await self._end(shard, is_left=True)
        if session is not None and session.resumption is not None:
            await self._leases.note(shard.name, session.resumption.to_text())
        await self._leases.give_up(shard.name)

    async def _end(self, shard: Shard, *, is_left: bool) -> None:
        running = self._running.pop(shard, None)
        if running is None:
            return
        running.task.cancel()
        await asyncio.gather(running.task, return_exceptions=True)
        if running.session is not None:
            await running.session.close(is_left=is_left)
        self._listener.shard_left(shard)

    async def _end_all(self) -> None:
        """End all sessions: for another process, if one may take them up, else for good."""
        others = self._table is not None and has_others(self._table, self._leases.owner)
        for shard in list(self._running):
            session = self._running[shard].session
            await self._end(shard, is_left=others)
            left = session.resumption if others and session is not None else None
            try:
                await self._leases.note(shard.name, left.to_text() if left else None)
            except (StoreFailed, OSError) as error:
                log.info("a session is not left to others: %s", type(error).__name__)

    async def _note_all(self) -> None:
        """Store how far the sessions have come, some seconds apart."""
        now = self._monotonic()
        for shard, running in self._running.items():
            if running.session is None or now - running.noted_at < _NOTE_AFTER:
                continue
            resumption = running.session.resumption
            text = None if resumption is None else resumption.to_text()
            if text != running.noted:
                await self._leases.note(shard.name, text)
                running.noted, running.noted_at = text, now
