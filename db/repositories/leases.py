"""Leases of duties and of shards: what one process does for all, and goes over when it ends.

A row names a duty and its owner. It holds while its owner has a row in `processes`, so that a process
has one lease for all that it has, jobs, duties and shards alike: one that is killed loses them
together (`db.repositories.claims`), and no time is stored. A row whose owner has none is free, and is
taken by a conditional write, which one of many processes wins.

The rows of shards are named `shard 3/16`. Discord's sessions are of one number of shards at a time
here: as long as one of them is held, others join it; when none is, the number is chosen anew. A row
keeps what its session is resumed by (Discord docs: Gateway, Resuming), also for the next owner.
"""

import dataclasses
import re
from collections.abc import Callable, Sequence

from sqlalchemy import and_, bindparam, delete, exists, null, or_, select, update
from sqlalchemy.dialects.postgresql import insert  # SQLite writes it alike

from db.statements import Statement, Steps, only
from db.store import Store
from db.tables import leases, processes

_SHARD = re.compile(r"shard ([0-9]+)/([0-9]+)")
_CHOICE = "shards"  # the name of the row that is locked

_is_this = leases.c.name == bindparam("lease")
_is_own = leases.c.owner == bindparam("by")
_is_held = exists().where(processes.c.owner == leases.c.owner)
_is_running = exists().where(processes.c.owner == bindparam("by"))

_ADD = Statement(
    insert(leases)
    .values(name=bindparam("lease"), owner=null(), detail=null())
    .on_conflict_do_nothing(index_elements=[leases.c.name])
)
_LOCK = Statement(select(leases.c.name).where(_is_this).with_for_update())
_TAKE = Statement(
    update(leases)
    .where(_is_this, _is_running, or_(leases.c.owner.is_(None), _is_own, ~_is_held))
    .values(owner=bindparam("by"))
    .returning(leases.c.detail)
)
_GIVE_UP = Statement(update(leases).where(_is_this, _is_own).values(owner=null()))
_NOTE = Statement(update(leases).where(_is_this, _is_own).values(detail=bindparam("detail")))
_ALL = Statement(
    select(leases.c.name, leases.c.owner, leases.c.detail, _is_held.label("is_held")).order_by(
        leases.c.name
    )
)
_REMOVE = Statement(delete(leases).where(_is_this, or_(leases.c.owner.is_(None), ~_is_held)))
_PROCESSES = Statement(select(processes.c.owner))
_HAS_LEASE = Statement(
    select(leases.c.name).where(and_(_is_this, leases.c.owner != bindparam("by"), _is_held))
)


@dataclasses.dataclass(frozen=True, slots=True, order=True)
class Shard:
    """One of so many parts of the bot's servers (Discord docs: Gateway, Sharding)."""

    count: int
    number: int

    @property
    def name(self) -> str:
        """The name of its lease."""
        return f"shard {self.number}/{self.count}"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ShardLease:
    """Who has a shard, None where it is free, and what its last session is resumed by."""

    shard: Shard
    owner: str | None
    detail: str | None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ShardTable:
    """The leases of all shards at one moment, and the names of the processes that run."""

    leases: Sequence[ShardLease]
    running: Sequence[str]

    def of(self, owner: str) -> Sequence[ShardLease]:
        """Return the leases of a process."""
        return [lease for lease in self.leases if lease.owner == owner]


# Which of the free shards are to be taken.
Choose = Callable[[ShardTable], Sequence[Shard]]


class Leases:
    """Leases of one process, the *owner*; it has none while its own row in `processes` is absent."""

    def __init__(self, store: Store, owner: str) -> None:
        self._store = store
        self._owner = owner

    @property
    def owner(self) -> str:
        """The name of the process."""
        return self._owner

    async def take(self, name: str) -> bool:
        """Take the lease if it is free; return whether the owner has it."""
        return await self._store.transact(_take(name, self._owner))

    async def give_up(self, name: str) -> None:
        """Leave the lease to others, if the owner has it."""
        await self._store.write(only(_GIVE_UP(lease=name, by=self._owner)))

    async def note(self, name: str, detail: str | None) -> None:
        """Store *detail* with the lease, if the owner has it."""
        await self._store.write(only(_NOTE(lease=name, by=self._owner, detail=detail)))

    async def is_held_elsewhere(self, name: str) -> bool:
        """Return whether another process has the lease."""
        return bool(await self._store.read(only(_HAS_LEASE(lease=name, by=self._owner))))

    async def take_shards(self, recommended: int, choose: Choose) -> ShardTable:
        """Take the free shards that *choose* names; return the leases as they are then.

        They are of *recommended* shards unless others are held; 0: of as many as before. *choose* is called within the
        transaction, which may be in another thread.
        """
        return await self._store.transact(_take_shards(self._owner, recommended, choose))


def _take(name: str, owner: str) -> Steps[bool]:
    yield _ADD(lease=name)
    return bool((yield _TAKE(lease=name, by=owner)))


def _take_shards(owner: str, recommended: int, choose: Choose) -> Steps[ShardTable]:
    known = yield from _shards()
    if not _is_any_held(known):
        # One process at a time chooses how many there are: two numbers would be two bots.
        yield _ADD(lease=_CHOICE)
        yield _LOCK(lease=_CHOICE)
        known = yield from _shards()
    if not _is_any_held(known):
        count = recommended or max((lease.shard.count for lease in known), default=1)
        known = yield from _begin_anew(known, count)
    running: list[str] = (yield _PROCESSES()).column()
    table = ShardTable(leases=known, running=running)
    if not (wanted := choose(table)):
        return table
    for shard in wanted:
        yield _TAKE(lease=shard.name, by=owner)
    return ShardTable(leases=(yield from _shards()), running=running)


def _is_any_held(known: Sequence[ShardLease]) -> bool:
    return any(lease.owner for lease in known)


def _begin_anew(known: Sequence[ShardLease], recommended: int) -> Steps[Sequence[ShardLease]]:
    """Have rows of as many shards as are recommended, none of which is held."""
    wanted = {Shard(recommended, number) for number in range(recommended)}
    for lease in known:
        if lease.shard not in wanted:
            yield _REMOVE(lease=lease.shard.name)
    for shard in sorted(wanted.difference(lease.shard for lease in known)):
        yield _ADD(lease=shard.name)
    return (yield from _shards())


def _shards() -> Steps[Sequence[ShardLease]]:
    found = []
    for name, owner, detail, is_held in (yield _ALL()):
        if match := _SHARD.fullmatch(name):
            shard = Shard(count=int(match[2]), number=int(match[1]))
            found.append(ShardLease(shard=shard, owner=owner if is_held else None, detail=detail))
    return sorted(found, key=lambda lease: lease.shard)
