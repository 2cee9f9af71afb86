"""Which process a job belongs to.

The table of jobs is the queue. An owner has a lease; the fence counts the owners, and every change
to a job names the fence under which it was read.
"""

from sqlalchemy import and_, distinct, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from db.records import Job
from db.rows import to_job
from db.tables import is_open, jobs


class Claims:
    """Claims of one process, the *owner*: take open jobs, renew their leases, give them back."""

    def __init__(self, engine: AsyncEngine, owner: str) -> None:
        self._engine = engine
        self._owner = owner
        self._is_owned = and_(is_open, jobs.c.owner == owner)

    async def claim(self, *, now: float, lease_until: float, limit: int) -> tuple[Job, ...]:
        """Take open jobs that nobody owns any more, at most *limit*, oldest first."""
        free = select(jobs.c.id).where(
            is_open, or_(jobs.c.owner.is_(None), jobs.c.lease_until < now)
        )
        # Another process's catch is passed over, not waited for; SQLite has one writer anyway.
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
            rows = await connection.execute(taken)
            return tuple(to_job(row) for row in rows.mappings())

    async def renew(self, *, now: float, lease_until: float) -> int:
        """Keep the owner's open jobs until *lease_until*; return how many processes have any.

        Counted are those whose leases last, and the owner itself in any case.
        """
        others = select(func.count(distinct(jobs.c.owner))).where(
            is_open, jobs.c.owner != self._owner, jobs.c.lease_until >= now
        )
        async with self._engine.begin() as connection:
            await connection.execute(
                update(jobs).where(self._is_owned).values(lease_until=lease_until)
            )
            return 1 + (await connection.execute(others)).scalar_one()

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
            rows = await connection.execute(mine)
            return tuple(to_job(row) for row in rows.mappings())

    async def take_woken(self) -> tuple[Job, ...]:
        """Return the owner's open jobs that somebody woke, oldest first, each once."""
        woken = select(jobs).where(self._is_owned, jobs.c.woken.is_(True))
        async with self._engine.begin() as connection:
            rows = await connection.execute(woken.order_by(jobs.c.id).with_for_update())
            taken = tuple(to_job(row) for row in rows.mappings())
            if taken:
                ids = [job.id for job in taken]
                await connection.execute(update(jobs).where(jobs.c.id.in_(ids)).values(woken=False))
        return taken


async def release_all(engine: AsyncEngine) -> None:
    """Give every open job back: for a process that knows that no other uses the database."""
    async with engine.begin() as connection:
        await connection.execute(update(jobs).where(is_open).values(owner=None, lease_until=0.0))
