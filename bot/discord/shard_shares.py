"""Shard shares: which shards a process takes, and which it leaves to others. Pure.

Discord recommends a number of shards, and gives each a part of the servers' events (Discord docs:
Gateway, Sharding). Every shard is to be held by one process, and no process by more than its share,
so that one that is lost takes few sessions with it. The share is rounded up: of three processes and
four shards two have two each, and the third is a spare.

A process that has more than its share, as after another has joined, leaves the rest to others, who
resume those sessions. It does so only when that has been so for a while, and nothing else is free.
"""

from collections.abc import Collection, Sequence

from bot.jobs.process_names import has_sessions
from db.repositories.leases import Shard, ShardTable


def count_of(table: ShardTable) -> int:
    """Return of how many shards the sessions are, 0 if that is not known yet."""
    held = [lease.shard.count for lease in table.leases if lease.owner is not None]
    return max(held or [lease.shard.count for lease in table.leases], default=0)


def share_of(table: ShardTable) -> int:
    """Return how many shards each process that holds sessions is to have at most."""
    gateways = sum(map(has_sessions, table.running))
    return -(-count_of(table) // max(1, gateways))


def to_take(table: ShardTable, owner: str) -> Sequence[Shard]:
    """Return the free shards that the process *owner* is to take."""
    if owner not in table.running:
        return []  # its own lease was ended, so that it would hold none of them
    count = count_of(table)
    of_count = [lease for lease in table.leases if lease.shard.count == count]
    free = [lease.shard for lease in of_count if lease.owner is None]
    own = sum(lease.owner == owner for lease in of_count)
    return free[: max(0, share_of(table) - own)]


def to_leave(table: ShardTable, owner: str) -> Sequence[Shard]:
    """Return the shards of the process *owner* that others are to have."""
    count = count_of(table)
    own = [lease.shard for lease in table.of(owner)]
    odd = [shard for shard in own if shard.count != count]
    if odd:
        return odd
    if any(lease.owner is None for lease in table.leases if lease.shard.count == count):
        return []
    return own[share_of(table) :]


def has_others(table: ShardTable, owner: str) -> bool:
    """Return whether another process may take up the sessions of *owner*."""
    return any(has_sessions(name) for name in table.running if name != owner)


def is_covered(table: ShardTable, owner: str) -> bool:
    """Return whether other processes hold every shard, so that *owner* is a spare."""
    others = [lease.owner for lease in table.leases if lease.shard.count == count_of(table)]
    return bool(others) and all(other not in (None, owner) for other in others)


def shard_of(guild_id: int | None, count: int) -> int:
    """Return the shard that gets the events of a server; direct messages come to shard 0."""
    return ((guild_id or 0) >> 22) % max(1, count)


def describe(shards: Collection[Shard]) -> str:
    """Return what a log line calls these shards."""
    if not shards:
        return "no shard"
    numbers = ", ".join(str(shard.number) for shard in sorted(shards))
    return f"shard {numbers} of {max(shards).count}"
