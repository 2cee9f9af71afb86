"""A job is accepted once, within all limits, together with its money, or not at all."""

import asyncio
import dataclasses
import datetime
from contextlib import AsyncExitStack
from decimal import Decimal

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from db.engines.engine import open_database
from db.errors import (
    AlreadyAccepted,
    AlreadyRetried,
    BudgetSpent,
    DraftUsed,
    HeldBack,
    NotAccepted,
    TooManyRunning,
    UserBudgetSpent,
)
from db.records import (
    CancelControl,
    CardKind,
    FetchProblem,
    Job,
    JobKind,
    JobState,
    Reason,
    SpendingLimits,
)
from db.repositories.drafts import Drafts
from db.repositories.jobs import JobRepository
from db.repositories.ledger import Ledger
from db.repositories.retention import Retention
from tests.integration.db.repositories.builders import (
    NOON,
    PLENTY,
    SHARED,
    TODAY,
    a_draft,
    a_job,
    accepted,
    changed,
    limits,
)

DAY = 86_400.0

FULL = Job(
    id=2**63 - 1,
    kind=JobKind.SPEECH,
    model="eleven",
    prompt="“fox” 🦊\n\x00 {}",
    options={"text": "x", "whole": 3, "part": 0.1, "yes": True},
    endpoint="eleven/speech",
    body={"z": [1, {"b": None}], "a": "ordered as given"},
    user_id=2**62,
    guild_id=None,
    channel_id=2**61,
    locale="de",
    private=True,
    card_kind=CardKind.TOKEN_ONLY,
    upload_limit=2**33,
    price_low=Decimal("0.000001"),
    price_high=Decimal("12.345678"),
    price_key="key",
    card_mark=3,
    retry_of=2**60,
    created_at=NOON + 0.123456,
    interaction_token="token",
    application_id=2**59,
    message_id=2**58,
    retried_as="https://discord.com/channels/1/2/3",
    cancel_control=CancelControl.REACTION,
    shown="digest",
    shown_at=NOON + 1.5,
    pinged_at=NOON + 2.5,
    reply_begun_at=NOON + 2.75,
    fitted=True,
    left_out=2,
    fetch_problem=FetchProblem.REFUSED,
    fetch_until=1_800_000_600.0,
    dm_begun_at=31.0,
    cancel_taken=True,
    state=JobState.DELIVERED,
    task_id="task-1",
    status="succeeded",
    progress=99.5,
    estimated_seconds=61.25,
    submitted_at=NOON + 3,
    missing_since=NOON + 4,
    cost=Decimal("0.4"),
    released=True,
    reason=Reason.API,
    error_code="E1",
    error_message="words",
    result_count=4,
    ended_at=NOON + 6,
    cancel_wanted_by=2**57,
    cancel_wanted_at=NOON + 7,
    cancel_refused=True,
    late=True,
    forget=True,
    open=False,
    woken=True,
)


async def test_every_field_of_a_job_comes_back(engine: AsyncEngine) -> None:
    """A job read from the database equals the job that was written, in every field."""
    plain = {field.name: getattr(a_job(), field.name) for field in dataclasses.fields(Job)}
    job = FULL
    if engine.dialect.name == "postgresql":  # whose texts can't hold a NUL
        job = dataclasses.replace(FULL, prompt=FULL.prompt.replace("\x00", ""))
    decided = {"owner", "lease_until", "fence", "price_usual"}  # when the row is written
    assert [n for n, v in plain.items() if v == getattr(job, n) and n not in decided] == []

    written = await JobRepository(engine).accept(job, PLENTY, owner="one", lease_until=NOON)

    assert written == dataclasses.replace(job, owner="one", lease_until=NOON, fence=1)
    assert await JobRepository(engine).get(job.id) == written
    read = await JobRepository(engine).get(job.id)
    assert read is not None
    assert list(read.body) == ["z", "a"]


async def test_the_reservation_is_the_upper_price(engine: AsyncEngine) -> None:
    """Accepting reserves the most a job can cost, on the UTC day of its request."""
    await accepted(engine, 1, price_low=Decimal("0.1"), price_high=Decimal("0.4"))
    assert await Ledger(engine).spent_on(TODAY) == Decimal("0.4")


async def test_the_same_interaction_makes_one_job(engine: AsyncEngine) -> None:
    """Of many processes that receive one interaction, one accepts it, and pays once."""
    outcomes = await asyncio.gather(
        *(accepted(engine, 1) for _ in range(10)), return_exceptions=True
    )
    assert sum(isinstance(outcome, Job) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, AlreadyAccepted) for outcome in outcomes) == 9
    assert await Ledger(engine).spent_on(TODAY) == Decimal("0.4")


async def test_a_forgotten_interaction_stays_accepted(engine: AsyncEngine) -> None:
    """Deleting a job does not let its interaction make another."""
    await accepted(engine, 1, open=False, ended_at=NOON)
    assert await Retention(engine).delete_ended(NOON + 1) == 1
    with pytest.raises(AlreadyAccepted):
        await accepted(engine, 1)


async def test_a_job_is_retried_once(engine: AsyncEngine) -> None:
    """Two taps on the same Try again make one retry."""
    await accepted(engine, 1)
    outcomes = await asyncio.gather(
        accepted(engine, 2, retry_of=1), accepted(engine, 3, retry_of=1), return_exceptions=True
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["AlreadyRetried", "Job"]
    with pytest.raises(AlreadyRetried):
        await accepted(engine, 4, retry_of=1)


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
    ],
)
async def test_what_is_not_understood_takes_no_place(
    engine: AsyncEngine, changes: dict[str, object], is_counted: bool
) -> None:
    """After ten minutes of silence, or of a wanted cancel, the requester may have another job."""
    await accepted(engine, 1, **{"state": JobState.FOLLOWING, "created_at": NOON - DAY, **changes})
    accepting = JobRepository(engine).accept(
        a_job(2), limits(running=1), owner="one", lease_until=NOON + 60
    )
    if is_counted:
        with pytest.raises(TooManyRunning):
            await accepting
    else:
        assert (await accepting).id == 2


async def test_a_draft_is_used_once(engine: AsyncEngine) -> None:
    """Two taps on the same Yes make one job."""
    await Drafts(engine).add_draft(a_draft(9))
    repository = JobRepository(engine)
    outcomes = await asyncio.gather(
        *(
            repository.accept(a_job(i), PLENTY, owner="one", lease_until=NOON, draft_id=9)
            for i in (1, 2)
        ),
        return_exceptions=True,
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["DraftUsed", "Job"]
    (job,) = [outcome for outcome in outcomes if isinstance(outcome, Job)]
    kept = await Drafts(engine).get_draft(9)
    assert kept == dataclasses.replace(a_draft(9), answered_by=job.id)


async def test_a_refused_job_keeps_its_draft(engine: AsyncEngine) -> None:
    """A requester who is refused for now can confirm the price again later."""
    await Drafts(engine).add_draft(a_draft(9))
    with pytest.raises(BudgetSpent):
        await JobRepository(engine).accept(
            a_job(1), limits(budget="0.39"), owner="one", lease_until=NOON, draft_id=9
        )
    assert await Drafts(engine).get_draft(9) == a_draft(9)


async def test_an_unknown_draft_writes_nothing(engine: AsyncEngine) -> None:
    """A job whose draft is gone leaves neither row nor reservation."""
    with pytest.raises(DraftUsed):
        await JobRepository(engine).accept(
            a_job(1), PLENTY, owner="one", lease_until=NOON, draft_id=9
        )
    assert await JobRepository(engine).get(1) is None
    assert await Ledger(engine).spent_on(TODAY) == 0


async def _try(engine: AsyncEngine, job: Job, allowed: SpendingLimits) -> NotAccepted | Job:
    try:
        return await JobRepository(engine).accept(job, allowed, owner="one", lease_until=NOON)
    except NotAccepted as refusal:
        return refusal


async def test_ended_and_uncertain_jobs_do_not_count_as_running(engine: AsyncEngine) -> None:
    """Only jobs that are under way keep their requester from starting more."""
    await changed(engine, await accepted(engine, 1), state=JobState.UNCERTAIN)
    await changed(engine, await accepted(engine, 2), state=JobState.FAILED)
    await changed(engine, await accepted(engine, 3), state=JobState.DELIVERING)
    await accepted(engine, 4, user_id=5)

    assert isinstance(await _try(engine, a_job(11), limits(running=2)), Job)
    refusal = await _try(engine, a_job(12), limits(running=2))

    assert isinstance(refusal, TooManyRunning)
    assert (refusal.running, refusal.limit) == (2, 2)


@pytest.mark.parametrize(("budget", "left"), [("0", "0"), ("0.399999", "0.399999")])
async def test_a_budget_that_is_too_small_says_what_is_left(
    engine: AsyncEngine, budget: str, left: str
) -> None:
    """A refusal for money says how much the day still has, and leaves no trace."""
    refusal = await _try(engine, a_job(1), limits(budget=budget))
    assert isinstance(refusal, BudgetSpent)
    assert Decimal(left) == refusal.left
    assert await JobRepository(engine).get(1) is None
    assert await Ledger(engine).spent_on(TODAY) == 0


async def test_a_budget_may_be_spent_to_the_end(engine: AsyncEngine) -> None:
    """A job that costs exactly what is left is accepted; the next is not, not even a free one."""
    exact = limits(budget="0.8")
    assert isinstance(await _try(engine, a_job(1), exact), Job)
    assert isinstance(await _try(engine, a_job(2), exact), Job)
    assert isinstance(await _try(engine, a_job(3, price_high=Decimal(0)), exact), BudgetSpent)


async def test_a_trial_leaves_half_of_the_budget_to_others(engine: AsyncEngine) -> None:
    """A trial takes at most half of what is left, but the first job of a day may cost more."""
    trial = dataclasses.replace(limits(budget="1"), keep_half=True)
    assert isinstance(await _try(engine, a_job(1, price_high=Decimal("0.6")), trial), Job)
    assert isinstance(await _try(engine, a_job(2, price_high=Decimal("0.3")), trial), HeldBack)
    assert isinstance(await _try(engine, a_job(3, price_high=Decimal("0.2")), trial), Job)


async def test_a_budget_is_of_one_utc_day(engine: AsyncEngine) -> None:
    """At midnight UTC the budget is whole again."""
    one = limits(budget="0.4")
    midnight = NOON + 43_200
    assert isinstance(await _try(engine, a_job(1, created_at=midnight - 0.001), one), Job)
    assert isinstance(await _try(engine, a_job(2, created_at=midnight - 1), one), BudgetSpent)
    assert isinstance(await _try(engine, a_job(3, created_at=midnight), one), Job)


async def test_a_user_has_a_share_of_the_budget(engine: AsyncEngine) -> None:
    """A user who has spent their own share reads what is left of it; the others go on."""
    tight = limits(per_user="0.9")
    assert isinstance(await _try(engine, a_job(1), tight), Job)
    assert isinstance(await _try(engine, a_job(2), tight), Job)
    refusal = await _try(engine, a_job(3), tight)
    assert isinstance(refusal, UserBudgetSpent)
    assert refusal.left == Decimal("0.1")
    assert isinstance(await _try(engine, a_job(4, user_id=5), tight), Job)
    assert isinstance(await _try(engine, a_job(5, created_at=NOON + 43_200), tight), Job)


async def test_a_forgotten_user_has_no_second_share(engine: AsyncEngine) -> None:
    """A user's share of the day stays spent when their jobs are deleted, until the day is over."""
    tight, retention = limits(per_user="0.4"), Retention(engine)
    assert isinstance(await _try(engine, a_job(1, open=False), tight), Job)
    await retention.forget_user(a_job().user_id)
    assert await retention.anonymize_ledger(TODAY) == 0
    assert isinstance(await _try(engine, a_job(2), tight), UserBudgetSpent)
    assert await retention.anonymize_ledger(TODAY + datetime.timedelta(days=1)) == 1
    assert await Ledger(engine).spent_on(TODAY) == Decimal("0.4")


async def test_without_a_share_the_ledger_names_no_user(engine: AsyncEngine) -> None:
    """Where no budget of a user needs it, the ledger does not hold the requester."""
    await accepted(engine, 1)
    assert await Retention(engine).anonymize_ledger(datetime.date.max) == 0


async def test_a_hundred_jobs_at_once_do_not_pass_the_budget(engine: AsyncEngine) -> None:
    """Many requests at the same moment spend no more than one after another."""
    tight = limits(budget="4")
    outcomes = await asyncio.gather(
        *(_try(engine, a_job(i, user_id=i), tight) for i in range(1, 101))
    )
    assert sum(isinstance(outcome, Job) for outcome in outcomes) == 10
    assert sum(isinstance(outcome, BudgetSpent) for outcome in outcomes) == 90
    assert await Ledger(engine).spent_on(TODAY) == 4


async def test_a_hundred_jobs_at_once_do_not_pass_the_users_limit(engine: AsyncEngine) -> None:
    """One requester at many keyboards runs no more jobs than at one, also around midnight."""
    midnight = NOON + 43_200
    outcomes = await asyncio.gather(
        *(
            _try(engine, a_job(i, created_at=midnight - 50 + i), limits(running=3))
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


async def test_an_abandoned_acceptance_is_whole_or_nothing(engine: AsyncEngine) -> None:
    """At any instant that the caller gives up, row and reservation are both there or both not."""
    for turns in range(30):
        task = asyncio.create_task(accepted(engine, 100 + turns), name="abandoned")
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    jobs = await JobRepository(engine).recent_of_user(a_job().user_id, 100)
    assert await Ledger(engine).spent_on(TODAY) == sum(job.price_high for job in jobs)
    assert await accepted(engine, 1)
