"""The limits under which a job is accepted: running jobs, the budget of the day, and a user's part of it."""

import asyncio
import dataclasses
import datetime
from contextlib import AsyncExitStack
from decimal import Decimal

import pytest

from db.engines.engine import open_database
from db.errors import (
    BudgetSpent,
    HeldBack,
    NotAccepted,
    TooManyRunning,
    UserBudgetSpent,
)
from db.records import (
    Job,
    JobState,
    SpendingLimits,
)
from db.repositories.jobs import JobRepository
from db.repositories.ledger import Ledger
from db.repositories.retention import Retention
from db.store import Store
from tests.integration.db.repositories.builders import (
    NOON,
    SHARED,
    TODAY,
    a_job,
    accepted,
    changed,
    limits,
)

DAY = 86_400.0


@pytest.mark.parametrize(
    ("changes", "is_counted"),
    [
        ({}, True),
        ({"missing_since": NOON - 599}, True),
        ({"missing_since": NOON - 601}, False),
        ({"state": JobState.DELIVERING, "missing_since": NOON - 601}, False),
        ({"cancel_wanted_by": 7, "cancel_wanted_at": NOON - 599}, True),
        ({"cancel_wanted_by": 7, "cancel_wanted_at": NOON - 601}, False),
        ({"cancel_wanted_by": 7, "cancel_wanted_at": NOON - 601, "cancel_refused": True}, False),
        ({"state": JobState.UNCERTAIN}, False),
        ({"state": JobState.DELIVERING, "delivering_since": NOON - 599}, True),
        ({"state": JobState.DELIVERING, "delivering_since": NOON - 601}, False),
        ({"state": JobState.DELIVERING}, False),  # of the version before, requested a day ago
    ],
)
async def test_what_its_requester_can_not_hurry_takes_no_place(
    store: Store, changes: dict[str, object], is_counted: bool
) -> None:
    """After ten minutes of silence, a wanted cancel, or a delivery, there may be another job."""
    await accepted(store, 1, **{"state": JobState.FOLLOWING, "created_at": NOON - DAY, **changes})
    accepting = JobRepository(store).accept(a_job(2), limits(running=1), owner="one")
    if is_counted:
        with pytest.raises(TooManyRunning):
            await accepting
    else:
        assert (await accepting).id == 2


async def _try(store: Store, job: Job, allowed: SpendingLimits) -> NotAccepted | Job:
    try:
        return await JobRepository(store).accept(job, allowed, owner="one")
    except NotAccepted as refusal:
        return refusal


async def test_ended_and_uncertain_jobs_do_not_count_as_running(store: Store) -> None:
    """Only jobs that are under way keep their requester from starting more."""
    await changed(store, await accepted(store, 1), state=JobState.UNCERTAIN)
    await changed(store, await accepted(store, 2), state=JobState.FAILED)
    await changed(store, await accepted(store, 3), state=JobState.DELIVERING)
    await accepted(store, 4, user_id=5)

    assert isinstance(await _try(store, a_job(11), limits(running=2)), Job)
    refusal = await _try(store, a_job(12), limits(running=2))

    assert isinstance(refusal, TooManyRunning)
    assert (refusal.running, refusal.limit) == (2, 2)


@pytest.mark.parametrize(("budget", "left"), [("0", "0"), ("0.399999", "0.399999")])
async def test_a_budget_that_is_too_small_says_what_is_left(
    store: Store, budget: str, left: str
) -> None:
    """A refusal for money says how much the day still has, and leaves no trace."""
    refusal = await _try(store, a_job(1), limits(budget=budget))
    assert isinstance(refusal, BudgetSpent)
    assert Decimal(left) == refusal.left
    assert await JobRepository(store).get(1) is None
    assert await Ledger(store).spent_on(TODAY) == 0


async def test_a_budget_may_be_spent_to_the_end(store: Store) -> None:
    """A job that costs exactly what is left is accepted; the next is not, not even a free one."""
    exact = limits(budget="0.8")
    assert isinstance(await _try(store, a_job(1), exact), Job)
    assert isinstance(await _try(store, a_job(2), exact), Job)
    assert isinstance(await _try(store, a_job(3, price_high=Decimal(0)), exact), BudgetSpent)


async def test_a_trial_leaves_half_of_the_budget_to_others(store: Store) -> None:
    """A trial takes at most half of what is left, but the first job of a day may cost more."""
    trial = dataclasses.replace(limits(budget="1"), keep_half=True)
    assert isinstance(await _try(store, a_job(1, price_high=Decimal("0.6")), trial), Job)
    assert isinstance(await _try(store, a_job(2, price_high=Decimal("0.3")), trial), HeldBack)
    assert isinstance(await _try(store, a_job(3, price_high=Decimal("0.2")), trial), Job)


async def test_a_budget_is_of_one_utc_day(store: Store) -> None:
    """At midnight UTC the budget is whole again."""
    one = limits(budget="0.4")
    midnight = NOON + 43_200
    assert isinstance(await _try(store, a_job(1, created_at=midnight - 0.001), one), Job)
    assert isinstance(await _try(store, a_job(2, created_at=midnight - 1), one), BudgetSpent)
    assert isinstance(await _try(store, a_job(3, created_at=midnight), one), Job)


async def test_a_user_has_a_share_of_the_budget(store: Store) -> None:
    """A user who has spent their own share reads what is left of it; the others go on."""
    tight = limits(per_user="0.9")
    assert isinstance(await _try(store, a_job(1), tight), Job)
    assert isinstance(await _try(store, a_job(2), tight), Job)
    refusal = await _try(store, a_job(3), tight)
    assert isinstance(refusal, UserBudgetSpent)
    assert refusal.left == Decimal("0.1")
    assert isinstance(await _try(store, a_job(4, user_id=5), tight), Job)
    assert isinstance(await _try(store, a_job(5, created_at=NOON + 43_200), tight), Job)


async def test_a_forgotten_user_has_no_second_share(store: Store) -> None:
    """A user's share of the day stays spent when their jobs are deleted, until the day is over."""
    tight, retention = limits(per_user="0.4"), Retention(store)
    assert isinstance(await _try(store, a_job(1, open=False), tight), Job)
    await retention.forget_user(a_job().user_id)
    assert await retention.anonymize_ledger(TODAY) == 0
    assert isinstance(await _try(store, a_job(2), tight), UserBudgetSpent)
    assert await retention.anonymize_ledger(TODAY + datetime.timedelta(days=1)) == 1
    assert await Ledger(store).spent_on(TODAY) == Decimal("0.4")


async def test_without_a_share_the_ledger_names_no_user(store: Store) -> None:
    """Where no budget of a user needs it, the ledger does not hold the requester."""
    await accepted(store, 1)
    assert await Retention(store).anonymize_ledger(datetime.date.max) == 0


async def test_a_hundred_jobs_at_once_do_not_pass_the_budget(store: Store) -> None:
    """Many requests at the same moment spend no more than one after another."""
    tight = limits(budget="4")
    outcomes = await asyncio.gather(
        *(_try(store, a_job(i, user_id=i), tight) for i in range(1, 101))
    )
    assert sum(isinstance(outcome, Job) for outcome in outcomes) == 10
    assert sum(isinstance(outcome, BudgetSpent) for outcome in outcomes) == 90
    assert await Ledger(store).spent_on(TODAY) == 4


async def test_a_hundred_jobs_at_once_do_not_pass_the_users_limit(store: Store) -> None:
    """One requester at many keyboards runs no more jobs than at one, also around midnight."""
    midnight = NOON + 43_200
    outcomes = await asyncio.gather(
        *(
            _try(store, a_job(i, created_at=midnight - 50 + i), limits(running=3))
            for i in range(1, 101)
        )
    )
    assert sum(isinstance(outcome, Job) for outcome in outcomes) == 3
    assert sum(isinstance(outcome, TooManyRunning) for outcome in outcomes) == 97


@pytest.mark.parametrize("url", SHARED, indirect=True)
async def test_two_processes_share_one_budget(url: str) -> None:
    """Limits hold over every process that uses the database."""
    async with AsyncExitStack() as stack:
        engines = [await stack.enter_async_context(open_database(url)) for _ in range(2)]
        outcomes = await asyncio.gather(
            *(_try(engines[i % 2], a_job(i, user_id=i), limits(budget="2")) for i in range(1, 41))
        )
        assert await Ledger(engines[0]).spent_on(TODAY) == 2
    assert sum(isinstance(outcome, Job) for outcome in outcomes) == 5
