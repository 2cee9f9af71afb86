"""Leases: which jobs this process owns, taken, renewed and given back.

Several processes may share one database. A process owns jobs by a lease, which is one row of its own
(`db.repositories.claims`). It renews its lease three times as often as it expires. The jobs of a
process whose lease has expired, and those that have no owner, are claimed by any process, which raises
the jobs' version: every write names the version that it was decided on, so that a former owner that
was merely slow changes nothing.

The clocks of two processes may be hours apart, and be set at any moment. So a lease has no time in
it, and is observed: one that has not been renewed for as long as a lease lasts, by the observer's
monotonic clock, has expired. Where the database says by its own clock for how long it was not, that
counts for what was not observed, but for the time of a renewal: a database that was away kept all of
them from theirs. A process that finds its own lease gone, as after its machine was suspended, forgets
what it knew of its jobs.

The loop ticks once a second: the lease is renewed first, then those of the others are observed and
free jobs are claimed, all of them at once, and jobs that another process has woken are made due. The
records of claimed jobs are read some hundred at a time, with a turn for others in between, so that
ten thousand hold up nothing; the newest come first, and are looked at while the others are read. What
their cards show is compared later, some hundred each second. Once a minute the owned jobs are reconciled with the due times, a safety
net below the rest.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from typing import Protocol

from bot.background import in_background, repeat_forever
from bot.jobs.due_times import DueTimes
from bot.jobs.lease_renewal import RENEW_AFTER, LeaseRenewal
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
# Jobs whose records are read and handed on in one go.
RECORDS_AT_ONCE = 250
# Cards that are compared in a second: twice as many as Discord takes edits of, so that following ten
# thousand jobs is not held up for the cards of which nothing has changed.
CARDS_AT_ONCE = 100
_SHUTDOWN_TIMEOUT = 0.5
# Of the time between two looks at another's lease so much counts: a machine that was suspended, or a
# database that was locked, kept the owner from renewing it too.
_LONGEST_GAP = RENEW_AFTER
# Of what the database says of a lease that was not seen before so much counts: the rest is observed.
_LONGEST_AGE = LEASE - RENEW_AFTER - 2 * _TICK
_TICKS_PER_RECONCILIATION = 60


class LeaseListener(Protocol):
    """What the lease keeper reports to."""

    def jobs_claimed(self, jobs: Sequence[Job]) -> None:
        """Take note of jobs that are this process's from now on, some of many."""

    def look_soon(self) -> None:
        """Have those looked at that were claimed so far: the first of many, or all of them."""

    def compare_cards(self, job_ids: Sequence[int]) -> None:
        """Have the cards of claimed jobs show what is stored of them, some of many."""

    def jobs_lost(self) -> None:
        """Take note that other processes may have all of this process's jobs."""

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
            lease: before[lease] + passed if lease in before else _counted(lease.age)
            for lease in leases
        }
        return frozenset(lease for lease, time in self._unchanged_for.items() if time >= LEASE)


def _counted(age: float | None) -> float:
    return min(max(age or 0.0, 0.0), _LONGEST_AGE)


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
        self._claimed: list[int] = []  # whose records are to be handed on
        self._unseen: list[int] = []  # whose cards may show less than is stored
        self._renewal = LeaseRenewal(claims, monotonic=monotonic)

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
            await self._reconcile()
        await self._claim()
        await self._hand_on_claimed()
        self._hand_on_cards()
        if woken := await self._claims.take_woken():
            self._listener.jobs_woken(woken)
            for job in woken:
                self._due_times.wake(job.id)

    async def _renew(self) -> None:
        if await self._renewal.renew_if_due():
            log.warning("this process was taken for ended, so that others may have its jobs")
            self._listener.jobs_lost()

    async def _reconcile(self) -> None:
        """Have the jobs looked at that are this process's and wait for nothing."""
        missed = self._due_times.without_due_time(await self._claims.owned_ids())
        for start in range(0, len(missed), RECORDS_AT_ONCE):
            jobs = await self._claims.owned_among(missed[start : start + RECORDS_AT_ONCE])
            now = self._clock()
            self._due_times.ensure_scheduled(
                job.id for job in jobs if not is_answer_pending(job, now)
            )

    async def _claim(self) -> None:
        """Claim the jobs that have no owner, and those whose owner does not renew its lease."""
        ownership = await self._claims.ownership()
        expired = self._observer.observe(ownership.others, self._monotonic())
        running = {
            lease.owner for lease in ownership.others - expired if lease.renewals is not None
        }
        self._listener.processes_counted(1 + len(running))
        if not expired and not ownership.is_any_free:
            return
        claimed = await self._claims.claim(expired)
        if claimed:
            log.info("taking over %d jobs", len(claimed))
            self._claimed += claimed

    async def _hand_on_claimed(self) -> None:
        """Have the claimed jobs taken up; what the database does not give now comes next time."""
        is_first = True
        while some := self._claimed[-RECORDS_AT_ONCE:]:  # the newest, which a list shows first
            jobs = await self._claims.owned_among(some)
            del self._claimed[-len(some) :]
            self._listener.jobs_claimed(jobs)
            self._due_times.schedule_many(
                job.id for job in jobs if not self._due_times.is_kept(job.id)
            )
            self._unseen += [job.id for job in jobs]
            if is_first or not self._claimed:
                self._listener.look_soon()
            is_first = False

    def _hand_on_cards(self) -> None:
        """Have some cards compared."""
        some = self._unseen[:CARDS_AT_ONCE]
        del self._unseen[: len(some)]
        self._listener.compare_cards(some)
