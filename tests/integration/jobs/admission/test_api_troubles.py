"""Commands while the API is in trouble: who is refused, what is held of the budget, and the end."""

import random
from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

import pytest

from bot.catalogue import load_catalogue
from bot.jobs.admission.intake import JobIntake
from bot.jobs.admission.requests import AdultModes, GenerationRequest, RequestContext
from bot.jobs.errors import (
    ApiAway,
    BalanceTooLow,
    ModelNotAllowed,
    OperatorNeeded,
    RequestDenied,
)
from bot.jobs.lifecycle import events
from bot.jobs.worker.retry_later import RetryLater
from db.errors import HeldBack
from db.records import CancelControl, CardKind, Job, JobKind, JobState
from sandbox.modelhunter import Script
from tests.integration.jobs.api_faults.faults import TROUBLES, add_fault
from tests.integration.jobs.process import Process
from tests.integration.jobs.world import HOUR, MINUTE, World

FIRST_ID = 1_300_000_000_000_000_000
DEAR = ("veo3_fast", JobKind.VIDEO)
CHEAP = ("seedream-4-0", JobKind.IMAGE)
OTHER = ("viduq3-turbo", JobKind.VIDEO)


class Refused(NamedTuple):
    """How a command ended that was not accepted."""

    kind: type[Exception]


class Commands:
    """Users who use commands, and the process that answers them and works on their jobs."""

    def __init__(self, world: World, process: Process) -> None:
        self.world, self.process = world, process
        self.jobs: list[Job] = []
        self._count = 0
        self.expected_creates = 0
        self._looked_at: dict[int, float] = {}
        self.intake = JobIntake(
            load_catalogue(),
            process.acceptance,
            process.recorder,
            process.gate,
            wake=lambda _job_id: None,
            expect_create=self._expect_create,
            clock=world.clock,
            randomness=random.Random(7),
        )

    def _expect_create(self) -> None:
        self.expected_creates += 1

    async def use(self, model: str, kind: JobKind) -> Job | Refused:
        """Use a command, and return the job with its card, or how it was refused."""
        self._count += 1
        job_id = FIRST_ID + 10 * self._count
        request = GenerationRequest(
            kind=kind, prompt="a fox", model=model, options={}, private=False
        )
        context = RequestContext(
            interaction_id=job_id,
            interaction_token="a-token",
            application_id=5,
            user_id=self._count,
            guild_id=22,
            channel_id=33,
            locale="en-US",
            card_kind=CardKind.CHANNEL,
            cancel_control=CancelControl.BUTTON,
            upload_limit=1 << 20,
            adult_modes=AdultModes.NOT_HERE,
        )
        try:
            job = await self.intake.submit(self.intake.quote(request, AdultModes.OFF), context)
        except (RequestDenied, HeldBack) as error:
            return Refused(type(error))
        self.world.cards.message_ids[job.id] = job.id + 1
        job = await self.process.recorder.apply(job, events.Answered(job.id + 1))
        self.jobs.append(job)
        return job

    async def work(self, seconds: float, *, every: float = 10.0) -> None:
        """Let time pass, in which the API is watched and each open job has its steps."""
        end = self.world.clock.now + seconds
        while self.world.clock.now < end:
            self.world.clock.now += every
            await self.process.check_api()
            for job in self.jobs:
                now = await self.process.read(job.id)
                if now.open and not (now.state is JobState.UNCERTAIN and self._is_early(job)):
                    self._looked_at[job.id] = self.world.clock.now
                    await self.process.step(job.id)

    def _is_early(self, job: Job) -> bool:
        """Whether it is too early to search for an uncertain job: that is done every ten minutes."""
        return self.world.clock.now - self._looked_at.get(job.id, 0.0) < 10 * MINUTE

    async def states(self) -> list[JobState]:
        """Return how the jobs are."""
        return [(await self.process.read(job.id)).state for job in self.jobs]


@pytest.fixture
def commands(world: World, one: Process) -> Commands:
    """Return users of a bot whose API answers quickly, when it does."""
    world.api.scripts.choose = lambda _request: Script.quick(3)
    return Commands(world, one)


@pytest.mark.parametrize("trouble", ["502 html", "html", "cut before", "503 html", "truncated"])
async def test_an_hour_of_another_programs_answers(
    commands: Commands, world: World, one: Process, trouble: str
) -> None:
    """With every call answered so, commands are refused, no budget is held, and all ends right."""
    before = await commands.use(*OTHER)
    assert isinstance(before, Job)
    await commands.work(2, every=1)
    add_fault(world.api.faults, "*", "/*", trouble, times=None)
    for _ in range(60):
        await commands.use(*CHEAP)
        await commands.use(*OTHER)
        await commands.work(MINUTE, every=30)
    assert len(commands.jobs) <= 3
    assert await commands.use(*CHEAP) == Refused(ApiAway)
    assert one.health.problems() != ()
    assert await world.spent() <= sum((job.price_high for job in commands.jobs), Decimal(0))
    world.api.faults.clear()
    await commands.work(MINUTE)
    assert one.health.problems() == ()
    for model in (CHEAP, OTHER):
        assert isinstance(await commands.use(*model), Job)
        await commands.work(MINUTE)
    await commands.work(2 * HOUR, every=MINUTE)
    states = await commands.states()
    assert set(states) <= {JobState.DELIVERED, JobState.UNCERTAIN}
    assert states[0] is JobState.DELIVERED
    held = [await one.read(job.id) for job in commands.jobs]
    assert all(job.released for job in held if job.state is JobState.UNCERTAIN)
    costs = sum((job.cost for job in held if job.cost is not None), Decimal(0))
    assert await world.spent() == costs


async def test_an_hour_of_creates_without_an_answer(
    commands: Commands, world: World, one: Process
) -> None:
    """With all but creates well, a trial now and then is all that is held, and it comes back."""
    add_fault(world.api.faults, "POST", "/*", "502 html", times=None)
    for _ in range(2):
        assert isinstance(await commands.use(*CHEAP), Job)
        await commands.work(10)
    assert await commands.use(*CHEAP) == Refused(ApiAway)
    for _ in range(60):
        await commands.use(*CHEAP)
        await commands.work(MINUTE, every=30)
    assert 5 <= len(commands.jobs) <= 9
    assert len(world.api.calls("POST")) <= len(commands.jobs)
    world.api.faults.clear()
    await commands.work(HOUR, every=MINUTE)
    assert isinstance(await commands.use(*CHEAP), Job)
    await commands.work(MINUTE)
    assert one.health.problems() == ()
    await commands.work(2 * HOUR, every=MINUTE)
    held = [await one.read(job.id) for job in commands.jobs]
    assert all(job.released for job in held if job.state is JobState.UNCERTAIN)
    assert held[-1].state is JobState.DELIVERED


# Whom the refusal of a $0.03 image closes out: the same, a dear video, and a cheap one of another
# model (None: no one).
CLOSED_OUT: Mapping[str, type[Exception] | None] = {
    "401": OperatorNeeded,
    "402": BalanceTooLow,
    "403": ModelNotAllowed,
    "403 for a model": ModelNotAllowed,
}


@pytest.mark.parametrize("trouble", [name for name in TROUBLES if name[:1] == "4"])
async def test_whom_a_refused_create_closes_out(
    commands: Commands, world: World, one: Process, trouble: str
) -> None:
    """Each status of the 400s: the same request, a dearer one, and another model afterwards."""
    add_fault(world.api.faults, "POST", "/*", trouble)
    first = await commands.use(*CHEAP)
    assert isinstance(first, Job)
    try:
        await one.tracker.step(first.id)
    except RetryLater:
        assert trouble.startswith("429")
    same, dear = await commands.use(*CHEAP), await commands.use(*DEAR)
    expected = CLOSED_OUT.get(trouble)
    assert same == Refused(expected) if expected else isinstance(same, Job)
    if expected in {OperatorNeeded, BalanceTooLow}:
        assert dear == Refused(expected)
    else:
        assert isinstance(dear, Job)
    world.clock.now += 6 * MINUTE
    await one.watch.check()
    assert isinstance(await commands.use(*CHEAP), Job)


@pytest.mark.parametrize("method", ["GET", "DELETE"])
@pytest.mark.parametrize("trouble", TROUBLES)
async def test_other_calls_close_out_no_one(
    commands: Commands, world: World, one: Process, method: str, trouble: str
) -> None:
    """Whatever one task's question or cancel is answered: it keeps no one else out."""
    job = await commands.use(*CHEAP)
    assert isinstance(job, Job)
    world.api.scripts.next(Script.endless())
    await one.step(job.id)
    add_fault(world.api.faults, method, "/tasks/*", trouble, times=None)
    await one.recorder.request_cancel(job.id, by=1)
    for _ in range(3):
        await one.step(job.id)
        await one.check_api()
        for model in (CHEAP, OTHER, DEAR):
            assert isinstance(await commands.use(*model), Job)


async def test_a_create_is_expected_for_each_command_that_is_taken(commands: Commands) -> None:
    """One that is denied before it is a job opens no connection to the API."""
    for expected in (1, 2):
        assert isinstance(await commands.use(*CHEAP), Job)
        assert commands.expected_creates == expected
    assert isinstance(await commands.use("no such model", JobKind.VIDEO), Refused)
    assert commands.expected_creates == 2
