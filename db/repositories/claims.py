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

`woken`. A request to cancel may be stored by any process, but only the owner acts on the job. The
mark says that the row has changed since the owner read it; the owner looks for the mark every
second, clears it, and looks at the job at once.

A few facts are stored without the fence, by the process that learns them, owner or not: see
`db.repositories.jobs`.
"""

import dataclasses
from collections.abc import Collection

from sqlalchemy import and_, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncEngine

from db.records import Job
from db.rows import read_jobs
from db.tables import is_open, jobs


@dataclasses.dataclass(frozen=True, slots=True, order=True)
class Lease:
    """Whose some open jobs are, and until when by the owner's own clock (Unix seconds)."""

    owner: str
    until: float


class Claims:
    """Claims of one process, the *owner*: take open jobs, renew their leases, give them back."""

    def __init__(self, engine: AsyncEngine, owner: str) -> None:
        self._engine = engine
        self._owner = owner
        self._is_owned = and_(is_open, jobs.c.owner == owner)

    async def leases_of_others(self) -> frozenset[Lease]:
        """Return the leases of the open jobs that other processes have."""
        is_other = and_(is_open, jobs.c.owner.is_not(None), jobs.c.owner != self._owner)
        query = select(jobs.c.owner, jobs.c.lease_until).where(is_other).distinct()
        async with self._engine.connect() as connection:
            return frozenset(Lease(*row) for row in await connection.execute(query))

    async def claim(
        self, *, expired: Collection[Lease], lease_until: float, limit: int
    ) -> tuple[Job, ...]:
        """Take open jobs without an owner or with an *expired* lease, at most *limit*, oldest first.

        A lease that was moved on since is not an expired one any more.
        """
        leases = [(lease.owner, lease.until) for lease in sorted(expired)[:limit]]
        is_expired = tuple_(jobs.c.owner, jobs.c.lease_until).in_(leases)
        free = select(jobs.c.id).where(is_open, or_(jobs.c.owner.is_(None), is_expired))
        # Rows that another process is claiming are skipped, not waited for. SQLite, which has one
        # writer anyway, ignores it.
        free = free.order_by(jobs.c.id).limit(limit).with_for_update(skip_locked=True)
        async with self._engine.begin() as connection:
            ids = (await connection.execute(free)).scalars().all()
            if not ids:
                return ()
            await connection.execute(
                update(jobs)
                .where(jobs.c.id.in_(ids))
                .values(owner=self._owner, lease_until=lease_until, fence=jobs.c.fence + 1)
            )
            taken = select(jobs).where(jobs.c.id.in_(ids)).order_by(jobs.c.id)
            return await read_jobs(connection, taken)

    async def renew(self, *, lease_until: float) -> None:
        """Move the leases of the owner's jobs on, to *lease_until* by its clock (Unix seconds)."""
        async with self._engine.begin() as connection:
            await connection.execute(
                update(jobs).where(self._is_owned).values(lease_until=lease_until)
            )

    async def release(self) -> None:
        """Give the owner's open jobs back, so that another process takes them at once."""
        async with self._engine.begin() as connection:
            await connection.execute(
                update(jobs).where(self._is_owned).values(owner=None, lease_until=0.0)
            )

    async def owned(self) -> tuple[Job, ...]:
        """Return the owner's open jobs, oldest first."""
        mine = select(jobs).where(self._is_owned).order_by(jobs.c.id)
        async with self._engine.connect() as connection:
            return await read_jobs(connection, mine)

    async def take_woken(self) -> tuple[Job, ...]:
        """Return the owner's open jobs that are woken, oldest first, and clear the mark."""
        woken = select(jobs).where(self._is_owned, jobs.c.woken.is_(True))
        async with self._engine.begin() as connection:
            taken = await read_jobs(connection, woken.order_by(jobs.c.id).with_for_update())
            if taken:
                ids = [job.id for job in taken]
                await connection.execute(update(jobs).where(jobs.c.id.in_(ids)).values(woken=False))
        return taken


async def release_all(engine: AsyncEngine) -> None:
    """Give every open job back: for a process that knows that no other uses the database."""
    async with engine.begin() as connection:
        await connection.execute(update(jobs).where(is_open).values(owner=None, lease_until=0.0))
