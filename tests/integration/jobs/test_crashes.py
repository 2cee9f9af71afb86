"""Killed at each write of a job, and taken over by another process on the same file."""

import itertools
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from bot.jobs.errors import NotOwned, StaleJob
from bot.jobs.lifecycle import events
from db.engines.engine import open_database
from db.records import Job, JobState
from db.repositories.jobs import JobRepository
from db.store import Store
from sandbox.modelhunter import Script
from tests.integration.jobs.handed_in import ENDPOINT, handed_in
from tests.integration.jobs.killable_repository import KillableRepository, Killed, Moment
from tests.integration.jobs.process import Process, is_closed
from tests.integration.jobs.world import IMAGES, LEASE, World

MODERATOR = 99


class KillAtWrite:
    """Kills a process just before or just after its write of a number, and keeps what it was."""

    def __init__(self, number: int, *, before: bool) -> None:
        self.killed_at: str | None = None
        self._left = number
        self._moment: Moment = "before" if before else "after"

    def __call__(self, write: str, moment: Moment) -> bool:
        """Return whether the process is killed at this moment of this write."""
        if moment == self._moment:
            self._left -= 1
            if self._left == 0:
                self.killed_at = write
        return moment == self._moment and self._left == 0


@pytest.fixture
def address(tmp_path: Path) -> str:
    """Return the address of a database in a file."""
    return f"sqlite:///{tmp_path}/bot.db"


@pytest.fixture
async def first(address: str) -> AsyncGenerator[Store]:
    """Open the file for the process that is killed."""
    async with open_database(address) as store:
        yield store


@pytest.fixture
async def second(address: str, first: Store) -> AsyncGenerator[Store]:
    """Open the file for the process that takes over."""
    assert first is not None
    async with open_database(address) as store:
        yield store


def tasks_of(world: World, job: Job) -> list[str]:
    """Return the tasks that the API has for a job."""
    return [
        task.id
        for task in world.api.tasks.values()
        if task.metadata is not None and task.metadata["job_id"] == str(job.id)
    ]


def is_settled(job: Job) -> bool:
    """Whether the job is closed, or as far as it gets without another POST."""
    return is_closed(job) or job.state is JobState.UNCERTAIN


async def kill_once(
    world: World, first: Store, number: int, *, before: bool, cancelled: bool, **changes: object
) -> tuple[Job, str | None]:
    """Work until the write of that number, and return the job and what the write was."""
    kill = KillAtWrite(number, before=before)
    repository = KillableRepository(first, kill)
    one = world.process(f"one-{number}", jobs=repository, store=first)
    job = await world.accept(one, number, **changes)
    world.cards.message_ids[job.id] = job.id + 1
    world.api.scripts.choose = lambda _: Script.endless() if cancelled else Script.quick(90)
    try:
        await one.recorder.apply(job, events.Answered(job.id + 1))
        if cancelled:
            await one.run_until(job.id, lambda it: it.state is JobState.FOLLOWING)
            await one.recorder.request_cancel(job.id, MODERATOR)
        await one.run_until(job.id)
    except Killed:
        pass
    return job, kill.killed_at


async def go_on(world: World, second: Store, job: Job, number: int) -> Job:
    """Take the job over when its lease has ended, and work on."""
    world.clock.now += LEASE + 1
    two = world.process(f"two-{number}", store=second)
    assert job.id in await two.take_over()
    return await two.run_until(job.id, is_settled)


@pytest.mark.parametrize("before", [True, False])
async def test_a_process_killed_at_each_step_posts_once(
    world: World,
    first: Store,
    second: Store,
    before: bool,
) -> None:
    """A process killed at any step never causes a second POST, and the result reaches its card."""
    endings: dict[str, JobState] = {}
    for number in itertools.count(1):
        world.api.requests.clear()
        job, killed_at = await kill_once(world, first, number, before=before, cancelled=False)
        if killed_at is None:
            break
        closed_before = killed_at.endswith("closed") and not before
        ended = job if closed_before else await go_on(world, second, job, number)
        endings[killed_at] = ended.state
        assert len(world.api.calls("POST")) <= 1, killed_at
        assert len(tasks_of(world, job)) == len(world.api.calls("POST")), killed_at
        uploads = [shown for shown, _ in world.cards.uploads if shown.id == job.id]
        assert {shown.message_id for shown in uploads} <= {job.id + 1}, killed_at
    assert endings == {
        "accepted>accepted": JobState.DELIVERED,
        # Written and not sent, or sent and not answered: these can't be distinguished, so nothing
        # is sent again.
        "accepted>submitting": JobState.DELIVERED if before else JobState.UNCERTAIN,
        "submitting>following": JobState.DELIVERED,
        "following>following": JobState.DELIVERED,
        "following>delivering": JobState.DELIVERED,
        "delivering>delivered": JobState.DELIVERED,
        "delivered>delivered": JobState.DELIVERED,
        "delivered>delivered closed": JobState.DELIVERED if before else JobState.ACCEPTED,
    }


@pytest.mark.parametrize("before", [True, False])
async def test_a_process_killed_while_inputs_are_handed_over_posts_once(
    world: World,
    first: Store,
    second: Store,
    before: bool,
) -> None:
    """An upload that was not stored is repeated; one that was is not; and there is one task."""
    puts: dict[str, list[int]] = {}
    for number in itertools.count(1):
        world.api.requests.clear()
        given = handed_in(world)
        job, killed_at = await kill_once(
            world, first, number, before=before, cancelled=False, **given
        )
        if killed_at is None or killed_at == "accepted>submitting":
            break
        ended = await go_on(world, second, job, number)
        assert ended.state is JobState.DELIVERED, killed_at
        assert len(world.api.calls("POST", ENDPOINT)) == len(tasks_of(world, job)) == 1
        puts.setdefault(killed_at, []).append(len(world.api.calls("PUT")))
    again = 3 if before else 2
    assert puts == {"accepted>accepted": [2], "input": [again, again]}


@pytest.mark.parametrize("before", [True, False])
async def test_a_cancel_request_of_a_killed_process(
    world: World,
    first: Store,
    second: Store,
    before: bool,
) -> None:
    """A request that was saved is carried out by the next process."""
    survived = 0
    for number in itertools.count(1):
        job, killed_at = await kill_once(world, first, number, before=before, cancelled=True)
        if killed_at is None:
            break
        saved = await JobRepository(second).get(job.id)
        assert saved is not None
        if saved.cancel_wanted_by is None or not saved.open:
            continue
        survived += 1
        ended = await go_on(world, second, job, number)
        assert (ended.state, ended.cancel_wanted_by) == (JobState.CANCELLED, MODERATOR)
        assert [world.api.status(task) for task in tasks_of(world, job)] == ["cancelled"]
    assert survived >= 2


async def lose_job_amid_post(world: World, one: Process, two: Process, *, with_a_step: bool) -> Job:
    """Let the second process take over an endless job while the first one's POST is on its way."""
    world.api.scripts.next(Script.endless())
    job = await world.ask(one)

    async def take_over() -> None:
        world.clock.during_sleep = None
        world.clock.now += LEASE + 1
        assert await two.take_over() == [job.id]
        if with_a_step:
            await two.step(job.id)

    world.api.faults.add("POST", IMAGES, delay=1.0)
    world.clock.during_sleep = take_over
    with pytest.raises(StaleJob):
        await one.tracker.step(job.id)
    return job


async def test_a_process_whose_lease_ended_during_its_post(
    world: World, first: Store, second: Store
) -> None:
    """A process whose lease ended while its POST was on the way writes only the task's id."""
    one, two = world.process("one", store=first), world.process("two", store=second)
    job = await lose_job_amid_post(world, one, two, with_a_step=True)
    followed = await two.read(job.id)
    assert (followed.owner, followed.state) == ("two", JobState.FOLLOWING)
    assert followed.task_id == world.only_task()
    with pytest.raises(NotOwned):
        await one.tracker.step(job.id)


async def test_the_task_id_is_stored_after_a_takeover(
    world: World, first: Store, second: Store
) -> None:
    """A task id that comes after the job was taken over is a fact, and spares the search."""
    one, two = world.process("one", store=first), world.process("two", store=second)
    job = await lose_job_amid_post(world, one, two, with_a_step=False)
    assert (await two.read(job.id)).task_id == world.only_task()
    await two.step(job.id)
    assert (await two.read(job.id)).state is JobState.FOLLOWING
    assert world.api.calls("GET", "/tasks") == []
