"""Every order of steps, faults, deaths and takeovers, on the whole machinery and a real API."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.jobs.errors import CardBusy, NotOwned, StaleJob
from bot.jobs.lifecycle import events
from bot.jobs.worker.retry_later import RetryLater
from bot.media.download import open_downloads
from bot.modelhunter import open_client
from db.engines.engine import open_database
from db.records import Job, JobState
from db.repositories.jobs import JobRepository
from sandbox.modelhunter import Script, open_sandbox_api
from tests.integration.jobs.recording_cards import RecordingCards
from tests.integration.jobs.world import Clock, Process, World
from tests.property.invariants import check_ledger, check_sums, read_books
from tests.property.profile import machine_settings
from tests.property.simulated_processes import DAY, LEASE, MINUTE

_Answer = TypeVar("_Answer")

TOO_BIG = 300_000  # bytes
WHICH = st.integers(0, 20)
SCRIPTS = st.sampled_from(
    [
        Script.quick(0),
        Script.quick(20),
        Script.failing("no"),
        Script.endless(),
        Script.too_big(TOO_BIG),
        Script.expiring(2),
    ]
)
FAULTS = st.sampled_from(
    [
        ("POST", "/*/*", {"cut": "after"}),
        ("POST", "/*/*", {"cut": "before"}),
        ("POST", "/*/*", {"status": 429}),
        ("POST", "/*/*", {"status": 500}),
        ("POST", "/*/*", {"status": 500, "effect": True}),
        ("GET", "/tasks/*", {"status": 404}),
        ("GET", "/tasks/*", {"body": "html"}),
        ("GET", "/tasks", {"status": 500}),
        ("GET", "/results/*", {"status": 403}),
        ("DELETE", "/tasks/*", {"cut": "after"}),
        ("DELETE", "/tasks/*", {"status": 404}),
    ]
)


class Killed(BaseException):
    """The process is gone: nothing in it may catch this."""


class MortalRepository(JobRepository):
    """Die just before or just after a write, when told so."""

    def __init__(self, engine: AsyncEngine) -> None:
        super().__init__(engine)
        self.instants_left: int | None = None

    async def save(self, before: Job, after: Job, **more: object) -> bool:
        """Save, unless this is the end."""
        self._perhaps_die()
        saved = await super().save(before, after, **more)  # type: ignore[arg-type]
        self._perhaps_die()
        return saved

    async def learn_task_id(self, job_id: int, task_id: str) -> bool:
        """Learn, unless this is the end."""
        self._perhaps_die()
        learned = await super().learn_task_id(job_id, task_id)
        self._perhaps_die()
        return learned

    def _perhaps_die(self) -> None:
        if self.instants_left is not None:
            self.instants_left -= 1
            if self.instants_left < 0:
                raise Killed


class StepMachine(RuleBasedStateMachine):
    """Let two processes at a time step through jobs, and see to it that nothing is doubled."""

    def __init__(self) -> None:
        super().__init__()
        self._runner = asyncio.Runner()
        self._stack = AsyncExitStack()
        self.world = self._run(self._open())
        self.processes: list[Process] = []
        self.repositories: dict[str, MortalRepository] = {}
        self.job_ids: list[int] = []
        self.requests: dict[int, int] = {}
        self.endings: dict[int, tuple[JobState, float | None]] = {}
        self.lives = 0
        self._born()
        self._born()

    def teardown(self) -> None:
        """Heal the world, and let one process bring everything to its end."""
        try:
            self.world.api.faults.clear()
            self.world.cards.trouble.clear()
            self.processes.clear()
            heir = self._born()
            self._let_leases_end(heir)
            for job_id in self.job_ids:
                job = self._run(self._live(heir, job_id))
                self._check_card(job)
            self.nothing_is_doubled()
        finally:
            self._run(self._stack.aclose())
            self._runner.close()

    @initialize(script=SCRIPTS, fault=FAULTS, count=st.integers(1, 4))
    def begin(self, script: Script, fault: tuple[str, str, dict[str, Any]], count: int) -> None:
        """Begin with a job and a trouble that waits for it."""
        self.ask(0, script, has_card=True)
        self.trouble_at_the_api(fault)
        self.step(0, 0, count, None)

    @rule(which=WHICH, script=SCRIPTS, has_card=st.booleans())
    def ask(self, which: int, script: Script, has_card: bool) -> None:
        """Use a command; the process may die before it learns that its card stands."""
        if len(self.job_ids) >= 4:
            return
        process = self._process(which)
        self.world.api.scripts.next(script)
        job = self._run(self.world.accept(process, len(self.job_ids)))
        self.job_ids.append(job.id)
        self.world.cards.message_ids[job.id] = job.id + 1
        if has_card:
            self._run(process.recorder.apply_to_latest(job.id, events.Answered(job.id + 1)))

    @rule(which=WHICH, job=WHICH, count=st.integers(1, 6), dies=st.none() | st.integers(0, 8))
    def step(self, which: int, job: int, count: int, dies: int | None) -> None:
        """Take steps, each in its time, with whatever process; perhaps die at one of its writes."""
        process = self._process(which)
        self.repositories[process.owner].instants_left = dies
        try:
            for _ in range(count):
                if not self._run(self._step(process, self._job(job))):
                    break
        except Killed:
            self.processes.remove(process)
            self._born()
        else:
            self.repositories[process.owner].instants_left = None

    @rule(fault=FAULTS)
    def trouble_at_the_api(self, fault: tuple[str, str, dict[str, Any]]) -> None:
        """Let one of the next calls go wrong."""
        method, path, trouble = fault
        self.world.api.faults.add(method, path, **trouble)

    @rule(method=st.sampled_from(["deliver", "finish", "find"]))
    def trouble_at_discord(self, method: str) -> None:
        """Let one of the next edits go wrong."""
        self.world.cards.trouble[method].append(CardBusy("not now"))

    @rule(which=WHICH, job=WHICH)
    def wish_the_end(self, which: int, job: int) -> None:
        """Tap ❌; any process may hear of it."""
        job_id = self._job(job)
        before = self._run(self._process(which).read(job_id))
        self._run(self._process(which).recorder.request_cancel(job_id, by=7))
        if not before.state.is_final and before.cancel_wanted_by is None:
            self.requests[job_id] = 7

    @rule(which=WHICH, job=WHICH)
    def delete_the_card(self, which: int, job: int) -> None:
        """Delete the card; any process may hear of it."""
        job_id = self._job(job)
        self.world.cards.deleted.add(job_id)
        self._run(self._process(which).recorder.apply_to_latest(job_id, events.CardGone()))

    @rule(which=WHICH)
    def take_over(self, which: int) -> None:
        """Stall everybody for longer than a lease; one wakes first."""
        self._let_leases_end(self._process(which))

    @rule(seconds=st.sampled_from([1.0, 20.0, 3 * MINUTE, 20 * MINUTE]))
    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.world.clock.now += seconds

    @invariant()
    def nothing_is_doubled(self) -> None:
        """Check tasks, endings, requests and the ledger."""
        books = self._run(read_books(self.world.engine))
        check_ledger(books)
        self._run(check_sums(self.world.engine, books))
        made = Counter(
            str((task.metadata or {})["job_id"]) for task in self.world.api.tasks.values()
        )
        assert all(count == 1 for count in made.values())
        for job in books.jobs.values():
            if job.state.is_final:
                ended = self.endings.setdefault(job.id, (job.state, job.ended_at))
                assert ended == (job.state, job.ended_at)
            assert self.requests.get(job.id, job.cancel_wanted_by) == job.cancel_wanted_by

    def _check_card(self, job: Job) -> None:
        """Assert that the card stands as the row says, and got its result if there is one."""
        cards = self.world.cards
        assert not job.open
        if job.id in cards.deleted:
            return
        shown = [ending for ending in cards.endings if ending.id == job.id]
        assert shown
        assert {ending.state for ending in shown} == {job.state}
        uploads = [upload for upload, _ in cards.uploads if upload.id == job.id]
        assert bool(uploads) or job.state is not JobState.DELIVERED

    async def _open(self) -> World:
        clock = Clock()
        enter = self._stack.enter_async_context
        api = await enter(open_sandbox_api(clock=clock, sleep=clock.sleep))
        cards = RecordingCards()
        cards.limit = TOO_BIG - 1
        return World(
            api=api,
            clock=clock,
            cards=cards,
            engine=await enter(open_database("sqlite://")),
            client=await enter(open_client(api.url, SecretStr(api.key), clock=clock)),
            downloads=await enter(open_downloads(frozenset({api.address}))),
        )

    async def _step(self, process: Process, job_id: int) -> bool:
        """Take a step and let the time to the next pass; return whether there is one."""
        try:
            delay = await process.tracker.step(job_id)
        except RetryLater:
            delay = 5.0
        except (NotOwned, StaleJob):
            return False
        self.world.clock.now += delay or 0.0
        return delay is not None

    async def _live(self, process: Process, job_id: int) -> Job:
        for number in range(600):
            job = await process.read(job_id)
            if not job.open:
                return job
            with contextlib.suppress(StaleJob):
                await process.step(job_id)
            # Whatever can't be found or ended by itself has its day; endless ones are cancelled.
            self.world.clock.now += 60.0 if number < 100 else DAY / 8
            if job.state is JobState.FOLLOWING and number > 50:
                await process.recorder.request_cancel(job_id, by=7)
        raise AssertionError(f"no way forward for {job}")

    def _let_leases_end(self, process: Process) -> None:
        self.world.clock.now += LEASE + 1
        now = self.world.clock()
        claim = process.claims.claim(now=now, lease_until=now + LEASE, limit=100)
        self._run(claim)

    def _born(self) -> Process:
        self.lives += 1
        repository = MortalRepository(self.world.engine)
        process = self.world.process(f"life {self.lives}", jobs=repository)
        self.repositories[process.owner] = repository
        self.processes.append(process)
        return process

    def _process(self, which: int) -> Process:
        return self.processes[which % len(self.processes)]

    def _job(self, which: int) -> int:
        return self.job_ids[which % len(self.job_ids)]

    def _run(self, work: Coroutine[Any, Any, _Answer]) -> _Answer:
        return self._runner.run(work)


TestSteps = StepMachine.TestCase
TestSteps.settings = machine_settings(examples=15, steps=25)
