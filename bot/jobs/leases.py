"""Leases: which jobs this process owns, taken, renewed and given back.

Several processes may share one database. A process owns a job by a lease, which ends at a time
that is stored in the job's row. It renews its leases three times as often as they expire. A job
whose lease has expired, or that has no owner, is claimed by any process, which raises the job's
fence: every write names the fence under which the job was read, so that a former owner that was
merely slow changes nothing (see `db.repositories.claims`).

The clocks of two processes may be hours apart, and be set at any moment. So a process does not
compare the time in another's lease with its own clock. It observes the lease: one that has not been
renewed for as long as a lease lasts, by the observer's monotonic clock, has expired.

The loop ticks once a second: leases are renewed first, then those of the others are observed and
free jobs are claimed, and jobs that another process has woken are made due. Once a minute all owned
jobs are reconciled with the due times, a safety net below the rest.
"""

import asyncio
import logging
import math
from collections.abc import AsyncGenerator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from typing import Protocol

from bot.background import in_background, repeat_forever
from bot.jobs.due_times import DueTimes
from bot.jobs.lifecycle.answer_window import is_answer_pending
from bot.monitoring.health import Health
from db.errors import StoreFailed
from db.records import Job
from db.repositories.claims import Claims, Lease

log = logging.getLogger(__name__)

# Seconds after which a process that does not renew its leases loses its jobs to the others.
LEASE = 30.0
_DATABASE = "database"
_TICK = 1.0
_CLAIMS_AT_ONCE = 200
_SHUTDOWN_TIMEOUT = 0.5
# Counted in seconds, unlike the rest: a slow database makes ticks late, and a lease is short.
_RENEW_AFTER = 10.0
# Of the time between two looks at another's lease so much counts: a machine that was suspended, or a
# database that was locked, kept the owner from renewing it too.
_LONGEST_GAP = _RENEW_AFTER
_TICKS_PER_CLAIM = 5
_TICKS_PER_RECONCILIATION = 60


class LeaseListener(Protocol):
    """What the lease keeper reports to."""

    def jobs_claimed(self, jobs: Sequence[Job]) -> None:
        """Take note of jobs that are this process's from now on."""

    def jobs_woken(self, jobs: Sequence[Job]) -> None:
        """Take note of jobs of this process's in whose rows another process has stored something."""

    def processes_counted(self, count: int) -> None:
        """Take note of how many processes own jobs, this one included."""


class LeaseObserver:
    """Observer of the leases of other processes, by a clock of its own."""

    def __init__(self) -> None:
        self._last = 0.0
        self._unchanged_for: dict[Lease, float] = {}

    def observe(self, leases: Collection[Lease], now: float) -> frozenset[Lease]:
        """Note what *leases* there are *now* (monotonic seconds); return those that have expired."""
        passed, self._last = min(now - self._last, _LONGEST_GAP), now
        before = self._unchanged_for
        self._unchanged_for = {
            lease: before[lease] + passed if lease in before else 0.0 for lease in leases
        }
        return frozenset(lease for lease, time in self._unchanged_for.items() if time > LEASE)


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
        monotonic: Callable[[], float],
    ) -> None:
        self._claims = claims
        self._due_times = due_times
        self._health = health
        self._listener = listener
        self._clock = clock
        self._monotonic = monotonic
        self._observer = LeaseObserver()
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
        except (StoreFailed, OSError, TimeoutError) as error:
            log.warning(
                "the jobs can't be given back (%s): their leases expire", type(error).__name__
            )

    async def _turn(self) -> float:
        ticks, self._ticks = self._ticks, self._ticks + 1
        try:
            await self._tick(ticks)
        except (StoreFailed, OSError):
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
        await self._renew()
        if ticks % _TICKS_PER_RECONCILIATION == 0:
            jobs, now = await self.jobs(), self._clock()
            self._due_times.ensure_scheduled(
                job.id for job in jobs if not is_answer_pending(job, now)
            )
        await self._claim(is_turn=ticks % _TICKS_PER_CLAIM == 0)
        if woken := await self._claims.take_woken():
            self._listener.jobs_woken(woken)
            for job in woken:
                self._due_times.wake(job.id)

    async def _renew(self) -> None:
        now = self._monotonic()
        if now - self._renewed_at >= _RENEW_AFTER:
            await self._claims.renew(lease_until=self._clock() + LEASE)
            self._renewed_at = now

    async def _claim(self, *, is_turn: bool) -> None:
        """Claim the jobs whose owner does not renew its leases and, in turn, those without one."""
        leases = await self._claims.leases_of_others()
        expired = self._observer.observe(leases, self._monotonic())
        self._listener.processes_counted(1 + len({lease.owner for lease in leases - expired}))
        if not expired and not is_turn:
            return
        jobs = await self._claims.claim(
            expired=expired, lease_until=self._clock() + LEASE, limit=_CLAIMS_AT_ONCE
        )
        if jobs:
            log.info("taking over %d jobs", len(jobs))
            self._listener.jobs_claimed(jobs)
            self._due_times.schedule_many(job.id for job in jobs)
