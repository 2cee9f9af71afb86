"""Which process a job belongs to.

The table of jobs is the queue. An owner has a lease; the fence counts the owners, and every change
to a job names the fence under which it was read.
"""

from sqlalchemy import distinct, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from db.records import Job
from db.rows import to_job
from db.tables import is_open, jobs


class Claims:
    """Take jobs, keep them and give them back."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def claim(
        self, owner: str, *, now: float, lease_until: float, limit: int
    ) -> tuple[Job, ...]:
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
                .values(owner=owner, lease_until=lease_until, fence=jobs.c.fence + 1)
            )
            taken = select(jobs).where(jobs.c.id.in_(ids)).order_by(jobs.c.id)
            rows = await connection.execute(taken)
            return tuple(to_job(row) for row in rows.mappings())

    async def renew(self, owner: str, *, now: float, lease_until: float) -> int:
        """Keep the owner's open jobs until *lease_until*; return how many processes have any.

        Counted are those whose leases last, and the owner itself in any case.
        """
        others = select(func.count(distinct(jobs.c.owner))).where(
            is_open, jobs.c.owner != owner, jobs.c.lease_until >= now
        )
        async with self._engine.begin() as connection:
            await connection.execute(
                update(jobs).where(is_open, jobs.c.owner == owner).values(lease_until=lease_until)
            )
            return 1 + (await connection.execute(others)).scalar_one()

    async def release(self, owner: str) -> None:
        """Give the owner's open jobs back, so that another process takes them at once."""
        async with self._engine.begin() as connection:
            await connection.execute(
                update(jobs)
                .where(is_open, jobs.c.owner == owner)
                .values(owner=None, lease_until=0.0)
            )

    async def release_all(self) -> None:
        """Give every open job back: for a process that knows itself to be alone."""
        async with self._engine.begin() as connection:
            await connection.execute(
                update(jobs).where(is_open).values(owner=None, lease_until=0.0)
            )

    async def owned_by(self, owner: str) -> tuple[Job, ...]:
        """Return the owner's open jobs, oldest first."""
        mine = select(jobs).where(is_open, jobs.c.owner == owner).order_by(jobs.c.id)
        async with self._engine.connect() as connection:
            rows = await connection.execute(mine)
            return tuple(to_job(row) for row in rows.mappings())

    async def take_woken(self, owner: str) -> tuple[Job, ...]:
        """Return the owner's open jobs that somebody woke, oldest first, each once."""
        woken = select(jobs).where(is_open, jobs.c.owner == owner, jobs.c.woken.is_(True))
        async with self._engine.begin() as connection:
            rows = await connection.execute(woken.order_by(jobs.c.id).with_for_update())
            taken = tuple(to_job(row) for row in rows.mappings())
            if taken:
                ids = [job.id for job in taken]
                await connection.execute(update(jobs).where(jobs.c.id.in_(ids)).values(woken=False))
        return taken
