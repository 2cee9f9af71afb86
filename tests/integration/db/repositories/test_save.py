"""Changes are written as differences, by the owner alone, together with their money."""

import asyncio
import dataclasses
from decimal import Decimal

import pytest
from sqlalchemy import Connection, event
from sqlalchemy.ext.asyncio import AsyncEngine

from db.records import Job, JobState
from db.repositories.claims import Claims
from db.repositories.jobs import JobRepository
from db.repositories.ledger import Ledger
from tests.expired_leases import claim_expired
from tests.integration.db.repositories.builders import NOON, TODAY, accepted, changed


async def _read(engine: AsyncEngine, job_id: int = 1) -> Job:
    job = await JobRepository(engine).get(job_id)
    assert job is not None
    return job


async def test_a_save_writes_only_what_differs(engine: AsyncEngine) -> None:
    """Two savers of different fields, each with an old picture, both succeed."""
    job = await accepted(engine)
    await changed(engine, job, shown="digest", shown_at=NOON)
    await changed(engine, job, state=JobState.FOLLOWING, task_id="t")
    expected = dataclasses.replace(
        job, state=JobState.FOLLOWING, task_id="t", shown="digest", shown_at=NOON
    )
    assert await _read(engine) == expected


async def test_a_save_from_an_old_state_is_not_written(engine: AsyncEngine) -> None:
    """Of two coroutines that end the same job, the first decides, and pays."""
    job = await accepted(engine)
    await changed(engine, job, state=JobState.FOLLOWING)
    repository = JobRepository(engine)
    ended = dataclasses.replace(job, state=JobState.CANCELLED)
    assert not await repository.save(job, ended, charge=Decimal(0))
    assert (await _read(engine)).state is JobState.FOLLOWING
    assert await Ledger(engine).spent_on(TODAY) == Decimal("0.4")


async def test_a_stale_save_does_not_undo_a_cancel_request(engine: AsyncEngine) -> None:
    """A cancel request that arrives while a poll is being saved is not forgotten."""
    job = await accepted(engine)
    await JobRepository(engine).request_cancel(job.id, 77, NOON + 1)

    await changed(engine, job, state=JobState.FOLLOWING, progress=10.0)

    after = await _read(engine)
    assert (after.cancel_wanted_by, after.cancel_wanted_at) == (77, NOON + 1)
    assert after.woken
    assert after.state is JobState.FOLLOWING


async def test_a_save_does_not_overwrite_facts_stored_since(engine: AsyncEngine) -> None:
    """A save that fills in what another process already stored leaves theirs."""
    job = await accepted(engine)
    repository = JobRepository(engine)
    await repository.request_cancel(job.id, 77, NOON + 1)
    await repository.set_message(job.id, 500)
    await repository.learn_task_id(job.id, "first")

    await changed(
        engine, job, cancel_wanted_by=88, cancel_wanted_at=NOON + 2, message_id=600, task_id="later"
    )

    after = await _read(engine)
    assert (after.cancel_wanted_by, after.cancel_wanted_at) == (77, NOON + 1)
    assert (after.message_id, after.task_id) == (500, "first")


async def test_a_known_message_id_may_be_replaced(engine: AsyncEngine) -> None:
    """A save that read the old message's id may put another in its place, or none."""
    job = await changed(engine, await accepted(engine), message_id=500)
    job = await changed(engine, job, message_id=600)
    assert (await _read(engine)).message_id == 600
    await changed(engine, job, message_id=None)
    assert (await _read(engine)).message_id is None


async def test_a_job_with_a_new_message_is_not_closed(engine: AsyncEngine) -> None:
    """A card that was learned of while its job was being closed has yet to show the ending."""
    job = await accepted(engine)
    ended = await changed(engine, job, state=JobState.CANCELLED, ended_at=NOON)
    repository = JobRepository(engine)
    await repository.set_message(job.id, 77)
    assert not await repository.save(ended, dataclasses.replace(ended, open=False))
    assert (await _read(engine)).open
    knows = await _read(engine)
    assert await repository.save(knows, dataclasses.replace(knows, open=False))


async def test_the_former_owner_saves_nothing(engine: AsyncEngine) -> None:
    """After another process took the job, neither its state nor its money can be changed."""
    job = await accepted(engine)
    await claim_expired(Claims(engine, "two"), now=NOON + 100, lease_until=NOON + 200, limit=5)
    before = await _read(engine)

    saved = await JobRepository(engine).save(
        job, dataclasses.replace(job, state=JobState.FAILED), charge=Decimal(0)
    )

    assert not saved
    assert await _read(engine) == before
    assert await Ledger(engine).spent_on(TODAY) == Decimal("0.4")


async def test_a_save_never_changes_ownership(engine: AsyncEngine) -> None:
    """Owner, lease, fence and the wake-up belong to the claims, also where a save's copy has others."""
    job = await accepted(engine)
    woken = await JobRepository(engine).request_cancel(job.id, by=7, now=NOON)
    assert woken is not None
    await changed(engine, job, owner="thief", lease_until=0.0, fence=9, woken=False, status="x")
    assert await _read(engine) == dataclasses.replace(woken, woken=True, status="x")


async def test_an_unknown_job_is_not_saved(engine: AsyncEngine) -> None:
    """Saving a job that was deleted returns so instead of making it again."""
    job = dataclasses.replace(await accepted(engine), id=2)
    assert not await JobRepository(engine).save(job, dataclasses.replace(job, status="x"))
    assert await JobRepository(engine).get(2) is None


async def test_a_save_without_changes_writes_nothing(engine: AsyncEngine) -> None:
    """An unchanged answer of the API is no work for the database."""
    job = await accepted(engine)
    statements: list[str] = []

    def note(_: Connection, __: object, statement: str, *___: object) -> None:
        statements.append(statement)

    event.listen(engine.sync_engine, "before_cursor_execute", note)
    assert await JobRepository(engine).save(job, dataclasses.replace(job))
    assert statements == []
    await changed(engine, job, status="queued")
    assert [word for word in statements if word.startswith("UPDATE")] != []


@pytest.mark.parametrize("charge", ["0", "0.25", "0.4", "7"])
async def test_the_charge_replaces_the_reservation(engine: AsyncEngine, charge: str) -> None:
    """An ending settles what the job cost, more or less than reserved, or releases it."""
    job = await accepted(engine)
    ended = dataclasses.replace(job, state=JobState.FAILED)
    assert await JobRepository(engine).save(job, ended, charge=Decimal(charge))
    assert await Ledger(engine).spent_on(TODAY) == Decimal(charge)


async def test_a_second_charge_replaces_the_first(engine: AsyncEngine) -> None:
    """A job is charged once, also when its cost becomes known after its end and nothing else."""
    job = await accepted(engine)
    await accepted(engine, 2)
    repository = JobRepository(engine)
    assert await repository.save(job, job, charge=Decimal(0))
    assert await repository.save(job, job, charge=Decimal("0.3"))
    assert await repository.save(job, job, charge=Decimal("0.3"))
    assert await Ledger(engine).spent_on(TODAY) == Decimal("0.7")
    assert await _read(engine) == job


async def test_a_submit_does_not_overtake_a_cancel(engine: AsyncEngine) -> None:
    """A job whose cancel was saved first is not sent."""
    job = await accepted(engine)
    sending = dataclasses.replace(job, state=JobState.SUBMITTING)
    repository = JobRepository(engine)
    await repository.request_cancel(job.id, 77, NOON)
    assert not await repository.save(job, sending, unless_cancel_wanted=True)
    assert not await repository.save(job, job, unless_cancel_wanted=True)
    assert (await _read(engine)).state is JobState.ACCEPTED


async def test_a_race_of_submit_and_cancel_has_one_order(engine: AsyncEngine) -> None:
    """Either the request comes first and the job is not sent, or the job is sent and carries a request."""
    repository = JobRepository(engine)
    for number in range(1, 21):
        job = await accepted(engine, number)
        sending = dataclasses.replace(job, state=JobState.SUBMITTING)
        sent, requested = await asyncio.gather(
            repository.save(job, sending, unless_cancel_wanted=True),
            repository.request_cancel(job.id, 77, NOON),
        )
        assert requested is not None
        assert sent == ((await _read(engine, number)).state is JobState.SUBMITTING)
        assert sent == (requested.state is JobState.SUBMITTING)
        assert requested.cancel_wanted_by == 77
