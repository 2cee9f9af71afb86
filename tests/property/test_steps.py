"""Any order of steps, faults, kills and takeovers, on the worker's real steps and the sandbox API."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bot.jobs.errors import CardBusy, NotOwned, StaleJob
from bot.jobs.lifecycle import events
from bot.jobs.worker.retry_later import RetryLater
from db.records import Job, JobState
from sandbox.modelhunter import Script
from tests.expired_leases import claim_expired
from tests.integration.jobs.killable_repository import KillableRepository, Killed, Moment
from tests.integration.jobs.process import Process
from tests.integration.jobs.world import open_world
from tests.manual_clock import ManualClock
from tests.property.invariants import check_ledger, check_sums, read_snapshot
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


class KillCountdown:
    """Kills a process after so many moments before and after its writes, once it is set."""

    def __init__(self) -> None:
        self.left: int | None = None

    def __call__(self, _write: str, _moment: Moment) -> bool:
        """Count one moment and return whether the process is killed at it."""
        if self.left is None:
            return False
        self.left -= 1
        return self.left < 0


class StepMachine(RuleBasedStateMachine):
    """Lets two processes at a time take steps of jobs, and checks that nothing is done twice."""

    def __init__(self) -> None:
        super().__init__()
        self._runner = asyncio.Runner()
        self._stack = AsyncExitStack()
        self.world = self._run(self._stack.enter_async_context(open_world(ManualClock())))
        self.world.cards.limit = TOO_BIG - 1
        self.processes: list[Process] = []
        self.countdowns: dict[str, KillCountdown] = {}
        self.job_ids: list[int] = []
        self.cancel_requests: dict[int, int] = {}
        self.endings: dict[int, tuple[JobState, float | None]] = {}
        self.started = 0
        self._start_process()
        self._start_process()

    def teardown(self) -> None:
        """Clear the faults, and let one process bring every job to its end."""
        try:
            self.world.api.faults.clear()
            self.world.cards.errors.clear()
            self.processes.clear()
            successor = self._start_process()
            self._let_leases_end(successor)
            for job_id in self.job_ids:
                job = self._run(self._run_to_the_end(successor, job_id))
                self._check_card(job)
            self.nothing_is_doubled()
        finally:
            self._run(self._stack.aclose())
            self._runner.close()

    @initialize(script=SCRIPTS, fault=FAULTS, count=st.integers(1, 4))
    def begin(self, script: Script, fault: tuple[str, str, dict[str, Any]], count: int) -> None:
        """Begin with a job and a fault that waits for it."""
        self.ask(0, script, has_card=True)
        self.fail_an_api_call(fault)
        self.step(0, 0, count, None)

    @rule(which=WHICH, script=SCRIPTS, has_card=st.booleans())
    def ask(self, which: int, script: Script, has_card: bool) -> None:
        """Use a command; the process may be killed before it learns that its card is shown."""
        if len(self.job_ids) >= 4:
            return
        process = self._process(which)
        self.world.api.scripts.next(script)
        job = self._run(self.world.accept(process, len(self.job_ids)))
        self.job_ids.append(job.id)
        self.world.cards.message_ids[job.id] = job.id + 1
        if has_card:
            self._run(process.recorder.apply_to_latest(job.id, events.Answered(job.id + 1)))

    @rule(
        which=WHICH, job=WHICH, count=st.integers(1, 6), killed_after=st.none() | st.integers(0, 8)
    )
    def step(self, which: int, job: int, count: int, killed_after: int | None) -> None:
        """Take steps, each in its time, with any process, which may be killed at one of its writes."""
        process = self._process(which)
        self.countdowns[process.owner].left = killed_after
        try:
            for _ in range(count):
                if not self._run(self._step(process, self._job(job))):
                    break
        except Killed:
            self.processes.remove(process)
            self._start_process()
        else:
            self.countdowns[process.owner].left = None

    @rule(fault=FAULTS)
    def fail_an_api_call(self, fault: tuple[str, str, dict[str, Any]]) -> None:
        """Make one of the next calls fail."""
        method, path, options = fault
        self.world.api.faults.add(method, path, **options)

    @rule(method=st.sampled_from(["deliver", "finish", "find"]))
    def fail_an_edit(self, method: str) -> None:
        """Make one of the next edits fail."""
        self.world.cards.errors[method].append(CardBusy("not now"))

    @rule(which=WHICH, job=WHICH)
    def request_cancel(self, which: int, job: int) -> None:
        """React with ❌; any process may receive it."""
        job_id = self._job(job)
        before = self._run(self._process(which).read(job_id))
        self._run(self._process(which).recorder.request_cancel(job_id, by=7))
        if not before.state.is_final and before.cancel_wanted_by is None:
            self.cancel_requests[job_id] = 7

    @rule(which=WHICH, job=WHICH)
    def delete_the_card(self, which: int, job: int) -> None:
        """Delete the card; any process may be notified."""
        job_id = self._job(job)
        self.world.cards.deleted.add(job_id)
        self._run(self._process(which).recorder.apply_to_latest(job_id, events.CardGone()))

    @rule(which=WHICH)
    def take_over(self, which: int) -> None:
        """Stall all processes for longer than a lease; one continues first."""
        self._let_leases_end(self._process(which))

    @rule(seconds=st.sampled_from([1.0, 20.0, 3 * MINUTE, 20 * MINUTE]))
    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.world.clock.now += seconds

    @invariant()
    def nothing_is_doubled(self) -> None:
        """Check tasks, endings, requests and the ledger."""
        snapshot = self._run(read_snapshot(self.world.store))
        check_ledger(snapshot)
        self._run(check_sums(self.world.store, snapshot))
        made = Counter(
            str((task.metadata or {})["job_id"]) for task in self.world.api.tasks.values()
        )
        assert all(count == 1 for count in made.values())
        for job in snapshot.jobs.values():
            if job.state.is_final:
                ended = self.endings.setdefault(job.id, (job.state, job.ended_at))
                assert ended == (job.state, job.ended_at)
            assert self.cancel_requests.get(job.id, job.cancel_wanted_by) == job.cancel_wanted_by

    def _check_card(self, job: Job) -> None:
        """Assert that the card shows the stored state, and the result if there is one."""
        cards = self.world.cards
        assert not job.open
        if job.id in cards.deleted:
            return
        shown = [ending for ending in cards.endings if ending.id == job.id]
        assert shown
        assert {ending.state for ending in shown} == {job.state}
        uploads = [upload for upload, _ in cards.uploads if upload.id == job.id]
        assert bool(uploads) or job.state is not JobState.DELIVERED

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

    async def _run_to_the_end(self, process: Process, job_id: int) -> Job:
        for number in range(600):
            job = await process.read(job_id)
            if not job.open:
                return job
            with contextlib.suppress(StaleJob):
                await process.step(job_id)
            # Long enough for searches to be given up; endless tasks are cancelled.
            self.world.clock.now += 60.0 if number < 100 else DAY / 8
            if job.state is JobState.FOLLOWING and number > 50:
                await process.recorder.request_cancel(job_id, by=7)
        raise AssertionError(f"no step ends {job}")

    def _let_leases_end(self, process: Process) -> None:
        self.world.clock.now += LEASE + 1
        claim = claim_expired(process.claims)
        self._run(claim)

    def _start_process(self) -> Process:
        self.started += 1
        countdown = KillCountdown()
        repository = KillableRepository(self.world.store, countdown)
        process = self.world.process(f"process {self.started}", jobs=repository)
        self.countdowns[process.owner] = countdown
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
