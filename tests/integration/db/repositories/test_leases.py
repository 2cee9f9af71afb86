"""Leases of duties and shards hold while their owner's process does, and one process wins each."""

import asyncio

from bot.discord.shard_shares import to_take
from db.repositories.claims import Claims, release_all
from db.repositories.leases import Leases, Shard, ShardTable
from db.store import Store
from tests.integration.db.repositories.builders import accepted

ONE, TWO = "one:gateway", "two:gateway"


async def running(store: Store, name: str) -> Leases:
    """Return the leases of a process that runs."""
    await Claims(store, name).renew(1)
    return Leases(store, name)


async def end(store: Store, by: str) -> None:
    """End the other processes' leases, as after half a minute without a sign of them."""
    claims = Claims(store, by)
    await claims.end((await claims.ownership()).others)


async def take(leases: Leases, recommended: int) -> ShardTable:
    """Take the shards that are this process's share."""
    return await leases.take_shards(recommended, lambda table: to_take(table, leases.owner))


def held(table: ShardTable, owner: str) -> list[Shard]:
    """Return the shards of a process."""
    return [lease.shard for lease in table.of(owner)]


async def test_a_duty_has_one_process(store: Store) -> None:
    """The first that takes a duty has it, until its process ends or it gives it up."""
    one, two = await running(store, ONE), await running(store, TWO)
    assert await one.take("duty")
    assert await one.take("duty")
    assert not await two.take("duty")
    assert await two.is_held_elsewhere("duty")
    assert not await one.is_held_elsewhere("duty")
    await one.give_up("duty")
    assert await two.take("duty")
    await one.give_up("duty")  # which is not its own any more
    assert not await one.take("duty")


async def test_a_lease_ends_with_its_process(store: Store) -> None:
    """What a process had that was taken for ended is free; it takes nothing until it runs again."""
    one, two = await running(store, ONE), await running(store, TWO)
    assert await one.take("duty")
    await end(store, by=TWO)
    assert not await one.take("duty")
    assert await two.take("duty")
    await running(store, ONE)
    assert not await one.take("duty")


async def test_a_process_that_stops_frees_its_leases(store: Store) -> None:
    """A process that gives its jobs back has no lease any more."""
    one, two = await running(store, ONE), await running(store, TWO)
    assert await one.take("duty")
    await Claims(store, ONE).release()
    assert await two.take("duty")


async def test_shards_have_one_process_each(store: Store) -> None:
    """Two processes share four shards; what one leaves is resumed by the other."""
    one, two = await running(store, ONE), await running(store, TWO)
    assert held(await take(one, 4), ONE) == [Shard(4, 0), Shard(4, 1)]
    await one.note("shard 1/4", "where it was")
    await two.note("shard 1/4", "nonsense")
    assert held(await take(two, 9), TWO) == [Shard(4, 2), Shard(4, 3)]
    await end(store, by=TWO)
    table = await take(two, 9)
    assert held(table, TWO) == [Shard(4, number) for number in range(4)]
    assert [lease.detail for lease in table.of(TWO)] == [None, "where it was", None, None]


async def test_the_number_of_shards_is_chosen_when_none_is_held(store: Store) -> None:
    """Sessions go on with their number; the first after all have ended takes Discord's."""
    one = await running(store, ONE)
    assert held(await take(one, 2), ONE) == [Shard(2, 0), Shard(2, 1)]
    assert held(await take(one, 3), ONE) == [Shard(2, 0), Shard(2, 1)]
    await Claims(store, ONE).release()
    two = await running(store, TWO)
    assert held(await take(two, 3), TWO) == [Shard(3, number) for number in range(3)]
    assert len((await take(two, 3)).leases) == 3


async def test_an_unknown_number_of_shards_is_the_last(store: Store) -> None:
    """While Discord does not say, the number is what it was, or one."""
    one = await running(store, ONE)
    assert held(await take(one, 0), ONE) == [Shard(1, 0)]
    await Claims(store, ONE).release()
    two = await running(store, TWO)
    await take(two, 5)
    await release_all(store)
    one = await running(store, ONE)
    table = await take(one, 0)
    assert held(table, ONE) == [Shard(5, number) for number in range(5)]
    assert [lease.detail for lease in table.leases] == [None] * 5


async def test_shards_that_many_want_have_one_process(store: Store) -> None:
    """Of ten processes that look at once, no two have the same shard."""
    names = [f"{number}:all" for number in range(10)]
    every = [await running(store, name) for name in names]
    for _ in range(3):
        tables = await asyncio.gather(*(take(leases, 16) for leases in every))
    table = await take(every[0], 16)
    assert tables
    assert sorted(shard for name in names for shard in held(table, name)) == [
        Shard(16, number) for number in range(16)
    ]


async def test_the_end_of_a_process_frees_its_jobs(store: Store) -> None:
    """A process that claims no jobs leaves those of one that has ended to those that do."""
    await accepted(store)
    await Claims(store, "one").renew(1)
    gateway = Claims(store, TWO)
    others = (await gateway.ownership()).others
    assert await gateway.end(others) == 1
    assert await gateway.end(others) == 0
    assert await Claims(store, "three:worker").claim([]) == [1]


async def test_shards_of_two_numbers_are_never_held_at_once(store: Store) -> None:
    """Of processes that start at once, and were recommended different numbers, one chooses for all."""
    for _ in range(10):
        names = [f"{number}:gateway" for number in range(4)]
        starting = [await running(store, name) for name in names]
        await asyncio.gather(*(take(each, 2 + n) for n, each in enumerate(starting)))
        table = await take(starting[0], 2)
        assert len({lease.shard.count for lease in table.leases if lease.owner}) == 1
        await release_all(store)
