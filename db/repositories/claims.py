"""Claims: which process works on a job. Leases and fences.

The table of jobs is the queue. Several processes may share it, and each open job must be worked on
by one of them at a time, also when one is killed or slow. No process decides that for the others;
the row does, by four of its columns:

`owner`, `lease_until`. A process claims a job by writing its name and a time into the row, and
moves that time on while it runs. That is a lease. The time is by the clock of the owner, and no
other process compares it with its own clock, which may show anything: it looks whether the time is
moved on. A process that was killed moves nothing. Once another has seen the same lease for as long
as a lease lasts, by a clock that can't be set, it may claim the job (`bot.jobs.leases`).

`fence`. A lease alone is not enough: an owner that was only slow (suspended, or its disk hung)
takes the job for its own after another process has claimed it. So each claim adds one to the fence,
and each change names the fence under which the job was read. The change of the former owner finds
no row:

    one reads the job                   owner one, fence 1
    one is suspended                    its lease is not moved on
    two claims the job                  owner two, fence 2
    one: update ... where fence = 1     no row, nothing is written
    two: update ... where fence = 2     one row

(Such a counter is called a fencing token elsewhere.)

`woken`. A request to cancel may be stored by any process, and a webhook may reach any, but only the
owner acts on the job. The mark says that there is a reason to look at it; the owner looks for the
mark every second, clears it, and looks at the job at once.

A few facts are stored without the fence, by the process that learns them, owner or not: see
`db.repositories.jobs`.
"""

import dataclasses
from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import and_, bindparam, false, null, or_, select, true, update

from db.columns import OneOf
from db.records import AWAITING_STATES, Job
from db.rows import read_jobs
from db.statements import Statement, Steps, only
from db.store import Store
from db.tables import has_state, is_open, jobs

_is_owned = and_(is_open, jobs.c.owner == bindparam("by"))

_LEASES_OF_OTHERS = Statement(
    select(jobs.c.owner, jobs.c.lease_until)
    .where(is_open, jobs.c.owner.is_not(None), jobs.c.owner != bindparam("by"))
    .distinct()
)
# Rows that another process is claiming are skipped, not waited for. SQLite, which has one writer
# anyway, ignores it.
_oldest = select(jobs.c.id).order_by(jobs.c.id).limit(bindparam("most"))
_oldest = _oldest.with_for_update(skip_locked=True)
_WITHOUT_OWNER = Statement(_oldest.where(is_open, jobs.c.owner.is_(None)))
_OF_LEASE = Statement(_oldest.where(_is_owned, jobs.c.lease_until == bindparam("until")))
_TAKE = Statement(
    update(jobs)
    .where(OneOf(jobs.c.id, "wanted"))
    .values(owner=bindparam("by"), lease_until=bindparam("until"), fence=jobs.c.fence + 1)
    .returning(*jobs.c)
)
_RENEW = Statement(update(jobs).where(_is_owned).values(lease_until=bindparam("until")))
_RELEASE = Statement(update(jobs).where(_is_owned).values(owner=null(), lease_until=0.0))
_RELEASE_ALL = Statement(update(jobs).where(is_open).values(owner=null(), lease_until=0.0))
_OWNED = Statement(select(jobs).where(_is_owned).order_by(jobs.c.id))
_TAKE_WOKEN = Statement(
    update(jobs).where(_is_owned, jobs.c.woken.is_(True)).values(woken=false()).returning(*jobs.c)
)
_is_awaited_elsewhere = and_(
    is_open,
    jobs.c.owner.is_not(None),
    jobs.c.owner != bindparam("by"),
    has_state(sorted(AWAITING_STATES)),
)
_is_job = jobs.c.id == bindparam("job")
_wake = update(jobs).where(_is_awaited_elsewhere).values(woken=true()).returning(jobs.c.id)
_WAKE_JOB = Statement(_wake.where(_is_job))
_WAKE_TASK = Statement(
    _wake.where(or_(jobs.c.task_id == bindparam("task"), and_(_is_job, jobs.c.task_id.is_(None))))
)


@dataclasses.dataclass(frozen=True, slots=True, order=True)
class Lease:
    """Whose some open jobs are, and until when by the owner's own clock (Unix seconds)."""

    owner: str
    until: float


class Claims:
    """Claims of one process, the *owner*: take open jobs, renew their leases, give them back."""

    def __init__(self, store: Store, owner: str) -> None:
        self._store = store
        self._owner = owner

    async def leases_of_others(self) -> frozenset[Lease]:
        """Return the leases of the open jobs that other processes have."""
        rows = await self._store.read(only(_LEASES_OF_OTHERS(by=self._owner)))
        return frozenset(Lease(*row) for row in rows)

    async def claim(
        self, *, expired: Collection[Lease], lease_until: float, limit: int
    ) -> tuple[Job, ...]:
        """Take open jobs without an owner or with an *expired* lease, at most *limit*, oldest first.

        A lease that was moved on since is not an expired one any more.
        """
        leases = sorted(expired)[:limit]
        return await self._store.transact(_claim(self._owner, leases, lease_until, limit))

    async def renew(self, *, lease_until: float) -> None:
        """Move the leases of the owner's jobs on, to *lease_until* by its clock (Unix seconds)."""
        await self._store.write(only(_RENEW(by=self._owner, until=lease_until)))

    async def release(self) -> None:
        """Give the owner's open jobs back, so that another process takes them at once."""
        await self._store.write(only(_RELEASE(by=self._owner)))

    async def owned(self) -> tuple[Job, ...]:
        """Return the owner's open jobs, oldest first."""
        return await self._store.read(read_jobs(_OWNED(by=self._owner)))

    async def take_woken(self) -> tuple[Job, ...]:
        """Return the owner's open jobs that are woken, oldest first, and clear the mark."""
        woken = await self._store.write(read_jobs(_TAKE_WOKEN(by=self._owner)))
        return _oldest_first(woken)

    async def wake_other(self, *, job_id: int | None, task_id: str | None) -> bool:
        """Mark a job of another process as woken, if its task goes on; return whether there is one.

        It is the job with that task. Where no task is named, or the job knows none yet, it is the one
        with that id.
        """
        call = _WAKE_JOB(by=self._owner, job=job_id)
        if task_id is not None:
            call = _WAKE_TASK(by=self._owner, job=job_id, task=task_id)
        return bool(await self._store.write(only(call)))


def _claim(
    owner: str, expired: Sequence[Lease], lease_until: float, limit: int
) -> Steps[tuple[Job, ...]]:
    free = (yield _WITHOUT_OWNER(most=limit)).column()
    for lease in expired:
        rows = yield _OF_LEASE(by=lease.owner, until=lease.until, most=limit)
        free += rows.column()
    if not free:
        return ()
    wanted = sorted(free)[:limit]
    taken = yield from read_jobs(_TAKE(wanted=wanted, by=owner, until=lease_until))
    return _oldest_first(taken)


def _oldest_first(found: Iterable[Job]) -> tuple[Job, ...]:
    return tuple(sorted(found, key=lambda job: job.id))


async def release_all(store: Store) -> None:
    """Give every open job back: for a process that knows that no other uses the database."""
    await store.write(only(_RELEASE_ALL()))
