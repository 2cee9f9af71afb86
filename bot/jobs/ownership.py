"""Which jobs are this process's: leases are taken, renewed and given back."""

import logging
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager

from sqlalchemy.exc import SQLAlchemyError

from bot.health import Health
from bot.jobs.background import again_and_again, in_background
from bot.jobs.schedule import Schedule
from db.claims import Claims
from db.records import Job

log = logging.getLogger(__name__)

# A process that says nothing for this long has lost its jobs to the others.
LEASE = 30.0
_DATABASE = "database"
_TICK = 1.0
_CLAIMS_AT_ONCE = 200
_TICKS_PER_CLAIM = 5
_TICKS_PER_RENEWAL = 10
_TICKS_PER_ROLL_CALL = 60


class Ownership:
    """Keep the leases of this process and take over what nobody keeps."""

    def __init__(
        self,
        claims: Claims,
        schedule: Schedule,
        health: Health,
        *,
        owner: str,
        clock: Callable[[], float],
        on_claimed: Callable[[Sequence[Job]], None],
    ) -> None:
        self._claims = claims
        self._schedule = schedule
        self._health = health
        self._owner = owner
        self._clock = clock
        self._on_claimed = on_claimed
        self._ticks = 0

    def lease_until(self) -> float:
        """Return until when a lease taken now holds, in Unix seconds."""
        return self._clock() + LEASE

    async def jobs(self) -> Sequence[Job]:
        """Return the open jobs of this process."""
        return await self._claims.owned_by(self._owner)

    @asynccontextmanager
    async def kept(self) -> AsyncGenerator[None]:
        """Keep the leases until the block is left, then give the jobs back at once."""
        try:
            async with in_background(again_and_again(self._turn), name="leases"):
                yield
        finally:
            await self._claims.release(self._owner)

    async def _turn(self) -> float:
        ticks, self._ticks = self._ticks, self._ticks + 1
        try:
            await self._tick(ticks)
        except (SQLAlchemyError, OSError):
            self._health.report(_DATABASE, "The database does not answer.")
            raise
        self._health.clear(_DATABASE)
        return _TICK

    async def _tick(self, ticks: int) -> None:
        if ticks % _TICKS_PER_ROLL_CALL == 0:
            self._schedule.miss_nobody(job.id for job in await self.jobs())
        if ticks % _TICKS_PER_RENEWAL == 0:
            await self._claims.renew(self._owner, lease_until=self.lease_until())
        if ticks % _TICKS_PER_CLAIM == 0:
            await self._claim()
        for job in await self._claims.take_woken(self._owner):
            self._schedule.wake(job.id)

    async def _claim(self) -> None:
        jobs = await self._claims.claim(
            self._owner,
            now=self._clock(),
            lease_until=self.lease_until(),
            limit=_CLAIMS_AT_ONCE,
        )
        if jobs:
            log.info("taking over %d jobs", len(jobs))
            self._on_claimed(jobs)
            self._schedule.follow(job.id for job in jobs)
