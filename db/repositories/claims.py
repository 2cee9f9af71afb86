"""Claims: which process works on a job. Leases and versions.

The table of jobs is the queue. Several processes may share it, and each open job must be worked on
by one of them at a time, also when one is killed or slow. No process decides that for the others;
the rows do:

`owner` of a job, and the row of that process in `processes`. A process claims a job by writing its
name into it. While it runs it counts its `renewals` on in its own row, one for all of its jobs. That
is its lease. There is no time in it, because the clocks of two processes, and that of the database,
may show anything and be set at any moment. Another process looks whether the number grows. A process
that was killed counts nothing. Once another has seen the same number for as long as a lease lasts, by
a clock that can't be set, it may take all of its jobs over (`bot.jobs.leases`): one transaction that
deletes the row if it still has that number, and changes the owner of the jobs.

On PostgreSQL the row also says when it was renewed, by the database's clock, which is one for all. So
a process that has just started need not look for a whole lease, and one that looks once a second knows
from when to count. It looks for as long as a renewal takes all the same: after an outage of the database
every row is old, and that clock may be set too.

`version`. A lease alone is not enough: an owner that was only slow (suspended, or its disk hung)
takes the job for its own after another process has claimed it. So each claim raises the version, as
every other write does (`db.repositories.saving`), and each change names the version that was read. The change of the former owner finds
no row:

    one reads the job                   owner one, version 1
    one is suspended                    its renewals don't grow
    two takes its jobs over             owner two, version 2; the row of one is deleted
    one: update ... where version = 1   no row, nothing is written
    two: update ... where version = 2   one row

(Such a counter is called a fencing token elsewhere.) With its next renewal the former owner finds
that its row is gone, and writes a new one: what it accepts from then on is its own.

`woken`. A request to cancel may be stored by any process, and a webhook may reach any, but only the
owner acts on the job. The mark says that there is a reason to look at it; the owner looks for the
mark every second, clears it, and looks at the job at once.

A few facts are stored at any version, by the process that learns them, owner or not: see
`db.repositories.jobs`.
"""

import contextlib
import dataclasses
from collections.abc import Collection, Sequence

from sqlalchemy import (
    BigInteger,
    and_,
    bindparam,
    delete,
    false,
    func,
    insert,
    literal_column,
    null,
    or_,
    select,
    true,
    update,
)

from db.columns import DatabaseTime, OneOf
from db.errors import StoreFailed
from db.records import AWAITING_STATES, CancelControl, Job, JobState
from db.rows import read_jobs
from db.statements import Call, Statement, Steps, only
from db.store import Store
from db.tables import has_state, is_final, is_open, is_woken, jobs, leases, processes

_mine = jobs.c.owner == bindparam("by")
_is_owned = and_(is_open, _mine)


def _owners() -> Statement:
    """Return the statement for the owners of open jobs that have no row, by leaps over the index."""
    least = func.min(jobs.c.owner)
    first = select(least.label("owner")).where(is_open).cte("owners", recursive=True)
    next_one = select(least).where(is_open, jobs.c.owner > first.c.owner).scalar_subquery()
    owners = first.union_all(select(next_one).where(first.c.owner.is_not(None)))
    return Statement(
        select(owners.c.owner).where(
            owners.c.owner.is_not(None),
            owners.c.owner != bindparam("by"),
            owners.c.owner.not_in(select(processes.c.owner)),
        )
    )


_RENEW = Statement(
    update(processes)
    .where(processes.c.owner == bindparam("by"))
    .values(renewals=bindparam("number"), renewed_at=DatabaseTime())
    .returning(processes.c.owner)
)
_REGISTER = Statement(
    insert(processes).values(
        owner=bindparam("by"), renewals=bindparam("number"), renewed_at=DatabaseTime()
    )
)
_LEASES_OF_OTHERS = Statement(
    select(processes.c.owner, processes.c.renewals, DatabaseTime() - processes.c.renewed_at).where(
        processes.c.owner != bindparam("by")
    )
)
_OWNERS_WITHOUT_LEASE = _owners()
_FREE = Statement(select(jobs.c.id).where(is_open, jobs.c.owner.is_(None)).limit(1))
# Of processes that claim at once each takes some of them; what is locked is taken with the next claim.
_free = select(jobs.c.id).where(is_open, jobs.c.owner.is_(None)).order_by(jobs.c.id)
_TAKE_FREE = Statement(
    update(jobs)
    .where(jobs.c.id.in_(_free.with_for_update(skip_locked=True)))
    .values(owner=bindparam("by"), version=jobs.c.version + 1)
    .returning(jobs.c.id)
)
_END_LEASE = Statement(
    delete(processes)
    .where(processes.c.owner == bindparam("former"), processes.c.renewals == bindparam("number"))
    .returning(processes.c.owner)
)
_HAS_LEASE = Statement(
    select(processes.c.owner).where(processes.c.owner == bindparam("former")).limit(1)
)
# In one order, as two that lock rows in different orders may wait for each other.
_of_former = select(jobs.c.id).where(is_open, jobs.c.owner == bindparam("former"))
_TAKE_OVER = Statement(
    update(jobs)
    .where(jobs.c.id.in_(_of_former.order_by(jobs.c.id).with_for_update()))
    .values(owner=bindparam("by"), version=jobs.c.version + 1)
    .returning(jobs.c.id)
)
_RELEASE = Statement(update(jobs).where(_is_owned).values(owner=null(), version=jobs.c.version + 1))
_DEREGISTER = Statement(delete(processes).where(processes.c.owner == bindparam("by")))
_hand_over = (
    update(jobs)
    .where(_is_owned)
    .values(owner=null(), version=jobs.c.version + 1)
    .returning(jobs.c.id)
)
_HAND_OVER = Statement(_hand_over.where(OneOf(jobs.c.id, "wanted")))
# What is not in the answer window any more (`bot.jobs.lifecycle.answer_window`).
_HAND_OVER_ANSWERED = Statement(
    _hand_over.where(
        or_(
            jobs.c.message_id.is_not(None),
            jobs.c.state != JobState.ACCEPTED,
            jobs.c.created_at < bindparam("before"),
        )
    )
)
_RELEASE_ALL = Statement(
    update(jobs)
    .where(is_open, jobs.c.owner.is_not(None))
    .values(owner=null(), version=jobs.c.version + 1)
)
_DEREGISTER_ALL = Statement(delete(processes))
_RELEASE_LEASES = Statement(update(leases).values(owner=null(), detail=null()))
_OWNED_IDS = Statement(select(jobs.c.id).where(_is_owned).order_by(jobs.c.id))
_offers_reaction = and_(
    is_open,
    ~is_final,
    jobs.c.cancel_control == CancelControl.REACTION,
    jobs.c.message_id.is_not(None),
)
# The shard that gets a server's events, and shard 0 direct messages (Discord docs: Gateway, Sharding).
_shard = (func.coalesce(jobs.c.guild_id, 0).op(">>")(literal_column("22"))).op("%")(
    bindparam("shard_count", type_=BigInteger)
)
_OFFERING_REACTION = Statement(
    # Of open jobs alone, by the index of their channels.
    select(jobs.c.id).where(
        _offers_reaction, jobs.c.channel_id > 0, _shard == bindparam("shard", type_=BigInteger)
    )
)
_OWNED_AMONG = Statement(
    select(jobs).where(OneOf(jobs.c.id, "wanted"), _is_owned).order_by(jobs.c.id)
)
_WOKEN = Statement(select(jobs).where(_mine, is_woken))
_TAKE_WOKEN = Statement(
    update(jobs)
    .where(_mine, is_woken)
    .values(woken=false(), version=jobs.c.version + 1)
    .returning(*jobs.c)
)
_is_awaited_elsewhere = and_(
    is_open,
    jobs.c.owner.is_not(None),
    jobs.c.owner != bindparam("by"),
    has_state(sorted(AWAITING_STATES)),
)
_is_job = jobs.c.id == bindparam("job")
_wake = (
    update(jobs)
    .where(_is_awaited_elsewhere)
    .values(woken=true(), version=jobs.c.version + 1)
    .returning(jobs.c.id)
)
_WAKE_JOB = Statement(_wake.where(_is_job))
_WAKE_TASK = Statement(
    _wake.where(or_(jobs.c.task_id == bindparam("task"), and_(_is_job, jobs.c.task_id.is_(None))))
)


@dataclasses.dataclass(frozen=True, slots=True)
class Lease:
    """Which process owns jobs, and how often it has renewed that; None where it has no row.

    `age` is for how many seconds it has not, by the database's clock; None where that is not known.
    """

    owner: str
    renewals: int | None
    age: float | None = dataclasses.field(default=None, compare=False)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Ownership:
    """Who owns jobs beside this process, at one moment."""

    others: frozenset[Lease]
    is_any_free: bool  # whether an open job has no owner


class Claims:
    """Claims of one process, the *owner*: take open jobs, renew its lease, give them back."""

    def __init__(self, store: Store, owner: str) -> None:
        self._store = store
        self._owner = owner

    async def renew(self, number: int) -> bool:
        """Renew the owner's lease; *number* grows with each renewal.

        Returns whether it had one: without, other processes may have its jobs by now.
        """
        return await self._store.transact(_renew(self._owner, number))

    async def ownership(self) -> Ownership:
        """Return who owns jobs beside this process."""
        return await self._store.read(_ownership(self._owner))

    async def claim(self, expired: Collection[Lease]) -> Sequence[int]:
        """Take all open jobs without an owner or with an *expired* lease; return their ids.

        A lease that was renewed since is not an expired one any more.
        """
        return await self._store.transact(_claim(self._owner, expired))

    async def end(self, expired: Collection[Lease]) -> int:
        """End the *expired* leases, and leave their jobs without an owner; return how many ended.

        For a process that takes no jobs. A lease that was renewed since is not an expired one.
        """
        return await self._store.transact(_end(expired)) if expired else 0

    async def release(self) -> None:
        """Give the owner's open jobs back, so that another process takes them at once."""
        await self._store.transact(_all(_RELEASE(by=self._owner), _DEREGISTER(by=self._owner)))

    async def owned_ids(self) -> Sequence[int]:
        """Return the ids of the owner's open jobs, oldest first."""
        return await self._store.read(_ids(_OWNED_IDS(by=self._owner)))

    async def hand_over(self, job_ids: Sequence[int]) -> list[int]:
        """Leave those of the jobs that are the owner's without an owner; return their ids."""
        return await self._store.write(_ids(_HAND_OVER(by=self._owner, wanted=job_ids)))

    async def hand_over_answered(self, before: float) -> list[int]:
        """Do the same with all whose card is known, or that were created *before* (Unix seconds)."""
        return await self._store.write(_ids(_HAND_OVER_ANSWERED(by=self._owner, before=before)))

    async def offering_reaction(self, shard: int, shard_count: int) -> Sequence[int]:
        """Return the ids of the open jobs of a shard whose cards offer ❌, oldest first.

        The shard's process reads them, whoever owns the jobs.
        """
        call = _OFFERING_REACTION(shard=shard, shard_count=shard_count)
        return sorted(await self._store.read(_ids(call)))

    async def owned_among(self, job_ids: Sequence[int]) -> tuple[Job, ...]:
        """Return those of the jobs that are open and the owner's, oldest first."""
        return await self._store.read(read_jobs(_OWNED_AMONG(wanted=job_ids, by=self._owner)))

    async def take_woken(self) -> tuple[Job, ...]:
        """Return the owner's open jobs that are woken, oldest first, and clear the mark.

        They are read first. A mark that was cleared by a write whose answer is lost is not found
        again, and with it a request to cancel would be.
        """
        woken = await self._store.read(read_jobs(_WOKEN(by=self._owner)))
        if woken:
            with contextlib.suppress(
                StoreFailed
            ):  # what was read is known; a mark that stays is read again
                woken = await self._store.write(read_jobs(_TAKE_WOKEN(by=self._owner)))
        return tuple(sorted((job for job in woken if job.open), key=lambda job: job.id))

    async def wake_other(self, *, job_id: int | None, task_id: str | None) -> bool:
        """Mark a job of another process as woken, if its task goes on; return whether there is one.

        It is the job with that task. Where no task is named, or the job knows none yet, it is the one
        with that id.
        """
        call = _WAKE_JOB(by=self._owner, job=job_id)
        if task_id is not None:
            call = _WAKE_TASK(by=self._owner, job=job_id, task=task_id)
        return bool(await self._store.write(only(call)))


def _renew(owner: str, number: int) -> Steps[bool]:
    if (yield _RENEW(by=owner, number=number)):
        return True
    yield _REGISTER(by=owner, number=number)
    return False


def _ownership(owner: str) -> Steps[Ownership]:
    others = [Lease(*row) for row in (yield _LEASES_OF_OTHERS(by=owner))]
    without = [Lease(name, None) for name in (yield _OWNERS_WITHOUT_LEASE(by=owner)).column()]
    is_any_free = bool((yield _FREE()))
    return Ownership(others=frozenset([*others, *without]), is_any_free=is_any_free)


def _claim(owner: str, expired: Collection[Lease]) -> Steps[Sequence[int]]:
    taken: list[int] = (yield _TAKE_FREE(by=owner)).column()
    for lease in expired:
        if (yield from _has_expired(lease)):
            taken += (yield _TAKE_OVER(former=lease.owner, by=owner)).column()
    return sorted(taken)


def _end(expired: Collection[Lease]) -> Steps[int]:
    ended = 0
    for lease in expired:
        if (yield from _has_expired(lease)):
            yield _RELEASE(by=lease.owner)
            ended += 1
    return ended


def _has_expired(lease: Lease) -> Steps[bool]:
    """End a lease that is still as it was seen; return whether it was."""
    if lease.renewals is None:
        return not (yield _HAS_LEASE(former=lease.owner))
    return bool((yield _END_LEASE(former=lease.owner, number=lease.renewals)))


def _all(*calls: Call) -> Steps[None]:
    for call in calls:  # noqa: UP028 - each is sent its rows
        yield call


def _ids(call: Call) -> Steps[list[int]]:
    return (yield call).column()


async def release_all(store: Store) -> None:
    """Give every open job back: for a process that knows that no other uses the database."""
    await store.transact(_all(_RELEASE_ALL(), _DEREGISTER_ALL(), _RELEASE_LEASES()))
