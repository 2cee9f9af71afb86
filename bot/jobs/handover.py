"""Handover: gives the jobs that a gateway has accepted to the processes that take jobs to their end.

A gateway writes a job as its own, so that no other process looks for a card that is still on its way.
Once Discord's answer is stored, or is not to be expected any more, the job loses its owner, and a
worker claims it within a second. What the database does not take then is handed over by the next
turn; and a gateway that is killed in between loses its jobs as every process does, by its lease.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager

from bot.background import in_background, repeat_forever
from bot.jobs.lease_renewal import LeaseRenewal
from bot.jobs.leases import LeaseObserver
from bot.jobs.lifecycle.answer_window import ANSWER_WINDOW
from bot.jobs.owned_jobs import OwnedJobs
from bot.jobs.process_names import takes_jobs
from bot.monitoring.health import Health
from db.errors import StoreFailed
from db.repositories.claims import Claims

log = logging.getLogger(__name__)

_DATABASE = "database"
_WORKERS = "workers"
_NO_WORKER = (
    "No worker is running, so that jobs wait: start a process with ROLE=worker or ROLE=all."
)
_TICK = 1.0
_SHUTDOWN_TIMEOUT = 0.5
# Seconds after the start in which other processes are not missed: they may just start too.
_GRACE = 30.0


class Handover:
    """Keeper of a gateway's lease, who owns jobs only until they are answered."""

    def __init__(
        self,
        claims: Claims,
        owned: OwnedJobs,
        health: Health,
        *,
        processes_counted: Callable[[int], None],
        lease_lost: Callable[[], None] = lambda: None,
        clock: Callable[[], float],
        monotonic: Callable[[], float],
    ) -> None:
        """*processes_counted* is called with the number of processes, this one included."""
        self._claims = claims
        self._owned = owned
        self._health = health
        self._processes_counted = processes_counted
        self._lease_lost = lease_lost
        self._clock = clock
        self._monotonic = monotonic
        self._renewal = LeaseRenewal(claims, monotonic=monotonic)
        self._observer = LeaseObserver()
        self._worker_seen_at = monotonic()
        self._answered: set[int] = set()
        self._changed = asyncio.Event()

    def hand_over(self, job_id: int) -> None:
        """Have a worker take the job at once."""
        self._answered.add(job_id)
        self._changed.set()

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Keep the lease and hand jobs over until the block is left, then give back what is left."""
        try:
            async with (
                in_background(repeat_forever(self._turn), name="leases"),
                in_background(repeat_forever(self._hand_over_answered), name="handover"),
            ):
                yield
        finally:
            await self._give_back()

    async def _hand_over_answered(self) -> float:
        await self._changed.wait()
        self._changed.clear()
        answered, self._answered = self._answered, set()
        try:
            self._forget(await self._claims.hand_over(sorted(answered)))
        except (StoreFailed, OSError) as error:
            log.warning("%d jobs are handed over later: %s", len(answered), type(error).__name__)
        return 0.0

    async def _turn(self) -> float:
        try:
            await self._tick()
        except (StoreFailed, OSError):
            if self._health.problem(_DATABASE) is None:
                log.exception("the lease can't be renewed; trying again")
                self._health.report(_DATABASE, "The database does not answer.")
        else:
            self._health.clear(_DATABASE)
        return _TICK

    async def _tick(self) -> None:
        if await self._renewal.renew_if_due():
            log.warning("this process was taken for ended, so that others may have its sessions")
            self._owned.forget_all()
            self._lease_lost()
        others = (await self._claims.ownership()).others
        expired = self._observer.observe(others, self._monotonic())
        if ended := await self._claims.end(expired):
            log.info("%d processes have ended, and what they had is free", ended)
        running = others - expired
        names = {lease.owner for lease in running if lease.renewals is not None}
        self._processes_counted(1 + len(names))
        self._look_for_workers(is_there=any(map(takes_jobs, names)))
        self._forget(await self._claims.hand_over_answered(self._clock() - ANSWER_WINDOW))

    def _look_for_workers(self, *, is_there: bool) -> None:
        now = self._monotonic()
        if is_there:
            self._worker_seen_at = now
            self._health.clear(_WORKERS)
        elif now - self._worker_seen_at >= _GRACE and self._health.problem(_WORKERS) is None:
            log.error("%s", _NO_WORKER)
            self._health.report(_WORKERS, _NO_WORKER)

    def _forget(self, job_ids: Sequence[int]) -> None:
        for job_id in job_ids:
            self._owned.forget(job_id)

    async def _give_back(self) -> None:
        """Let workers have what is left, unless the database does not answer: then the lease expires."""
        try:
            async with asyncio.timeout(_SHUTDOWN_TIMEOUT):
                await self._claims.release()
        except (StoreFailed, OSError, TimeoutError) as error:
            log.warning("the lease can't be given back (%s): it expires", type(error).__name__)
