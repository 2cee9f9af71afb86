"""What earlier jobs of the same model and options have cost."""

import dataclasses
from decimal import Decimal

import pytest

from db.records import Job, JobState
from db.repositories.jobs import JobRepository
from db.store import Store
from tests.integration.db.repositories.builders import PLENTY, a_job, accepted

KEY = "vidu-q3, five seconds"


async def _ended(store: Store, job_id: int, cost: str | None, **changes: object) -> None:
    job = await accepted(store, job_id, **{"price_key": KEY, **changes})
    ended = dataclasses.replace(
        job, state=JobState.DELIVERED, cost=None if cost is None else Decimal(cost)
    )
    assert await JobRepository(store).save(job, ended)


async def _usual(store: Store, key: str = KEY) -> Decimal | None:
    job: Job = await JobRepository(store).check(a_job(99, price_key=key), PLENTY)
    return job.price_usual


async def test_what_such_jobs_have_cost(store: Store) -> None:
    """The usual cost is the median of what was reported, and is stored with the job."""
    assert await _usual(store) is None
    for number, cost in enumerate(["0.05", "0.06", "0.50", None], 1):
        await _ended(store, number, cost)
    assert await _usual(store) == Decimal("0.06")
    assert (await accepted(store, 50, price_key=KEY)).price_usual == Decimal("0.06")
    stored = await JobRepository(store).get(50)
    assert stored is not None
    assert stored.price_usual == Decimal("0.06")


@pytest.mark.parametrize("key", ["", "vidu-q3, eight seconds"])
async def test_other_jobs_say_nothing(store: Store, key: str) -> None:
    """Jobs of other options, or whose price nothing is known of, are not compared."""
    await _ended(store, 1, "0.05", price_key="")
    await _ended(store, 2, "0.05")
    assert await _usual(store, key) is None


async def test_a_job_without_a_result_says_nothing(store: Store) -> None:
    """What a failed job has cost is not what a result costs."""
    job = await accepted(store, 1, price_key=KEY)
    failed = dataclasses.replace(job, state=JobState.FAILED, cost=Decimal(0))
    assert await JobRepository(store).save(job, failed)
    assert await _usual(store) is None


async def test_only_the_latest_jobs_count(store: Store) -> None:
    """Twenty jobs at a new price say what is usual, whatever was before."""
    for number in range(1, 31):
        await _ended(store, number, "0.05")
    for number in range(31, 51):
        await _ended(store, number, "0.07")
    assert await _usual(store) == Decimal("0.07")
