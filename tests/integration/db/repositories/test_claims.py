"""Each open job has one owner, and soon another one when its owner is killed."""

import asyncio
from contextlib import AsyncExitStack

import pytest

from db.engines.engine import open_database
from db.repositories.claims import Claims, Lease, release_all
from db.repositories.jobs import JobRepository
from db.store import Store
from tests.expired_leases import claim_expired
from tests.integration.db.repositories.builders import NOON, SHARED, accepted, changed

LATER = NOON + 100  # the lease of `accepted` ends at NOON + 60


async def test_a_lease_that_lasts_is_respected(store: Store) -> None:
    """No process takes a job whose owner runs."""
    await accepted(store)
    assert (
        await claim_expired(Claims(store, "two"), now=NOON + 60, lease_until=LATER, limit=5) == ()
    )
    assert (
        await claim_expired(Claims(store, "one"), now=NOON + 60, lease_until=LATER, limit=5) == ()
    )


async def test_a_lease_that_ended_moves_the_job(store: Store) -> None:
    """The jobs of a killed process go to another, under a higher fence."""
    await accepted(store)
    (job,) = await claim_expired(Claims(store, "two"), now=LATER, lease_until=LATER + 60, limit=5)
    assert (job.owner, job.lease_until, job.fence) == ("two", LATER + 60, 2)
    assert await JobRepository(store).get(1) == job


async def test_the_oldest_jobs_are_claimed_first(store: Store) -> None:
    """A process takes no more than it asked for, and no job waits for ever."""
    for number in (30, 10, 20):
        await accepted(store, number)
    taken = await claim_expired(Claims(store, "two"), now=LATER, lease_until=LATER + 60, limit=2)
    assert [job.id for job in taken] == [10, 20]
    taken = await claim_expired(Claims(store, "two"), now=LATER, lease_until=LATER + 60, limit=2)
    assert [job.id for job in taken] == [30]


async def test_closed_jobs_are_not_claimed(store: Store) -> None:
    """A closed job has no owner and needs none."""
    await changed(store, await accepted(store), open=False)
    assert (
        await claim_expired(Claims(store, "two"), now=LATER, lease_until=LATER + 60, limit=5) == ()
    )


async def test_renewing_keeps_only_the_owners_jobs(store: Store) -> None:
    """A running process keeps its jobs, and no other's."""
    await accepted(store, 1)
    await claim_expired(Claims(store, "two"), now=LATER, lease_until=LATER + 1, limit=5)
    await accepted(store, 2)
    await Claims(store, "one").renew(lease_until=LATER + 60)
    taken = await claim_expired(
        Claims(store, "three"), now=LATER + 2, lease_until=LATER + 90, limit=5
    )
    assert [job.id for job in taken] == [1]


async def test_the_leases_of_others_are_read(store: Store) -> None:
    """Each lease of another process is there once, however many jobs have it; those of ended jobs are not."""
    await accepted(store, 1)
    await accepted(store, 2)
    await changed(store, await accepted(store, 3), open=False)
    await Claims(store, "one").release()
    assert await Claims(store, "two").leases_of_others() == frozenset()
    await claim_expired(Claims(store, "three"), now=NOON, lease_until=LATER + 0.1, limit=1)
    await claim_expired(Claims(store, "two"), now=NOON, lease_until=LATER, limit=1)
    await accepted(store, 4)
    await accepted(store, 5)
    one, three = Lease("one", NOON + 60), Lease("three", LATER + 0.1)
    assert await Claims(store, "two").leases_of_others() == {one, three}


async def test_a_lease_that_was_renewed_has_not_expired(store: Store) -> None:
    """A claim takes a job only under the lease that was seen, so a renewal in between keeps it."""
    await accepted(store, 1)
    seen = await Claims(store, "two").leases_of_others()
    await Claims(store, "one").renew(lease_until=LATER)
    claims = Claims(store, "two")
    assert await claims.claim(expired=seen, lease_until=LATER, limit=5) == ()
    seen = await claims.leases_of_others()
    assert [job.id for job in await claims.claim(expired=seen, lease_until=LATER, limit=5)] == [1]


async def test_released_jobs_are_free_at_once(store: Store) -> None:
    """A clean stop leaves no process waiting for a lease to end."""
    await accepted(store, 1)
    await Claims(store, "two").release()
    assert await claim_expired(Claims(store, "two"), now=NOON, lease_until=LATER, limit=5) == ()
    await Claims(store, "one").release()
    (job,) = await claim_expired(Claims(store, "two"), now=NOON, lease_until=LATER, limit=5)
    assert (job.owner, job.fence) == ("two", 2)


async def test_the_only_process_frees_every_open_job(store: Store) -> None:
    """A process that knows the others to be ended does not wait for their leases."""
    await accepted(store, 1)
    closed = await changed(store, await accepted(store, 2), open=False)
    await release_all(store)
    taken = await claim_expired(Claims(store, "two"), now=NOON, lease_until=LATER, limit=5)
    assert [job.id for job in taken] == [1]
    assert await Claims(store, "two").owned() == taken
    assert await Claims(store, "one").owned() == ()
    assert await JobRepository(store).get(2) == closed


async def test_a_wake_up_is_delivered_once_and_to_the_owner(store: Store) -> None:
    """A cancel request reaches the job's owner, which sees it once."""
    await accepted(store, 1)
    await accepted(store, 2)
    repository = JobRepository(store)
    await repository.request_cancel(1, by=7, now=NOON)
    assert await Claims(store, "two").take_woken() == ()
    (job,) = await Claims(store, "one").take_woken()
    assert job.id == 1
    assert await Claims(store, "one").take_woken() == ()


@pytest.mark.parametrize("url", SHARED, indirect=True)
async def test_many_claims_at_once_give_each_job_one_owner(url: str) -> None:
    """However many claim at once, each job gets exactly one owner."""
    async with AsyncExitStack() as stack:
        engines = [await stack.enter_async_context(open_database(url)) for _ in range(4)]
        for number in range(1, 61):
            await accepted(engines[0], number)
        catches = await asyncio.gather(
            *(
                claim_expired(Claims(store, str(n)), now=LATER, lease_until=LATER + 60, limit=7)
                for n, store in enumerate(engines * 5)
            )
        )
    taken = [job.id for catch in catches for job in catch]
    assert len(taken) == len(set(taken)) == 60
