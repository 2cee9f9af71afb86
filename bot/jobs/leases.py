"""Leases: which jobs this process owns, taken, renewed and given back.

Several processes may share one database. A process owns a job by a lease, which ends at a time
that is stored in the job's row. It renews its leases three times as often as they expire. A job
whose lease has expired, or that has no owner, is claimed by any process, which raises the job's
fence: every write names the fence under which the job was read, so that a former owner that was
merely slow changes nothing (see `db.repositories.claims`).

The loop ticks once a second: leases are renewed first, then free jobs are claimed every few ticks,
and jobs that another process has woken are made due. Once a minute all owned jobs are reconciled
with the due times, a safety net below the rest.
"""

import asyncio
import logging
import math
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Protocol

from sqlalchemy.exc import SQLAlchemyError

from bot.background import in_background, repeat_forever
from bot.jobs.due_times import DueTimes
from bot.jobs.lifecycle.answer_window import is_answer_pending
from bot.monitoring.health import Health
from db.records import Job
from db.repositories.claims import Claims

log = logging.getLogger(__name__)

# Seconds after which a process that does not renew its leases loses its jobs to the others.
LEASE = 30.0
_DATABASE = "database"
_TICK = 1.0
_CLAIMS_AT_ONCE = 200
_SHUTDOWN_TIMEOUT = 0.5
# Counted in seconds, unlike the rest: a slow database makes ticks late, and a lease is short.
_RENEW_AFTER = 10.0
_TICKS_PER_CLAIM = 5
_TICKS_PER_RECONCILIATION = 60


class LeaseListener(Protocol):
    """What the lease keeper reports to."""

    def jobs_claimed(self, jobs: Sequence[Job]) -> None:
        """Take note of jobs that are this process's from now on."""

    def processes_counted(self, count: int) -> None:
        """Take note of how many processes own jobs, this one included."""


class LeaseKeeper:
    """Keeper of this process's leases, who claims the jobs that no process owns."""

    def __init__(
        self,
        claims: Claims,
        due_times: DueTimes,
        health: Health,
        listener: LeaseListener,
        *,
        clock: Callable[[], float],
    ) -> None:
        self._claims = claims
        self._due_times = due_times
        self._health = health
        self._listener = listener
        self._clock = clock
        self._ticks = 0
        self._renewed_at = -math.inf

    async def jobs(self) -> Sequence[Job]:
        """Return the open jobs of this process."""
        return await self._claims.owned()

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Keep the leases until the block is left, then give the jobs back at once."""
        try:
            async with in_background(repeat_forever(self._turn), name="leases"):
                yield
        finally:
            await self._give_back()

    async def _give_back(self) -> None:
        """Let others have the jobs at once, unless the database does not answer: then the leases expire."""
        try:
            async with asyncio.timeout(_SHUTDOWN_TIMEOUT):
                await self._claims.release()
        except (SQLAlchemyError, OSError, TimeoutError) as error:
            log.warning(
                "the jobs can't be given back (%s): their leases expire", type(error).__name__
            )

    async def _turn(self) -> float:
        ticks, self._ticks = self._ticks, self._ticks + 1
        try:
            await self._tick(ticks)
        except (SQLAlchemyError, OSError):
            # Tried again at the next tick: a longer pause would cost the leases.
            self._report_failure()
        else:
            self._health.clear(_DATABASE)
        return _TICK

    def _report_failure(self) -> None:
        if self._health.problem(_DATABASE) is None:
            log.exception("the leases can't be renewed; trying again")
            self._health.report(_DATABASE, "The database does not answer.")

    async def _tick(self, ticks: int) -> None:
        # First, and by the same reading of the clock as the claim: an expired lease of our own is
        # renewed, and not claimed as that of another process.
        now = self._clock()
        await self._renew(now)
        if ticks % _TICKS_PER_RECONCILIATION == 0:
            jobs = await self.jobs()
            self._due_times.ensure_scheduled(
                job.id for job in jobs if not is_answer_pending(job, now)
            )
        if ticks % _TICKS_PER_CLAIM == 0:
            await self._claim(now)
        for job in await self._claims.take_woken():
            self._due_times.wake(job.id)

    async def _renew(self, now: float) -> None:
        if now - self._renewed_at >= _RENEW_AFTER:
            processes = await self._claims.renew(now=now, lease_until=now + LEASE)
            self._renewed_at = now
            self._listener.processes_counted(processes)

    async def _claim(self, now: float) -> None:
        jobs = await self._claims.claim(now=now, lease_until=now + LEASE, limit=_CLAIMS_AT_ONCE)
        if jobs:
            log.info("taking over %d jobs", len(jobs))
            self._listener.jobs_claimed(jobs)
            self._due_times.schedule_many(job.id for job in jobs)
