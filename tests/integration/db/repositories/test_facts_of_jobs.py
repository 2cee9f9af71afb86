"""Facts of a job that any process may store, whether it owns the job or not."""

import dataclasses

from db.job_inputs import JobInput
from db.records import CardKind, JobState, Reason
from db.repositories.claims import Claims
from db.repositories.jobs import JobRepository
from db.store import Store
from tests.expired_leases import claim_expired
from tests.integration.db.repositories.builders import NOON, USER, accepted, changed


async def test_a_cancel_request_needs_no_version_and_wakes_the_owner(store: Store) -> None:
    """A reaction seen by one process reaches the process that follows the job."""
    await accepted(store)
    job = await JobRepository(store).request_cancel(1, 77, NOON + 1)
    assert job is not None
    assert (job.cancel_wanted_by, job.cancel_wanted_at, job.woken) == (77, NOON + 1, True)
    assert await JobRepository(store).get(1) == job
    seen = dataclasses.replace(job, woken=False, version=job.version + 1)
    assert await Claims(store, "one").take_woken() == (seen,)


async def test_the_first_stored_cancel_request_stays(store: Store) -> None:
    """The card names who cancelled first."""
    await accepted(store)
    await JobRepository(store).request_cancel(1, 77, NOON + 1)
    job = await JobRepository(store).request_cancel(1, 88, NOON + 2)
    assert job is not None
    assert (job.cancel_wanted_by, job.cancel_wanted_at) == (77, NOON + 1)


async def test_an_ended_job_takes_no_cancel_request(store: Store) -> None:
    """A reaction after the end changes nothing."""
    ended = await changed(store, await accepted(store), state=JobState.DELIVERED)
    assert await JobRepository(store).request_cancel(1, 77, NOON) == ended


async def test_an_unknown_job_takes_no_cancel_request(store: Store) -> None:
    """A reaction to a forgotten card finds nothing."""
    assert await JobRepository(store).request_cancel(1, 77, NOON) is None


async def test_a_task_id_is_stored_by_any_process(store: Store) -> None:
    """A process that lost its job while it sent still saves the task from being lost."""
    await accepted(store)
    await claim_expired(Claims(store, "two"))
    repository = JobRepository(store)
    for task_id in ("task-1", "task-2"):
        job = await repository.learn_task_id(1, task_id)
        assert job is not None
        assert (job.task_id, job.owner, job.version, job.woken) == ("task-1", "two", 3, True)
        assert await repository.get(1) == job


async def test_a_task_belongs_to_one_job(store: Store) -> None:
    """No two cards show the same task."""
    await accepted(store, 1)
    await accepted(store, 2)
    repository = JobRepository(store)
    await repository.learn_task_id(1, "task-1")
    other = await repository.learn_task_id(2, "task-1")
    assert other is not None
    assert (other.id, other.task_id, other.version) == (2, None, 1)


async def test_the_message_id_is_stored_once(store: Store) -> None:
    """A second card never takes the place of the first by accident."""
    await accepted(store)
    repository = JobRepository(store)
    for message_id in (500, 600):
        learned = await repository.set_message(1, message_id)
        assert learned is not None
        assert (learned.message_id, learned.version) == (500, 2)
    job = await repository.by_message(500)
    assert job is not None
    assert job.id == 1
    assert await repository.by_message(600) is None


async def test_open_jobs_of_a_requester_come_newest_first(store: Store) -> None:
    """A requester's running jobs are listed without those that have ended or are another's."""
    await accepted(store, 1)
    await accepted(store, 3, created_at=NOON + 3)
    await accepted(store, 2, created_at=NOON + 2)
    await accepted(store, 4, created_at=NOON + 4, user_id=5)
    await changed(store, await accepted(store, 5), state=JobState.LOST)
    await changed(store, await accepted(store, 6), state=JobState.UNCERTAIN)
    repository = JobRepository(store)
    assert [job.id for job in await repository.open_of_user(USER)] == [3, 2, 6, 1]
    assert [job.id for job in await repository.recent_of_user(USER, 2)] == [3, 2]
    assert [job.id for job in await repository.recent_of_user(USER, 9)] == [3, 2, 6, 1, 5]


async def test_waiting_results_are_listed_first(store: Store) -> None:
    """However many jobs came later, what runs and a result that no message shows are found at once."""
    waiting = {"state": JobState.LINKED}
    await changed(store, await accepted(store, 1, card_kind=CardKind.TOKEN_ONLY), **waiting)
    deleted = await accepted(store, 2, created_at=NOON + 2)
    await changed(store, deleted, reason=Reason.CARD_DELETED, **waiting)
    await changed(store, await accepted(store, 3, created_at=NOON + 3), **waiting)
    brief = await accepted(store, 4, created_at=NOON + 4, card_kind=CardKind.TOKEN_ONLY)
    await changed(store, brief, state=JobState.DELIVERED)
    await accepted(store, 5, created_at=NOON + 5)
    repository = JobRepository(store)
    everything = await repository.recent_of_user(USER, 9)
    assert [job.id for job in everything] == [5, 2, 1, 4, 3]
    assert [job.id for job in await repository.recent_of_user(USER, 2, 1)] == [2, 1]
    assert await repository.recent_of_user(USER, 2, 10**6) == ()


async def test_records_of_rows_share_the_texts_that_are_alike(store: Store) -> None:
    """The records of many jobs hold one string for what their rows have in common."""
    for job_id in (1, 2):
        await accepted(store, job_id, price_key="the same", locale="pt-BR", user_id=job_id)
    one, other = await JobRepository(store).get_all([1, 2])
    for name in ("model", "endpoint", "locale", "price_key", "owner"):
        assert getattr(one, name) is getattr(other, name), name


FILES = tuple(
    JobInput(slot=slot, name=f"{slot}.png", media_type="image/png", size=9, to_fit=slot == "image")
    for slot in ("image", "last_image")
)
SOURCES = {"0": "https://cdn.example/0?ex=1&hm=2", "1": "https://cdn.example/1?ex=1&hm=2"}


async def test_the_address_of_an_input_takes_the_place_of_its_source(store: Store) -> None:
    """Each is stored once, by whichever process has handed the file over; the other input is as it was."""
    await accepted(store, inputs=FILES, input_sources=SOURCES)
    jobs = JobRepository(store, owner="two")
    first = await jobs.learn_input_address(1, 1, "https://files.example/1", NOON + 5)
    assert first is not None
    assert first == await jobs.get(1)
    assert first.handed_in == (
        dataclasses.replace(FILES[0], source=SOURCES["0"]),
        dataclasses.replace(FILES[1], address="https://files.example/1", uploaded_at=NOON + 5),
    )
    assert (first.woken, first.version, first.input_sources) == (True, 2, {"0": SOURCES["0"]})
    again = await jobs.learn_input_address(1, 1, "https://files.example/another", NOON + 6)
    assert again == first
    both = await jobs.learn_input_address(1, 0, "https://files.example/0", NOON + 7)
    assert both is not None
    assert both.input_sources is None
    assert [it.address for it in both.inputs] == [
        "https://files.example/0",
        "https://files.example/1",
    ]
    assert await jobs.learn_input_address(2, 0, "https://files.example/0", NOON) is None


async def test_a_decision_on_older_inputs_is_made_anew(store: Store) -> None:
    """No write that was decided before an address was learned takes that away again."""
    before = await accepted(store, inputs=FILES, input_sources=SOURCES)
    jobs = JobRepository(store, owner="one")
    await jobs.learn_input_address(1, 0, "https://files.example/0", NOON + 5)
    after = dataclasses.replace(before, state=JobState.CANCELLED, ended_at=NOON)
    assert await jobs.save(before, after) is None
    row = await jobs.get(1)
    assert row is not None
    assert (row.state, row.inputs[0].address) == (JobState.ACCEPTED, "https://files.example/0")
