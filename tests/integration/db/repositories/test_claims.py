"""Each open job has one owner, and soon another one when its owner is killed."""

import asyncio
from contextlib import AsyncExitStack

import pytest

from db.engines.engine import open_database
from db.errors import StoreFailed
from db.records import AWAITING_STATES, JobState
from db.repositories.claims import Claims, Lease, release_all
from db.repositories.jobs import JobRepository
from db.statements import Answer, Steps
from db.store import Store
from tests.expired_leases import claim_expired
from tests.integration.db.repositories.builders import (
    NOON,
    PLENTY,
    SHARED,
    a_job,
    accepted,
    changed,
)


@pytest.fixture
async def one(store: Store) -> Claims:
    """Return the claims of a process that has renewed its lease once."""
    claims = Claims(store, "one")
    assert not await claims.renew(1)
    return claims


async def test_a_lease_that_lasts_is_respected(store: Store, one: Claims) -> None:
    """No process takes a job whose owner runs, nor the owner its own once more."""
    job = await accepted(store)
    assert await Claims(store, "two").claim([]) == []
    assert await claim_expired(one) == ()
    assert await JobRepository(store).get(1) == job


async def test_a_lease_that_ended_moves_all_jobs(store: Store, one: Claims) -> None:
    """The jobs of a killed process go to another at once, under a higher version."""
    for number in (30, 10, 20):
        await accepted(store, number)
    two = Claims(store, "two")
    taken = await claim_expired(two)
    assert [(job.id, job.owner, job.version) for job in taken] == [
        (10, "two", 2),
        (20, "two", 2),
        (30, "two", 2),
    ]
    assert await one.owned_ids() == []
    assert await two.owned_ids() == [10, 20, 30]
    assert (await two.ownership()).others == frozenset()


async def test_closed_jobs_are_not_claimed(store: Store) -> None:
    """A job with nothing left to do needs no owner."""
    job = await accepted(store)
    closed = await changed(store, job, open=False)
    assert await claim_expired(Claims(store, "two")) == ()
    assert await JobRepository(store).get(1) == closed


async def test_a_renewal_is_one_row(store: Store, one: Claims) -> None:
    """A process renews its lease, however many jobs it has, and finds out when it was ended."""
    await accepted(store, 1)
    await accepted(store, 2)
    two = Claims(store, "two")
    assert (await two.ownership()).others == {Lease("one", 1)}
    assert await one.renew(2)
    assert (await two.ownership()).others == {Lease("one", 2)}
    assert [job.id for job in await claim_expired(two)] == [1, 2]
    assert not await one.renew(3)
    assert await two.renew(1) is False
    assert (await one.ownership()).others == {Lease("two", 1)}


async def test_a_lease_that_was_renewed_has_not_expired(store: Store, one: Claims) -> None:
    """A claim takes jobs only under the lease that was seen, so a renewal in between keeps them."""
    await accepted(store, 1)
    two = Claims(store, "two")
    seen = (await two.ownership()).others
    await one.renew(2)
    assert await two.claim(seen) == []
    assert await two.claim((await two.ownership()).others) == [1]


async def test_jobs_of_a_process_without_a_lease_are_seen(store: Store) -> None:
    """What a process accepts while its lease is gone belongs to no row, and is observed as well."""
    await accepted(store, 1)
    await accepted(store, 2)
    two = Claims(store, "two")
    (orphaned,) = (await two.ownership()).others
    assert orphaned == Lease("one", None)
    await Claims(store, "one").renew(5)
    assert await two.claim([orphaned]) == []
    assert (await two.ownership()).others == {Lease("one", 5)}


@pytest.mark.parametrize("owners", [0, 1, 5])
async def test_each_owner_is_seen_once(store: Store, owners: int) -> None:
    """However many jobs have an owner without a row, it is one lease; closed jobs are none."""
    jobs = JobRepository(store)
    for number in range(1, 4 * owners + 1):
        await jobs.accept(a_job(number), PLENTY, owner=f"owner {number % owners}")
    await changed(store, await accepted(store, 99), open=False)
    others = (await Claims(store, "two").ownership()).others
    assert others == {Lease(f"owner {number}", None) for number in range(owners)}


async def test_released_jobs_are_free_at_once(store: Store) -> None:
    """A clean stop leaves no process waiting for a lease to end."""
    await accepted(store, 1)
    await Claims(store, "two").release()
    assert await Claims(store, "two").claim([]) == []
    await Claims(store, "one").release()
    two = Claims(store, "two")
    assert (await two.ownership()).is_any_free
    assert await two.claim([]) == [1]
    (job,) = await two.owned_among([1])
    assert not (await two.ownership()).is_any_free
    assert (job.owner, job.version) == ("two", 3)


async def test_the_only_process_frees_every_open_job(store: Store) -> None:
    """A process that knows the others to be ended does not wait for their leases."""
    await accepted(store, 1)
    closed = await changed(store, await accepted(store, 2), open=False)
    await release_all(store)
    taken = await claim_expired(Claims(store, "two"))
    assert [job.id for job in taken] == [1]
    assert await Claims(store, "two").owned_ids() == [1]
    assert await Claims(store, "one").owned_ids() == []
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


class LosingAnswers:
    """Store whose next write fails, after its commit or before it."""

    def __init__(self, store: Store, *, commits: bool) -> None:
        self.dialect_name = store.dialect_name
        self.read, self.transact = store.read, store.transact
        self._store = store
        self._commits = commits

    async def write(self, steps: Steps[Answer], *, urgent: bool = False) -> Answer:
        """Fail, in a way that does not say whether it was committed."""
        if self._commits:
            await self._store.write(steps, urgent=urgent)
        raise StoreFailed("The database did not answer in time.")


@pytest.mark.parametrize("commits", [True, False])
async def test_a_wake_up_outlasts_a_write_without_an_answer(store: Store, commits: bool) -> None:
    """Whether or not the mark was cleared, the owner learns what was requested."""
    await accepted(store)
    await JobRepository(store).request_cancel(1, by=7, now=NOON)
    (job,) = await Claims(LosingAnswers(store, commits=commits), "one").take_woken()
    assert job.cancel_wanted_by == 7
    assert len(await Claims(store, "one").take_woken()) == (0 if commits else 1)


@pytest.mark.parametrize("url", SHARED, indirect=True)
async def test_many_claims_at_once_give_each_job_one_owner(url: str) -> None:
    """However many claim at once, each job gets exactly one owner."""
    async with AsyncExitStack() as stack:
        engines = [await stack.enter_async_context(open_database(url)) for _ in range(4)]
        for number in range(1, 61):
            await accepted(engines[0], number)
        claimants = [Claims(store, str(number)) for number, store in enumerate(engines * 5)]
        for claims in claimants:
            await claims.renew(1)  # as each process does before it claims
        running = {str(number) for number in range(len(claimants))}
        catches = await asyncio.gather(
            *(claim_expired(claims, running=running) for claims in claimants)
        )
    taken = [job.id for catch in catches for job in catch]
    assert len(taken) == len(set(taken)) == 60


@pytest.mark.parametrize(
    ("asked", "is_woken"),
    [
        ({"job_id": None, "task_id": "task_1"}, True),
        ({"job_id": 1, "task_id": None}, True),
        ({"job_id": 99, "task_id": "task_1"}, True),
        ({"job_id": 1, "task_id": "task_x"}, False),
        ({"job_id": 99, "task_id": None}, False),
        ({"job_id": None, "task_id": "task_x"}, False),
    ],
)
async def test_a_hint_wakes_the_job_of_another_process(
    store: Store, asked: dict[str, int | str | None], is_woken: bool
) -> None:
    """A webhook that reached this process wakes the other's job, by its task or by its id."""
    job = await changed(store, await accepted(store), state=JobState.FOLLOWING, task_id="task_1")
    one, two = Claims(store, "one"), Claims(store, "two")
    assert await two.wake_other(**asked) is is_woken  # type: ignore[arg-type]
    woken = await one.take_woken()
    assert [found.id for found in woken] == ([job.id] if is_woken else [])


async def test_a_hint_by_the_mark_wakes_a_job_without_a_task(store: Store) -> None:
    """While the POST of the other process is not answered, its job is known by its own id."""
    await changed(store, await accepted(store), state=JobState.SUBMITTING)
    assert await Claims(store, "two").wake_other(job_id=1, task_id="task_1")


@pytest.mark.parametrize("state", [state for state in JobState if state not in AWAITING_STATES])
async def test_a_hint_wakes_no_job_that_awaits_no_task(store: Store, state: JobState) -> None:
    """Before the POST and after the end there is nothing to learn."""
    await changed(store, await accepted(store), state=state, task_id="task_1")
    assert not await Claims(store, "two").wake_other(job_id=1, task_id="task_1")
    assert not await Claims(store, "two").wake_other(job_id=1, task_id=None)


async def test_a_hint_wakes_no_job_of_the_same_process(store: Store) -> None:
    """Its own jobs are in its memory; a job without an owner is looked at when it is claimed."""
    await changed(store, await accepted(store), state=JobState.FOLLOWING, task_id="task_1")
    assert not await Claims(store, "one").wake_other(job_id=1, task_id="task_1")
    await Claims(store, "one").release()
    assert not await Claims(store, "two").wake_other(job_id=1, task_id="task_1")
