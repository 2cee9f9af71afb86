"""Changes are written as differences, by the owner alone, together with their money."""

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable
from decimal import Decimal

import pytest

from db import copies
from db.records import CancelControl, Job, JobState
from db.repositories.claims import Claims
from db.repositories.jobs import JobRepository
from db.repositories.ledger import Ledger
from db.repositories.retention import Retention
from db.store import Store
from tests.counting_store import CountingStore
from tests.expired_leases import claim_expired
from tests.integration.db.repositories.builders import NOON, PLENTY, TODAY, a_job, accepted, changed


async def _read(store: Store, job_id: int = 1) -> Job:
    job = await JobRepository(store).get(job_id)
    assert job is not None
    return job


async def test_a_save_writes_only_what_differs(store: Store) -> None:
    """What was shown may be saved beside a step, each by a record that the other's is newer than."""
    job = await accepted(store)
    await changed(store, job, shown="digest", shown_at=NOON)
    await changed(store, job, state=JobState.FOLLOWING, task_id="t")
    expected = dataclasses.replace(
        job, state=JobState.FOLLOWING, task_id="t", shown="digest", shown_at=NOON, version=3
    )
    assert await _read(store) == expected


async def test_a_save_from_an_old_state_is_not_written(store: Store) -> None:
    """Of two coroutines that end the same job, the first decides, and pays."""
    job = await accepted(store)
    await changed(store, job, state=JobState.FOLLOWING)
    repository = JobRepository(store, owner="one")
    ended = dataclasses.replace(job, state=JobState.CANCELLED)
    assert not await repository.save(job, ended, charge=Decimal(0))
    assert (await _read(store)).state is JobState.FOLLOWING
    assert await Ledger(store).spent_on(TODAY) == Decimal("0.4")


async def test_a_stale_save_does_not_undo_a_cancel_request(store: Store) -> None:
    """A cancel request that arrives while a poll is being saved is not forgotten."""
    job = await accepted(store)
    await JobRepository(store).request_cancel(job.id, 77, NOON + 1)

    await changed(store, job, state=JobState.FOLLOWING, progress=10.0)

    after = await _read(store)
    assert (after.cancel_wanted_by, after.cancel_wanted_at) == (77, NOON + 1)
    assert after.woken
    assert after.state is JobState.FOLLOWING


async def test_a_save_does_not_overwrite_facts_stored_since(store: Store) -> None:
    """A save that fills in what another process already stored leaves theirs."""
    job = await accepted(store)
    repository = JobRepository(store, owner="one")
    await repository.request_cancel(job.id, 77, NOON + 1)
    await repository.set_message(job.id, 500)
    await repository.learn_task_id(job.id, "first")

    await changed(
        store, job, cancel_wanted_by=88, cancel_wanted_at=NOON + 2, message_id=600, task_id="later"
    )

    after = await _read(store)
    assert (after.cancel_wanted_by, after.cancel_wanted_at) == (77, NOON + 1)
    assert (after.message_id, after.task_id) == (500, "first")


async def test_a_known_message_id_may_be_replaced(store: Store) -> None:
    """A save that read the old message's id may put another in its place, or none."""
    job = await changed(store, await accepted(store), message_id=500)
    job = await changed(store, job, message_id=600)
    assert (await _read(store)).message_id == 600
    await changed(store, job, message_id=None)
    assert (await _read(store)).message_id is None


async def test_a_job_with_a_new_message_is_not_closed(store: Store) -> None:
    """A card that was learned of while its job was being closed has yet to show the ending."""
    job = await accepted(store)
    ended = await changed(store, job, state=JobState.CANCELLED, ended_at=NOON)
    repository = JobRepository(store, owner="one")
    await repository.set_message(job.id, 77)
    assert not await repository.save(ended, dataclasses.replace(ended, open=False))
    assert (await _read(store)).open
    knows = await _read(store)
    assert await repository.save(knows, dataclasses.replace(knows, open=False))


async def test_the_former_owner_saves_nothing(store: Store) -> None:
    """After another process took the job, neither its state nor its money can be changed."""
    job = await accepted(store)
    await claim_expired(Claims(store, "two"))
    before = await _read(store)

    saved = await JobRepository(store, owner="one").save(
        job, dataclasses.replace(job, state=JobState.FAILED), charge=Decimal(0)
    )

    assert not saved
    assert await _read(store) == before
    assert await Ledger(store).spent_on(TODAY) == Decimal("0.4")


async def test_a_save_never_changes_ownership(store: Store) -> None:
    """Owner, lease, version and the wake-up are the repositories' own, also where a save's copy has others."""
    job = await accepted(store)
    woken = await JobRepository(store).request_cancel(job.id, by=7, now=NOON)
    assert woken is not None
    await changed(store, job, owner="thief", version=9, woken=False, status="x")
    expected = dataclasses.replace(woken, woken=True, status="x", version=3)
    assert await _read(store) == expected


async def test_an_unknown_job_is_not_saved(store: Store) -> None:
    """Saving a job that was deleted returns so instead of making it again."""
    job = dataclasses.replace(await accepted(store), id=2)
    assert not await JobRepository(store, owner="one").save(
        job, dataclasses.replace(job, status="x")
    )
    assert await JobRepository(store).get(2) is None


async def test_a_save_without_changes_writes_nothing(store: Store) -> None:
    """An unchanged answer of the API is no work for the database."""
    job = await accepted(store)
    counting = CountingStore(store)
    assert await JobRepository(counting).save(job, dataclasses.replace(job))
    assert counting.statements == []
    await changed(counting, job, status="queued")
    assert [words.split()[0] for words in counting.statements] == ["UPDATE"]


@pytest.mark.parametrize("charge", ["0", "0.25", "0.4", "7"])
async def test_the_charge_replaces_the_reservation(store: Store, charge: str) -> None:
    """An ending settles what the job cost, more or less than reserved, or releases it."""
    job = await accepted(store)
    ended = dataclasses.replace(job, state=JobState.FAILED)
    assert await JobRepository(store, owner="one").save(job, ended, charge=Decimal(charge))
    assert await Ledger(store).spent_on(TODAY) == Decimal(charge)


async def test_a_second_charge_replaces_the_first(store: Store) -> None:
    """A job is charged once, also when its cost becomes known after its end and nothing else."""
    job = await accepted(store)
    await accepted(store, 2)
    repository = JobRepository(store, owner="one")
    assert await repository.save(job, job, charge=Decimal(0))
    assert await repository.save(job, job, charge=Decimal("0.3"))
    assert await repository.save(job, job, charge=Decimal("0.3"))
    assert await Ledger(store).spent_on(TODAY) == Decimal("0.7")
    assert await _read(store) == dataclasses.replace(job, version=4)


async def test_a_submit_does_not_overtake_a_cancel(store: Store) -> None:
    """A job whose cancel was saved first is not sent."""
    job = await accepted(store)
    sending = dataclasses.replace(job, state=JobState.SUBMITTING)
    repository = JobRepository(store, owner="one")
    await repository.request_cancel(job.id, 77, NOON)
    assert not await repository.save(job, sending, unless_cancel_wanted=True)
    assert not await repository.save(job, job, unless_cancel_wanted=True)
    knows = await _read(store)
    sending = dataclasses.replace(knows, state=JobState.SUBMITTING)
    assert not await repository.save(knows, sending, unless_cancel_wanted=True)
    assert (await _read(store)).state is JobState.ACCEPTED


async def test_a_race_of_submit_and_cancel_has_one_order(store: Store) -> None:
    """Either the request comes first and the job is not sent, or the job is sent and carries a request."""
    repository = JobRepository(store, owner="one")
    for number in range(1, 21):
        job = await accepted(store, number)
        sending = dataclasses.replace(job, state=JobState.SUBMITTING)
        sent, requested = await asyncio.gather(
            repository.save(job, sending, unless_cancel_wanted=True),
            repository.request_cancel(job.id, 77, NOON),
        )
        assert requested is not None
        assert bool(sent) == ((await _read(store, number)).state is JobState.SUBMITTING)
        assert bool(sent) == (requested.state is JobState.SUBMITTING)
        assert requested.cancel_wanted_by == 77


async def test_a_save_returns_the_row(store: Store) -> None:
    """What a save returns is the row as it is then, so that no step has to read it."""
    job = await accepted(store)
    for status in ("queued", "running"):
        after = dataclasses.replace(job, status=status)
        saved = await JobRepository(store, owner="one").save(job, after)
        assert saved == await _read(store)
        assert saved is not None
        assert saved.version == job.version + 1
        job = saved
    await JobRepository(store).set_message(job.id, 500)
    ended = dataclasses.replace(job, state=JobState.FAILED)
    saved = await JobRepository(store, owner="one").save(job, ended, charge=Decimal(0))
    assert saved == await _read(store)
    assert saved is not None
    assert (saved.message_id, saved.version) == (500, job.version + 2)


async def test_what_steps_decide_on_is_written_once(store: Store) -> None:
    """Of two steps that were decided on the same record, in one state, only one is written."""
    job = await changed(store, await accepted(store), state=JobState.DELIVERING)
    await changed(store, job, reply_begun_at=NOON)
    again = dataclasses.replace(job, reply_begun_at=NOON + 1)
    assert await JobRepository(store, owner="one").save(job, again) is None
    assert (await _read(store)).reply_begun_at == NOON


async def test_every_write_raises_the_version(store: Store) -> None:
    """No write of any process leaves the version as it is, so that none is overlooked."""
    job = await accepted(store, interaction_token="token")
    jobs, claims, retention = JobRepository(store), Claims(store, "one"), Retention(store)
    writes: list[Callable[[], Awaitable[object]]] = [
        lambda: jobs.save(job, job, charge=Decimal(0)),
        lambda: jobs.request_cancel(job.id, 77, NOON),
        lambda: jobs.set_message(job.id, 500),
        lambda: jobs.learn_task_id(job.id, "task"),
        lambda: jobs.set_cancel_control(job.id, CancelControl.REACTION),
        lambda: jobs.set_retried_as(job.id, "address"),
        claims.take_woken,
        claims.release,
        lambda: claims.claim(expired=()),
        lambda: retention.forget_user(job.user_id),
        lambda: retention.clear_tokens(NOON + 1),
    ]
    for number, write in enumerate(writes, start=1):
        assert (await _read(store)).version == number
        await write()
    assert (await _read(store)).version == len(writes) + 1


async def test_every_record_is_handed_to_the_owner(store: Store) -> None:
    """What is read or written is noted, so that no step of its owner has to read it."""
    noted: list[Job] = []
    jobs = JobRepository(store, owner="one", note=noted.append)
    job = await jobs.accept(a_job(), PLENTY, owner="one")
    job = await jobs.save(job, dataclasses.replace(job, status="queued")) or job
    told = [
        await jobs.get(1),
        await jobs.set_message(1, 500),
        await jobs.by_message(500),
        await jobs.learn_task_id(1, "task"),
        await jobs.request_cancel(1, 77, NOON),
        *await jobs.get_all([1]),
    ]
    assert noted[1:] == [job, *told]
    assert not any(one.woken for one in noted)


async def test_only_another_process_wakes_the_owner(store: Store) -> None:
    """A fact that the owner stores itself is no reason to read the row again."""
    await accepted(store)
    own = await JobRepository(store, owner="one").set_message(1, 500)
    assert own is not None
    assert not own.woken
    other = await JobRepository(store, owner="two").learn_task_id(1, "task")
    assert other is not None
    assert other.woken


@pytest.mark.parametrize("by", ["one", "two"])
@pytest.mark.parametrize("was_woken", [False, True])
async def test_a_save_returns_the_job_as_its_row_is(
    store: Store, by: str, *, was_woken: bool
) -> None:
    """Owner, version and mark are known without reading the row, and only another's save wakes it."""
    job = await accepted(store)
    if was_woken:
        job = await JobRepository(store, owner="two").learn_task_id(1, "task") or job
    saved = await JobRepository(store, owner=by).save(job, copies.changed(job, status="queued"))
    assert saved == await _read(store)
    assert saved is not None
    assert (saved.woken, saved.owner, saved.version) == (
        was_woken or by != "one",
        "one",
        job.version + 1,
    )
