"""Every shard is held by one process, and none by more than its share."""

import dataclasses

from hypothesis import given
from hypothesis import strategies as st

from bot.discord.shard_shares import (
    count_of,
    describe,
    has_others,
    is_covered,
    shard_of,
    share_of,
    to_leave,
    to_take,
)
from db.repositories.leases import Shard, ShardLease, ShardTable

ONE, TWO, THREE = "one:gateway", "two:all", "three:gateway"
WORKER = "four:worker"


def table(owners: list[str | None], running: list[str]) -> ShardTable:
    """Return the leases of as many shards as there are owners."""
    return ShardTable(
        leases=[
            ShardLease(shard=Shard(len(owners), number), owner=owner, detail=None)
            for number, owner in enumerate(owners)
        ],
        running=running,
    )


def numbers(shards: object) -> list[int]:
    """Return the numbers of shards."""
    return [shard.number for shard in shards]  # type: ignore[attr-defined]


def test_the_only_gateway_takes_every_shard() -> None:
    """A process that is alone has all of them, workers aside."""
    free = table([None] * 4, [ONE, WORKER])
    assert numbers(to_take(free, ONE)) == [0, 1, 2, 3]


def test_shards_are_shared_out() -> None:
    """Two processes have two of four each, and a third is a spare."""
    both = table([ONE, ONE, None, None], [ONE, TWO])
    assert numbers(to_take(both, TWO)) == [2, 3]
    assert to_take(both, ONE) == []
    full = table([ONE, ONE, TWO, TWO], [ONE, TWO, THREE])
    assert to_take(full, THREE) == []
    assert is_covered(full, THREE)
    assert not is_covered(full, ONE)
    assert not is_covered(both, THREE)


def test_a_spare_takes_over() -> None:
    """The shards of a process that has ended are the spare's."""
    after = table([None, None, TWO, TWO], [TWO, THREE])
    assert numbers(to_take(after, THREE)) == [0, 1]
    assert to_take(after, TWO) == []


def test_a_process_leaves_what_is_above_its_share() -> None:
    """A process that was alone leaves half to one that has joined, unless something is free anyway."""
    joined = table([ONE, ONE, ONE, ONE], [ONE, TWO])
    assert numbers(to_leave(joined, ONE)) == [2, 3]
    assert to_leave(joined, TWO) == []
    assert to_leave(table([ONE, ONE, ONE, None], [ONE, TWO]), ONE) == []
    assert to_leave(table([ONE, ONE, TWO], [ONE, TWO]), ONE) == []


def test_a_process_whose_lease_has_ended_takes_none() -> None:
    """What it took would be free at once."""
    assert to_take(table([None], [TWO]), ONE) == []


def test_sessions_are_of_one_number_of_shards() -> None:
    """Where two numbers are mixed, the larger one stays."""
    mixed = ShardTable(
        leases=[
            ShardLease(shard=Shard(1, 0), owner=ONE, detail=None),
            ShardLease(shard=Shard(2, 0), owner=TWO, detail=None),
            ShardLease(shard=Shard(2, 1), owner=None, detail=None),
        ],
        running=[ONE, TWO],
    )
    assert count_of(mixed) == 2
    assert to_leave(mixed, ONE) == [Shard(1, 0)]
    assert to_take(mixed, ONE) == [Shard(2, 1)]
    assert count_of(ShardTable(leases=[], running=[])) == 0
    assert share_of(ShardTable(leases=[], running=[])) == 0
    assert not is_covered(ShardTable(leases=[], running=[]), ONE)


def test_a_session_is_left_only_where_another_may_have_it() -> None:
    """Workers take no sessions up."""
    assert has_others(table([ONE], [ONE, TWO]), ONE)
    assert not has_others(table([ONE], [ONE, WORKER]), ONE)


@given(
    count=st.integers(1, 20),
    names=st.lists(st.sampled_from([f"{n}:all" for n in range(6)]), min_size=1, unique=True),
    data=st.data(),
)
def test_shards_come_to_rest(count: int, names: list[str], data: st.DataObject) -> None:
    """Whoever held what, after some turns every shard has one owner, and no turn changes anything."""
    owners: list[str | None] = [
        data.draw(st.sampled_from([*names, None]), label="owner") for _ in range(count)
    ]
    now = table(owners, names)
    for _ in range(2 * count + 2):
        for name in data.draw(st.permutations(names), label="order"):
            now = _changed(now, dict.fromkeys(to_leave(now, name)))
            now = _changed(now, dict.fromkeys(to_take(now, name), name))
    assert all(lease.owner in names for lease in now.leases)
    assert all(len(now.of(name)) <= share_of(now) for name in names)
    assert not any(to_leave(now, name) or to_take(now, name) for name in names)


def _changed(before: ShardTable, owners: dict[Shard, str | None]) -> ShardTable:
    leases = [
        dataclasses.replace(lease, owner=owners[lease.shard]) if lease.shard in owners else lease
        for lease in before.leases
    ]
    return dataclasses.replace(before, leases=leases)


def test_a_server_has_a_shard() -> None:
    """The page of Discord: (guild_id >> 22) % count; direct messages come to shard 0."""
    assert shard_of(197038439483310086, 4) == (197038439483310086 >> 22) % 4
    assert shard_of(None, 4) == 0
    assert shard_of(197038439483310086, 0) == 0


def test_shards_are_described() -> None:
    """A log line names shards by their numbers."""
    assert describe([Shard(4, 3), Shard(4, 1)]) == "shard 1, 3 of 4"
    assert describe([]) == "no shard"
