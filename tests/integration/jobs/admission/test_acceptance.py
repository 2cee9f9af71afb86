"""A row is written in time, or it is taken back and never sent."""

import asyncio
import dataclasses
from decimal import Decimal
from typing import Any

import pytest

from bot.jobs.admission import acceptance
from bot.jobs.admission.answer_deadline import ANSWER_DEADLINE, AnswerDeadline
from bot.jobs.errors import DatabaseBusy
from bot.jobs.lifecycle import events
from db.errors import TooManyRunning
from db.records import Draft, Job, JobState, Reason, SpendingLimits
from db.repositories.drafts import Drafts
from db.repositories.jobs import JobRepository
from db.store import Store
from sandbox.modelhunter import Script
from tests.integration.jobs.process import Process
from tests.integration.jobs.world import LEASE, World

TOO_LITTLE = 0.001  # seconds
# What a job has not before anything came of it.
FRESH: dict[str, Any] = {
    "state": JobState.ACCEPTED,
    "open": True,
    "message_id": None,
    "task_id": None,
    "ended_at": None,
}


class SlowRepository(JobRepository):
    """Write nothing before the gate is open; what *has_begun* in time is written after that."""

    def __init__(self, store: Store, *, has_begun: bool = True) -> None:
        super().__init__(store)
        self.gate = asyncio.Event()
        self.has_begun = has_begun
        self.error: Exception | None = None

    async def accept(self, job: Job, limits: SpendingLimits, **more: object) -> Job:
        """Accept, in the end."""
        await self.gate.wait()
        if self.error is not None:
            raise self.error
        if self.has_begun:
            more.pop("is_late")
        return await super().accept(job, limits, **more)  # type: ignore[arg-type]


@pytest.fixture
def slow(world: World) -> SlowRepository:
    """Return a database that is slower than our deadline."""
    return SlowRepository(world.store)


async def test_the_answer_deadline_leaves_time_for_an_answer() -> None:
    """Of Discord's three seconds, one is left for the sentence that says why not."""
    assert ANSWER_DEADLINE == 2.0


async def test_a_job_accepted_in_time(world: World, one: Process) -> None:
    """A row that is written in time belongs to the process, with its money set aside."""
    job = await world.accept(one)
    assert (job.owner, job.version, job.state) == ("one", 1, JobState.ACCEPTED)
    assert await world.spent() == job.price_high


async def be_too_slow(
    world: World, job: Job, *, has_begun: bool, draft_id: int | None = None
) -> None:
    """Have a row written that comes too late, and wait for what becomes of it."""
    slow = SlowRepository(world.store, has_begun=has_begun)
    deadline = AnswerDeadline(TOO_LITTLE)
    one = world.process(jobs=slow, deadline=deadline)
    async with deadline.running():
        with pytest.raises(DatabaseBusy):
            await one.acceptance.accept(job, draft_id=draft_id)
        slow.gate.set()


@pytest.mark.parametrize("has_begun", [True, False])
async def test_a_job_accepted_too_late_is_taken_back(
    world: World, slow: SlowRepository, caplog: pytest.LogCaptureFixture, *, has_begun: bool
) -> None:
    """A row that comes too late costs nothing and is never sent; one not begun is not even written."""
    slow.has_begun = has_begun
    deadline = AnswerDeadline(TOO_LITTLE)
    one = world.process(jobs=slow, deadline=deadline)
    async with deadline.running():
        with pytest.raises(DatabaseBusy):
            await world.accept(one)
        slow.gate.set()
    assert await JobRepository(world.store).recent_of_user(11, 9) == ()
    assert await world.spent() == Decimal(0)
    assert await one.claims.owned_ids() == []
    assert list(one.owned) == []
    assert ("written too late for an answer" in caplog.text) is has_begun


@pytest.mark.parametrize("has_begun", [True, False])
async def test_a_retry_accepted_too_late_can_be_repeated(
    world: World, one: Process, *, has_begun: bool
) -> None:
    """A requester who reads that the bot is busy may try the same job again."""
    world.api.scripts.next(Script.failing("no"))
    failed = await one.run_until((await world.ask(one)).id)
    retry = dataclasses.replace(failed, **FRESH, id=failed.id + 10, retry_of=failed.id)
    await be_too_slow(world, retry, has_begun=has_begun)
    again = await one.acceptance.accept(dataclasses.replace(retry, id=failed.id + 20))
    assert (await one.read(again.id)).retry_of == failed.id


@pytest.mark.parametrize("has_begun", [True, False])
async def test_a_yes_to_a_price_taken_too_late_can_be_repeated(
    world: World, one: Process, *, has_begun: bool
) -> None:
    """A requester who confirmed a price and reads that the bot is busy finds the question as it was."""
    drafts = Drafts(world.store)
    before = Draft(
        id=5,
        interaction_id=6,
        interaction_token="a-token",
        application_id=7,
        user_id=11,
        created_at=world.clock(),
        request={"prompt": "a fox in the snow"},
    )
    await drafts.add_draft(before)
    asked = await world.accept(one)
    confirmed = dataclasses.replace(asked, **FRESH, id=8, private=True, retry_of=77)
    await be_too_slow(world, confirmed, has_begun=has_begun, draft_id=5)
    assert await drafts.get_draft(5) == before
    again = await one.acceptance.accept(dataclasses.replace(confirmed, id=9), draft_id=5)
    assert await drafts.get_draft(5) == dataclasses.replace(before, answered_by=again.id)
    assert await world.spent() == asked.price_high + again.price_high


async def test_a_job_that_went_on_is_not_taken_back(world: World, one: Process) -> None:
    """A row that has been acted on stays, with its money."""
    accepted = await world.accept(one)
    answered = await one.recorder.apply(accepted, events.Answered(accepted.id + 1))
    assert not await one.jobs.withdraw(accepted)
    ended = await one.recorder.apply(answered, events.CancelRequested(11))
    assert not await one.jobs.withdraw(ended)
    other = await world.accept(one, 1)
    world.clock.now += LEASE + 1
    await world.process("two").take_over()
    assert not await one.jobs.withdraw(other)
    assert await world.spent() == other.price_high


async def test_an_acceptance_that_never_ends_holds_up_no_exit(
    world: World,
    slow: SlowRepository,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A database that never answers does not keep the process from its end."""
    deadline = AnswerDeadline(TOO_LITTLE, shutdown_timeout=TOO_LITTLE)
    one = world.process(jobs=slow, deadline=deadline)
    async with asyncio.timeout(20), deadline.running():
        with pytest.raises(DatabaseBusy):
            await world.accept(one)
    assert "took too long and is left to the next start" in caplog.text
    assert [it for it in asyncio.all_tasks() if "job" in it.get_name()] == []
    assert await slow.recent_of_user(11, 9) == ()


async def test_a_job_refused_too_late_leaves_nothing(world: World, slow: SlowRepository) -> None:
    """A row that would not have been accepted anyway leaves nothing behind."""
    slow.error = TooManyRunning(2, 2)
    deadline = AnswerDeadline(TOO_LITTLE)
    one = world.process(jobs=slow, deadline=deadline)
    async with deadline.running():
        with pytest.raises(DatabaseBusy):
            await world.accept(one)
        slow.gate.set()
    assert await slow.recent_of_user(11, 9) == ()


async def test_an_acceptance_that_fails_too_late_is_logged(
    world: World, slow: SlowRepository, caplog: pytest.LogCaptureFixture
) -> None:
    """A row that fails after its time is reported to the operator."""
    slow.error = OSError("disk full")
    deadline = AnswerDeadline(TOO_LITTLE)
    one = world.process(jobs=slow, deadline=deadline)
    async with deadline.running():
        with pytest.raises(DatabaseBusy):
            await world.accept(one)
        slow.gate.set()
    assert "a job could not be written" in caplog.text


async def test_a_late_job_of_a_killed_process_is_ended(world: World, one: Process) -> None:
    """A row that came too late and was left behind has no card, so another process ends it."""
    job = await world.accept(one)
    world.clock.now += LEASE + 1
    two = world.process("two")
    await two.take_over()
    ended = await two.run_until(job.id)
    assert (ended.state, ended.reason) == (JobState.REFUSED, Reason.NEVER_SENT)
    assert world.api.calls("POST") == []


async def test_an_acceptance_beyond_a_limit_is_refused_at_once(world: World, one: Process) -> None:
    """What the database refuses reaches the caller as it is."""
    strict = acceptance.Acceptance(
        one.jobs,
        limits=SpendingLimits(running_per_user=1, daily_budget=Decimal(9)),
        owned=one.owned,
        deadline=AnswerDeadline(),
    )
    job = await world.accept(one, 1)
    with pytest.raises(TooManyRunning):
        await strict.accept(dataclasses.replace(job, id=job.id + 1))
