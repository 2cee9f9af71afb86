"""A job is accepted once, together with its money and its draft, or not at all."""

import asyncio
import dataclasses
from decimal import Decimal

import pytest

from db.errors import (
    AlreadyAccepted,
    AlreadyRetried,
    BudgetSpent,
    DraftUsed,
)
from db.job_inputs import JobInput
from db.records import (
    CancelControl,
    CardKind,
    FetchProblem,
    Job,
    JobKind,
    JobState,
    Reason,
)
from db.repositories.drafts import Drafts
from db.repositories.jobs import JobRepository
from db.repositories.ledger import Ledger
from db.repositories.retention import Retention
from db.store import Store
from tests.integration.db.repositories.builders import (
    NOON,
    PLENTY,
    TODAY,
    a_draft,
    a_job,
    accepted,
    limits,
)

FULL = Job(
    spoiler=True,
    id=2**63 - 1,
    kind=JobKind.SPEECH,
    model="eleven",
    prompt="“fox” 🦊\n\x00 {}",
    options={"text": "x", "whole": 3, "part": 0.1, "yes": True},
    endpoint="eleven/speech",
    body={"z": [1, {"b": None}], "a": "ordered as given"},
    inputs=(
        JobInput(
            slot="image",
            name="“fox” 🦊.png",
            media_type="image/png",
            size=2**40,
            seconds=Decimal("1.50"),
            to_fit=True,
            address="https://files.example/fox.png",
            uploaded_at=0.1,
        ),
        JobInput(slot="last_image", name="", media_type="image/png", size=0),
    ),
    input_sources={"1": "https://cdn.example/fox.png?ex=1&hm=2"},
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
    delivering_since=NOON + 5,
    delivery_failures=3,
    bad_files=5,
    ended_at=NOON + 6,
    cancel_wanted_by=2**57,
    cancel_wanted_at=NOON + 7,
    cancel_refused=True,
    late=True,
    forget=True,
    open=False,
    woken=True,
)


async def test_every_field_of_a_job_comes_back(store: Store) -> None:
    """A job read from the database equals the job that was written, in every field."""
    plain = {field.name: getattr(a_job(), field.name) for field in dataclasses.fields(Job)}
    job = FULL
    if store.dialect_name == "postgresql":  # whose texts can't hold a NUL
        job = dataclasses.replace(FULL, prompt=FULL.prompt.replace("\x00", ""))
    decided = {"owner", "version", "price_usual"}  # when the row is written
    assert [n for n, v in plain.items() if v == getattr(job, n) and n not in decided] == []

    written = await JobRepository(store).accept(job, PLENTY, owner="one")

    assert written == dataclasses.replace(job, owner="one", version=1)
    assert await JobRepository(store).get(job.id) == written
    read = await JobRepository(store).get(job.id)
    assert read is not None
    assert list(read.body) == ["z", "a"]


async def test_the_reservation_is_the_upper_price(store: Store) -> None:
    """Accepting reserves the most a job can cost, on the UTC day of its request."""
    await accepted(store, 1, price_low=Decimal("0.1"), price_high=Decimal("0.4"))
    assert await Ledger(store).spent_on(TODAY) == Decimal("0.4")


async def test_the_same_interaction_makes_one_job(store: Store) -> None:
    """Of many processes that receive one interaction, one accepts it, and pays once."""
    outcomes = await asyncio.gather(
        *(accepted(store, 1) for _ in range(10)), return_exceptions=True
    )
    assert sum(isinstance(outcome, Job) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, AlreadyAccepted) for outcome in outcomes) == 9
    assert await Ledger(store).spent_on(TODAY) == Decimal("0.4")


async def test_a_forgotten_interaction_stays_accepted(store: Store) -> None:
    """Deleting a job does not let its interaction make another."""
    await accepted(store, 1, open=False, ended_at=NOON)
    assert await Retention(store).delete_ended(NOON + 1) == 1
    with pytest.raises(AlreadyAccepted):
        await accepted(store, 1)


async def test_a_job_is_retried_once(store: Store) -> None:
    """Two taps on the same Try again make one retry."""
    await accepted(store, 1)
    outcomes = await asyncio.gather(
        accepted(store, 2, retry_of=1), accepted(store, 3, retry_of=1), return_exceptions=True
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["AlreadyRetried", "Job"]
    with pytest.raises(AlreadyRetried):
        await accepted(store, 4, retry_of=1)


async def test_a_draft_is_used_once(store: Store) -> None:
    """Two taps on the same Yes make one job."""
    await Drafts(store).add_draft(a_draft(9))
    repository = JobRepository(store)
    outcomes = await asyncio.gather(
        *(repository.accept(a_job(i), PLENTY, owner="one", draft_id=9) for i in (1, 2)),
        return_exceptions=True,
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["DraftUsed", "Job"]
    (job,) = [outcome for outcome in outcomes if isinstance(outcome, Job)]
    kept = await Drafts(store).get_draft(9)
    assert kept == dataclasses.replace(a_draft(9), answered_by=job.id)


async def test_a_refused_job_keeps_its_draft(store: Store) -> None:
    """A requester who is refused for now can confirm the price again later."""
    await Drafts(store).add_draft(a_draft(9))
    with pytest.raises(BudgetSpent):
        await JobRepository(store).accept(a_job(1), limits(budget="0.39"), owner="one", draft_id=9)
    assert await Drafts(store).get_draft(9) == a_draft(9)


async def test_an_unknown_draft_writes_nothing(store: Store) -> None:
    """A job whose draft is gone leaves neither row nor reservation."""
    with pytest.raises(DraftUsed):
        await JobRepository(store).accept(a_job(1), PLENTY, owner="one", draft_id=9)
    assert await JobRepository(store).get(1) is None
    assert await Ledger(store).spent_on(TODAY) == 0


async def test_an_abandoned_acceptance_is_whole_or_nothing(store: Store) -> None:
    """At any instant that the caller gives up, row and reservation are both there or both not."""
    for turns in range(30):
        task = asyncio.create_task(accepted(store, 100 + turns), name="abandoned")
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert await accepted(store, 1)  # after what was begun before it
    jobs = await JobRepository(store).recent_of_user(a_job().user_id, 100)
    assert await Ledger(store).spent_on(TODAY) == sum(job.price_high for job in jobs)
