"""What need not be kept is deleted, what is still needed is not."""

import dataclasses
from decimal import Decimal

import pytest

from bot.jobs.owned_jobs import OwnedJobs
from db.job_inputs import JobInput
from db.records import Job, JobState
from db.repositories import retention as retention_module
from db.repositories.claims import Claims
from db.repositories.drafts import Drafts
from db.repositories.jobs import JobRepository
from db.repositories.key_values import KeyValues
from db.repositories.ledger import Ledger
from db.repositories.retention import Forgotten, Retention, StoredJobs
from db.store import Store
from tests.counting_store import CountingStore
from tests.integration.db.repositories.builders import NOON, TODAY, USER, a_draft, accepted


def _closed(job: Job) -> Job:
    return dataclasses.replace(job, state=JobState.DELIVERED, ended_at=NOON, open=False)


async def _remaining(store: Store) -> list[int]:
    jobs = await JobRepository(store).recent_of_user(USER, 100)
    return sorted(job.id for job in jobs)


async def test_jobs_are_deleted_some_time_after_their_end(store: Store) -> None:
    """Only closed jobs go, and only those that ended long enough ago."""
    done = {"state": JobState.DELIVERED, "open": False}
    await accepted(store, 1, ended_at=NOON - 1, **done)
    await accepted(store, 2, ended_at=NOON, **done)
    await accepted(store, 3, ended_at=NOON - 1, state=JobState.DELIVERED, open=True)
    await accepted(store, 4)
    assert await Retention(store).delete_ended(NOON) == 1
    assert await _remaining(store) == [2, 3, 4]


async def test_deleting_a_job_keeps_its_cost(store: Store) -> None:
    """Being forgotten gives no user a second budget."""
    await accepted(store, 1, open=False, ended_at=NOON - 1)
    await Retention(store).delete_ended(NOON)
    assert await Ledger(store).spent_on(TODAY) == Decimal("0.4")


async def test_a_requester_is_forgotten_now_and_after_running_jobs(
    store: Store,
) -> None:
    """Closed jobs and drafts go at once, running jobs as soon as they have ended."""
    await accepted(store, 1, open=False, ended_at=NOON)
    running = await accepted(store, 2)
    await accepted(store, 3, user_id=5, open=False, ended_at=NOON)
    drafts, retention, repository = Drafts(store), Retention(store), JobRepository(store)
    await drafts.add_draft(a_draft(8))
    await drafts.add_draft(a_draft(9, user_id=5))

    assert await retention.forget_user(USER) == Forgotten(deleted=1, marked=1)

    assert await _remaining(store) == [2]
    assert await drafts.get_draft(8) is None
    assert await drafts.get_draft(9) is not None
    assert await retention.delete_ended(0) == 0
    marked = await repository.get(2)
    assert marked is not None
    assert marked.forget
    assert await repository.save(running, _closed(running))
    assert await _remaining(store) == []
    assert await retention.delete_ended(0) == 0
    assert await repository.get(3) is not None


async def test_what_would_be_forgotten_is_counted(store: Store) -> None:
    """The question of /forget counts a requester's own jobs, the open ones apart."""
    await accepted(store, 1, open=False, ended_at=NOON)
    await accepted(store, 2)
    await accepted(store, 3, user_id=5)
    retention = Retention(store)
    assert await retention.count_of_user(USER) == StoredJobs(closed=1, open=1)
    assert await retention.count_of_user(99) == StoredJobs(closed=0, open=0)


async def test_an_ended_job_to_be_forgotten_is_not_listed(store: Store) -> None:
    """Between its end and the change that closes it, a forgotten job is in no list."""
    await accepted(store, 1, state=JobState.DELIVERED, open=True)
    await accepted(store, 2)
    await Retention(store).forget_user(USER)
    assert await _remaining(store) == [2]


async def test_interaction_tokens_are_dropped_when_they_expire(store: Store) -> None:
    """An interaction token is not kept longer than it works."""
    await accepted(store, 1, interaction_token="old", created_at=NOON - 1)
    await accepted(store, 2, interaction_token="young")
    await accepted(store, 3, created_at=NOON - 1)
    assert await Retention(store).clear_tokens(NOON) == 1
    jobs = {job.id: job for job in await JobRepository(store).recent_of_user(USER, 9)}
    assert jobs[1].interaction_token is None
    assert jobs[2].interaction_token == "young"


async def test_the_token_of_an_open_job_is_removed_by_its_owner(store: Store) -> None:
    """The owner knows the record after it as its row is; closed and free jobs are any process's."""
    old = {"interaction_token": "old", "created_at": NOON - 1}
    await accepted(store, 1, **old)
    await accepted(store, 2, **old, state=JobState.FAILED, ended_at=NOON, open=False)
    owned = OwnedJobs("one")
    jobs = JobRepository(store, owner="one", note=owned.note, forget=owned.forget)
    await jobs.get(1)
    assert await Retention(store, owner="two").clear_tokens(NOON) == 1
    assert (await _row(store, 1)).interaction_token == "old"
    own = Retention(store, owner="one", token_cleared=owned.token_cleared)
    assert await own.clear_tokens(NOON) == 1
    row = await _row(store, 1)
    assert (row.interaction_token, row.version, row.woken) == (None, 2, False)
    assert list(owned) == [row]
    await accepted(store, 3, **old)
    assert await Retention(store).clear_tokens(NOON) == 1
    assert (await _row(store, 3)).woken
    await accepted(store, 4, **old)
    await Claims(store, "one").release()
    assert await Retention(store, owner="two").clear_tokens(NOON) == 1


async def _row(store: Store, job_id: int) -> Job:
    job = await JobRepository(store).get(job_id)
    assert job is not None
    return job


async def test_addresses_of_attachments_are_dropped_when_they_expire(store: Store) -> None:
    """A closed job can be tried again for as long as its files can be fetched; an open one needs them."""
    file = JobInput(slot="image", name="fox.png", media_type="image/png", size=9)
    given = {"inputs": (file,), "input_sources": {"0": "https://cdn.example/fox.png?hm=1"}}
    closed = {"state": JobState.CANCELLED, "ended_at": NOON, "open": False}
    await accepted(store, 1, **given, **closed, created_at=NOON - 1)
    await accepted(store, 2, **given, **closed)
    await accepted(store, 3, **given, created_at=NOON - 1)
    assert await Retention(store).clear_sources(NOON) == 1
    assert await Retention(store).clear_sources(NOON) == 0
    rows = [await _row(store, number) for number in (1, 2, 3)]
    assert [row.input_sources is None for row in rows] == [True, False, False]
    assert {row.inputs for row in rows} == {(file,)}


async def test_drafts_are_kept_and_then_deleted(store: Store) -> None:
    """A draft comes back as it was given, until it is old."""
    drafts = Drafts(store)
    await drafts.add_draft(a_draft(1, created_at=NOON - 1))
    await drafts.add_draft(a_draft(2))
    assert await drafts.get_draft(1) == a_draft(1, created_at=NOON - 1)
    assert await drafts.delete_drafts(NOON) == 1
    assert await drafts.get_draft(1) is None
    assert await drafts.get_draft(2) == a_draft(2)


async def test_a_key_value_is_the_last_that_was_put(store: Store) -> None:
    """KeyValues are stored by name, and the newest counts."""
    facts = KeyValues(store)
    assert await facts.get_value("commands") is None
    await facts.put_value("commands", "hash 1")
    await facts.put_value("other", "x")
    await facts.put_value("commands", "hash 2")
    assert await facts.get_value("commands") == "hash 2"
    assert await facts.get_value("other") == "x"


async def test_many_rows_are_deleted_some_at_a_time(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many jobs ended, no statement deletes more than some, and all are deleted."""
    monkeypatch.setattr(retention_module, "ROWS_AT_ONCE", 3)
    counting = CountingStore(store)
    for number in range(1, 8):
        await accepted(
            store,
            number,
            state=JobState.FAILED,
            open=False,
            ended_at=NOON,
            created_at=NOON,
            interaction_token="a-token",
        )
    assert await Retention(counting).clear_tokens(NOON + 1) == 7
    assert await Retention(counting).delete_ended(NOON + 1) == 7
    assert counting.rows == [3, 3, 1, 3, 3, 1, 0]
